import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Box, box, counted } from '../support/integ.ts';
import { tool } from '../support/programs.ts';

/** Names that terminals, text formats and careless programs stumble over, as bytes. */
const HOSTILE: readonly Buffer[] = [
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xff, 0xfd]),
  Buffer.from([0xc3, 0x28]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from('new\nline'),
  Buffer.from('new\\nline'),
  Buffer.from('carriage\rreturn'),
  Buffer.from('\u001b[31mred\u001b[0m'),
  Buffer.from('\u202egnp.exe'),
  Buffer.from('zero\u200bwidth'),
  Buffer.from('zerowidth'),
  Buffer.from('trailing '),
  Buffer.from('trailing'),
  Buffer.from('\u00e9'),
  Buffer.from('e\u0301'),
  Buffer.from('\ufffd'),
  Buffer.from('--force'),
  Buffer.from('"quoted" \'twice\' $(touch owned)'),
  Buffer.from('*'),
  Buffer.from('{a,b}[c]?'),
  Buffer.from('\u{e0001}tag'),
  Buffer.from('n'.repeat(255)),
];

function atBytes(it: Box, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${it.tree}/`), name]);
}

function hostileTree(): Box {
  const it = box();
  for (const name of HOSTILE) writeFileSync(atBytes(it, name), 'content\n');
  return it;
}

/** Undoes what is escaped in names that are readable text: a backslash, and a space where it would not be seen. */
function withoutEscapes(path: string): string {
  return path.replace(/\\(\\|x20)/g, (_, escaped: string) => (escaped === 'x20' ? ' ' : escaped));
}

test('every hostile name is an object of its own: stored, compared and told apart', () => {
  const it = hostileTree();
  it.init();
  const clean = it.check();
  expect(clean).toMatchObject({ exitCode: 0, summary: { examined: HOSTILE.length + 1 } });

  for (const name of HOSTILE) appendFileSync(atBytes(it, name), 'more\n');
  const report = it.check();
  const changes = counted(report);
  expect(report.summary.changed).toBe(HOSTILE.length);
  expect(new Set(changes.map(({ path }) => path)).size).toBe(HOSTILE.length);
  // The exact bytes come from pathBase64 where the name is not plain text, and from path elsewhere.
  const exact = changes.map(({ path, pathBase64 }) =>
    pathBase64 === undefined ? Buffer.from(withoutEscapes(path)) : Buffer.from(pathBase64, 'base64'),
  );
  expect(exact.map((path) => path.toString('hex')).toSorted()).toEqual(
    HOSTILE.map((name) => atBytes(it, name).toString('hex')).toSorted(),
  );
});

test('no output lets a name give orders to a terminal or begin a new line', () => {
  const it = hostileTree();
  it.init();
  for (const name of HOSTILE) appendFileSync(atBytes(it, name), 'more\n');
  const outputs = [
    it.run(['check']),
    it.run(['check', '--verbose']),
    it.run(['check', '--format', 'json']),
    it.run(['check', '--format', 'ndjson']),
    it.run(['baseline', 'entries']),
    it.run(['baseline', 'entries', '--format', 'ndjson']),
  ];
  for (const { stdout } of outputs) {
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    expect(stdout).not.toMatch(/^line/m);
  }
  const lines = outputs[3]?.stdout.trimEnd().split('\n') ?? [];
  expect(lines).toHaveLength(HOSTILE.length + 1);
  for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object');
  expect(readdirSync(it.tree)).not.toContain('owned');
});

test('a hostile name is printed where it is an error too', () => {
  const it = box();
  const outcome = it.run(['check', '--baseline', `${it.state}/no\u001b[2Jsuch\nfile`], { bare: true });
  expect(outcome.code).toBe(66);
  expect(outcome.stderr).toMatch(/^integ: [^\n]*no\\x1b\[2Jsuch\\nfile[^\n]*\n$/);
});

test('5,000 nested directories, deeper than any path may be long, are walked to the bottom', () => {
  const it = box();
  const dig = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    process.chdir(process.argv[1]);
    for (let depth = 0; depth < 5000; depth += 1) { mkdirSync('d'); process.chdir('d'); }
    writeFileSync('treasure', process.argv[2]);
  `;
  tool(process.execPath, '-e', dig, it.tree, 'gold');
  const bottom = `${it.tree}/${'d/'.repeat(5000)}treasure`;
  try {
    it.init();
    expect(it.check()).toMatchObject({ exitCode: 0, summary: { examined: 5002 } });
    const change = `
      const { appendFileSync } = require('node:fs');
      process.chdir(process.argv[1]);
      for (let depth = 0; depth < 5000; depth += 1) process.chdir('d');
      appendFileSync('treasure', ' and silver');
    `;
    tool(process.execPath, '-e', change, it.tree);
    const report = it.check();
    expect(counted(report).map(({ kind, path }) => [kind, path])).toEqual([['changed', bottom]]);
  } finally {
    tool('rm', '-rf', it.tree);
  }
});

test('a directory of 50,000 names is examined whole, and one name among them is found', () => {
  const it = box();
  const wide = it.directoryAt('wide');
  for (let index = 0; index < 50_000; index += 1) writeFileSync(`${wide}/${index}`, '');
  it.init();
  writeFileSync(`${wide}/49999`, 'not empty any more');
  const report = it.check();
  expect(report.summary.examined).toBe(50_002);
  expect(it.findings(report)).toEqual(['changed wide/49999']);
});

test('a file and a directory whose names differ in one invisible character are not confused when one goes', () => {
  const it = box();
  mkdirSync(it.path('data'));
  writeFileSync(it.path('data\u200b'), 'file');
  it.init();
  tool('rm', it.path('data\u200b'));
  const report = it.check();
  expect(report.exitCode).toBe(2);
  expect(counted(report)).toMatchObject([{ kind: 'removed', path: `${it.tree}/data\\u200b`, type: 'file' }]);
});
