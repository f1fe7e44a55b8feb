import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { htmlReport } from '../../src/report/html.ts';
import { html } from '../../src/report/html-template.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { code } from '../../src/report/markdown-text.ts';
import { plain } from '../../src/report/plain.ts';
import { HAS_PYTHON, type ParsedPage, parsePages } from '../support/html-skeleton.ts';
import { sampleReport } from '../support/sample-reports.ts';

const HAS_CMARK = spawnSync('cmark-gfm', ['--version'], { stdio: 'ignore' }).status === 0;

/** Text made to break out of markup: each piece alone or any of them together, and any characters at all. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '<script>alert(1)</script>',
          '"><img src=x onerror=alert(1)>',
          '</style>',
          '</title>',
          '<!--',
          '-->',
          ']]>',
        ],
        ...['&#x3c;b&#x3e;', '&lt;', "'", '"', '<', '>', '&', '=', ' ', '  ', '\n', '\t', '\0', '\u202e', '\ud800'],
        ...[
          '`',
          '``',
          '```',
          '~~~',
          '|',
          '\\',
          '\\|',
          '\\\\|',
          '*',
          '**',
          '_',
          '#',
          '- ',
          '1. ',
          '[a](http://b)',
          '![',
        ],
        ...[
          'http://example.org',
          'www.example.org',
          'a@example.org',
          '@root',
          '~~x~~',
          '---',
          '<a b=`|`>',
          'é',
          '日本',
        ],
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
);

/** A report of which every text is this one, as if nobody had escaped anything. */
function reportOf(text: string): Report {
  const report = sampleReport({ before: {}, now: { '/a': { content: 'x' } } });
  const [change] = report.changes;
  if (change === undefined) throw new Error('a finding is expected');
  const base = {
    ...change,
    kind: 'changed',
    type: 'file',
    severity: 'high',
    path: text,
    rule: `${text}.`,
    flags: [],
  } as const;
  return {
    ...report,
    status: 'incomplete',
    id: text,
    host: text,
    limits: [text],
    baseline: {
      ...report.baseline,
      file: text,
      createdAt: text,
      seal: `${text}.`,
      signature: { status: text, signer: text },
    },
    policy: { name: text, sha256: text, matchesFile: false },
    tool: { version: text, sha256: text, node: text },
    summary: { ...report.summary, added: 1, changed: 2, violations: 1, errors: 1, bySeverity: { high: 4 } },
    changes: [
      {
        ...base,
        from: text,
        pathBase64: text,
        fromBase64: text,
        links: [text, text],
        attributes: { size: { before: text, after: text } },
      },
      {
        ...base,
        attributes: {},
        content: { facts: [text], diff: ['@@', `+${text}`, `-${text}`, ` ${text}`], omitted: text },
        explained: { by: text, package: text, from: text, to: text, proof: text },
      },
      { ...base, kind: 'added', attributes: { target: { after: text } } },
      { ...base, consequence: true, attributes: { mtime: { before: text, after: text } } },
    ],
    violations: [{ path: text, rule: text, severity: 'high', expected: { mode: text }, actual: { mode: text } }],
    errors: [{ path: text, operation: text, code: text, message: text }],
    notes: [text],
  };
}

const HARMLESS = 'word';
const RUNS = { numRuns: 4 };
/** Each run starts a program once for as many texts as these. */
const batch = fc.array(hostile, { minLength: 30, maxLength: 30 });

test.skipIf(!HAS_PYTHON)('no text makes an element or attribute in HTML that is not meant (needs python3)', () => {
  const pageOf = (text: string): string => [...htmlReport(reportOf(text))].join('');
  fc.assert(
    fc.property(batch, (texts) => {
      const [meant, ...pages] = parsePages([HARMLESS, ...texts].map(pageOf));
      for (const [index, text] of texts.entries()) {
        const page: ParsedPage | undefined = pages[index];
        expect(page?.elements, text).toEqual(meant?.elements);
        // What was written is what is read: in text with its spaces, and in attributes.
        expect(page?.texts, text).toContain(plain(text));
        expect(page?.attributeValues, text).toContain(plain(`${text}.`));
      }
    }),
    RUNS,
  );
});

test.skipIf(!HAS_PYTHON)('any value stands in a template as it is, in text and in attributes (needs python3)', () => {
  fc.assert(
    fc.property(batch, (texts) => {
      const pages = parsePages(
        texts.map((text) => html`<p title="${text}">${[text, html`<b>${1}</b>`]}</p>`.toString()),
      );
      for (const [index, text] of texts.entries()) {
        expect(pages[index]).toEqual({
          elements: ['p title', 'b'],
          texts: [expect.stringContaining(plain(text))],
          attributeValues: [plain(text)],
        });
      }
    }),
    RUNS,
  );
});

function rendered(markdown: string): string {
  const extensions = ['table', 'strikethrough', 'autolink', 'tasklist'].flatMap((name) => ['-e', name]);
  // As a renderer that would let all markup through.
  const { stdout, status, stderr } = spawnSync('cmark-gfm', ['--unsafe', ...extensions], {
    input: markdown,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

test.skipIf(!HAS_PYTHON || !HAS_CMARK)(
  'no text is markup, a link or the end of a cell in Markdown (needs cmark-gfm and python3)',
  () => {
    const pageOf = (text: string): string => rendered([...markdownReport(reportOf(text))].join(''));
    fc.assert(
      fc.property(batch, (texts) => {
        const [meant, ...pages] = parsePages([HARMLESS, ...texts].map(pageOf));
        for (const [index, text] of texts.entries()) {
          expect(pages[index]?.elements, text).toEqual(meant?.elements);
          const shown = code(text).replace(/^`+ ?| ?`+$/g, '');
          if (!/^[ `]|[ `]$/.test(text)) expect(pages[index]?.texts, text).toContain(shown);
        }
      }),
      RUNS,
    );
  },
);

test('a document in Markdown fits into a ticket, however much there is to tell', () => {
  const report = reportOf('x'.repeat(200));
  const many: Report = {
    ...report,
    changes: Array.from({ length: 3000 }, (_, index) => ({
      ...(report.changes[0] ?? expect.fail('a finding is expected')),
      path: `/${index}/x`,
    })),
    errors: Array.from({ length: 3000 }, (_, index) => ({
      path: `/e${index}`,
      operation: 'open',
      code: 'EIO',
      message: 'x',
    })),
    notes: Array.from({ length: 300 }, () => 'x'.repeat(300)),
  };
  const document = [...markdownReport(many)].join('');
  expect(document.length).toBeLessThan(65_536);
  const leftOut = [...document.matchAll(/\*\*… and ([\d,]+) more\*\*/g)].map(([, count = '']) =>
    Number(count.replace(',', '')),
  );
  expect(leftOut).toHaveLength(3);
  const shown = [...document.matchAll(/^- \*\*not examined\*\*/gm)].length;
  expect(shown + (leftOut[0] ?? 0)).toBe(3000);
  const findings = [...document.matchAll(/^- \*\*(?:changed|violated)\*\*/gm)].length;
  expect(findings + (leftOut[1] ?? 0)).toBe(3001);
});

test('a name too long for a document in Markdown does not keep back what comes after it', () => {
  const report = reportOf('word');
  const [change] = report.changes;
  if (change === undefined) throw new Error('a finding is expected');
  const changes = [
    { ...change, path: `/${'n'.repeat(1_000_000)}` },
    { ...change, path: '/etc/shadow' },
  ];
  const document = [...markdownReport({ ...report, changes })].join('');
  expect(document).toContain('- **changed** `/etc/shadow`');
  expect(document).toContain('**… and 1 more**');
});
