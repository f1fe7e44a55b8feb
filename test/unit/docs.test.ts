import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { columnName } from '../../src/baseline/views.ts';
import { buildProgram } from '../../src/cli/program.ts';
import type { AnyCommand } from '../../src/cli/typed-commander.ts';
import { ATTRIBUTE_NAMES, ATTRIBUTES, DIGEST_NAMES, OBJECT_TYPES, TEMPLATE_NAMES } from '../../src/model/attributes.ts';
import { pathFromText } from '../../src/model/bytes.ts';
import { SYSEXITS } from '../../src/model/errors.ts';
import { FAILURE_CODES, hintOf } from '../../src/model/failure-codes.ts';
import { PACKAGE_MANAGER_NAMES } from '../../src/model/packages.ts';
import { OPTIONAL_FIELDS, VARIABLE_FIELDS } from '../../src/model/record.ts';
import { FINDING_FLAGS } from '../../src/model/report.ts';
import { builtinPolicyNames } from '../../src/policy/builtin.ts';
import { coversPath, parsePattern } from '../../src/policy/glob.ts';
import { AIDE_ATTRIBUTES, aideAttribute, isAideAttribute } from '../../src/policy/import/aide/attributes.ts';
import { TRIPWIRE_LETTERS, tripwireProperty } from '../../src/policy/import/tripwire/properties.ts';
import { SEVERITY_STEPS } from '../../src/policy/import/tripwire/severity.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { matchesWholePath, parseMatch } from '../../src/policy/match.ts';
import { baselineSchema, historySchema, policySchema, requireSchema, ruleSchema } from '../../src/policy/schema.ts';
import { describeTemplates } from '../../src/policy/templates.ts';
import { REPORT_FORMATS } from '../../src/report/formats.ts';
import { reportSchema } from '../../src/report/schema.ts';
import { FLAG_WORDS } from '../../src/report/words.ts';
import { readerOf } from '../support/compiled-policies.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
].sort();

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The text under a heading, up to the next heading of the same or a higher level. */
function section(page: string, heading: string): string {
  const lines = read(page).split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`${page} has no "${heading}"`);
  const level = heading.indexOf(' ');
  const end = lines.findIndex((line, index) => index > start && /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

/**
 * The rows of the tables in a text as lists of cells, without head and rule; those of one table if its head is given.
 */
function rows(text: string, head?: string): string[][] {
  const found: string[][] = [];
  let table = '';
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) table = '';
    else if (table === '') table = line;
    else if (!/^\|[-|]+\|$/.test(line) && (head === undefined || table === head)) {
      const cells = line.slice(1, -1).split('|');
      found.push(cells.map((cell) => cell.trim()));
    }
  }
  return found;
}

/** The words in backquotes. */
function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

const program = buildProgram(() => undefined);

/** Every command that does something, with its full name. */
function commands(of: AnyCommand, name: string): [string, AnyCommand][] {
  if (of.commands.length === 0) return [[name, of]];
  return of.commands.flatMap((command) => commands(command, `${name} ${command.name()}`));
}

function headingAnchor(line: string): string {
  const title = line.replace(/^#+ /, '').toLowerCase();
  return title.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

describe.each(PAGES)('%s', (page) => {
  test('has no link that leads nowhere', () => {
    const text = read(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), file);
      if (!existsSync(target)) return true;
      if (anchor === undefined) return false;
      const headings = read(relative(ROOT, target))
        .split('\n')
        .filter((line) => /^#+ /.test(line));
      return !headings.map(headingAnchor).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('is wrapped at 120 columns, but for tables, code and what has no blank in it', () => {
    const prose = read(page).replaceAll(/^ *(```+)[\s\S]*?^ *\1$|^ *\|.*$|^ {4}.*$/gm, '');
    const long = prose.split('\n').filter((line) => line.length > 120 && /\S .*\S/.test(line.slice(0, 120).trim()));
    expect(long).toEqual([]);
  });

  test('says everything it has to say', () => {
    const withoutHunks = read(page).replaceAll(/^ *@@ -\d+,\d+ \+\d+,\d+ @@$/gm, '');
    expect(withoutHunks).not.toMatch(/\b(?:TODO|FIXME|XXX|TBD)\b|@@/);
  });

  test('shows only whole policies that compile', () => {
    const examples = [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
    // One without a version is a part of a policy.
    for (const text of examples.filter((example) => /^version:/m.test(example))) {
      expect(() => loadPolicy('example.yaml', readerOf({ 'example.yaml': text }))).not.toThrow();
    }
  });
});

describe('docs/commands.md', () => {
  const page = 'docs/commands.md';

  test('describes exactly the commands that there are', () => {
    const headings = read(page)
      .split('\n')
      .filter((line) => line.startsWith('### integ '))
      .map((line) => line.slice('### '.length));
    expect(headings.sort()).toEqual(
      commands(program, 'integ')
        .map(([name]) => name)
        .sort(),
    );
  });

  test.each(commands(program, 'integ'))('describes exactly the options of %s', (name, command) => {
    const options = command.options.map((option) => option.long);
    const described = rows(section(page, `### ${name}`), '| option | does |').map(
      ([cell = '']) => quoted(cell)[0]?.match(/--[a-z-]+/)?.[0],
    );
    expect(described.sort()).toEqual(options.sort());
  });

  test('describes exactly the global options', () => {
    const described = rows(section(page, '## Global options')).map(([cell = '']) => cell.match(/--[a-z-]+/)?.[0]);
    expect(described.sort()).toEqual(program.options.map((option) => option.long).sort());
  });

  test('names every choice and variable of an option where it describes the option', () => {
    for (const [name, command] of [['integ', program] as const, ...commands(program, 'integ')]) {
      const options = rows(section(page, command === program ? '## Global options' : `### ${name}`));
      for (const option of command.options) {
        const row = options.find(([cell = '']) => quoted(cell)[0]?.match(/--[a-z-]+/)?.[0] === option.long) ?? [];
        const described = quoted(row.join(' ')).flatMap((text) => text.split(' '));
        const words = [...(option.argChoices ?? []), ...(option.envVar === undefined ? [] : [option.envVar])];
        for (const word of words) expect(described, `${name} ${option.long}`).toContain(word);
      }
    }
  });
});

describe('README.md', () => {
  test('has the figures of docs/benchmarks.md', () => {
    const figures = rows(section('README.md', '## How fast')).flatMap((cells) =>
      cells.slice(1).flatMap((cell) => cell.match(/\d+(?:\.\d+)?/g) ?? []),
    );
    expect(figures).toHaveLength(10);
    const measured = rows(section('docs/benchmarks.md', '## On an idle machine')).flat();
    expect(figures.filter((figure) => !measured.includes(figure))).toEqual([]);
  });

  test('shows a report of 15 lines, all of them from the one in docs/start.md', () => {
    const [, block = ''] = /^```\n([\s\S]*?)\n```$/m.exec(section('README.md', '## A report')) ?? [];
    const lines = block.split('\n');
    expect(lines).toHaveLength(15);
    const whole = read('docs/start.md').split('\n');
    expect(lines.filter((line) => line.trim() !== '…' && !whole.includes(line))).toEqual([]);
  });
});

describe('the exit codes', () => {
  test('are all in docs/commands.md', () => {
    const text = section('docs/commands.md', '## Exit codes');
    for (const code of [...Object.values(SYSEXITS), 130, 143]) expect(text).toMatch(new RegExp(`\\b${code}\\b`));
    for (const bit of [1, 2, 4, 8, 16]) expect(rows(text, '| | |').map(([cell]) => cell)).toContain(String(bit));
  });
});

describe('docs/attributes.md', () => {
  test('has the attributes of the code', () => {
    const described = rows(read('docs/attributes.md'));
    const allButExistence = TEMPLATE_NAMES.filter((name) => name !== 'existence');
    const expected = ATTRIBUTE_NAMES.map((name) => {
      const { description, types, templates, kind } = ATTRIBUTES[name];
      const missing = OBJECT_TYPES.filter((type) => !(types as readonly string[]).includes(type));
      const of = missing.length === 0 ? 'all' : missing.length === 1 ? `all but ${missing[0]}` : types.join(', ');
      const names = templates.join(', ');
      const all = names === TEMPLATE_NAMES.join(', ') ? 'every template' : undefined;
      const most = names === allButExistence.join(', ') ? 'every template but existence' : undefined;
      return [`\`${name}\``, description, of, kind === 'digest' ? 'through `digests`' : (all ?? most ?? names)];
    });
    expect(described).toEqual(expected);
  });
});

describe('docs/hash.md', () => {
  test('says what each digest is for', () => {
    const described = rows(read('docs/hash.md'), '| algorithm | for |').flatMap(([names = '']) => quoted(names));
    expect(described.sort()).toEqual([...DIGEST_NAMES].sort());
  });
});

describe('docs/baseline-format.md', () => {
  const page = 'docs/baseline-format.md';

  test('has a column of the views for each attribute', () => {
    const columns = rows(read(page), '| column | value |').flatMap(([names = '']) => quoted(names));
    expect(columns).toEqual(expect.arrayContaining(ATTRIBUTE_NAMES.map(columnName)));
  });

  test('has the field bits of the code', () => {
    const text = read(page);
    const optional = rows(text, '| bit | attribute | length |').map(([bit, name = '', length]) => [
      Number(bit),
      name.replace(/[:,].*/, ''),
      Number(length),
    ]);
    expect(optional).toEqual(OPTIONAL_FIELDS.map(({ bit, name, length }) => [bit, name, length]));
    const variable = rows(text, '| known | filled | attribute | bytes |').map(([known, filled, name]) => [
      Number(known),
      Number(filled),
      name,
    ]);
    expect(variable).toEqual(VARIABLE_FIELDS.map(({ bit, filledBit, name }) => [bit, filledBit, name]));
  });
});

describe.each(['docs/start.md', 'docs/packages.md'])('%s', (page) => {
  test('says of each package manager what is done with it', () => {
    for (const name of PACKAGE_MANAGER_NAMES) expect(read(page)).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

describe('docs/policy.md', () => {
  const page = 'docs/policy.md';

  test('has the templates of the code', () => {
    const text = section(page, '## Watch: templates and attributes');
    const templates = describeTemplates([]);
    expect(rows(text, '| template | what must stay as it was |')).toEqual(
      templates.map(({ name, description }) => [`\`${name}\``, description]),
    );
    const expansions = describeTemplates(['md5']).map(({ name, attributes }) => {
      const words = attributes.map((attribute) => (attribute === 'md5' ? '`digests`' : attribute));
      return [`\`${name}\``, words.join(' ')];
    });
    expect(rows(text, '| template | expands to |')).toEqual(expansions);
  });

  test('has the keys of the language', () => {
    const keys = (text: string, head: string) => rows(text, head).map(([cell = '']) => quoted(cell)[0]);
    const described = keys(section(page, '## Keys'), '| key | value | default |');
    const settings = [
      ...Object.keys(baselineSchema.def.shape).map((key) => `baseline.${key}`),
      ...Object.keys(historySchema.def.shape).map((key) => `history.${key}`),
    ];
    const expected = [...Object.keys(policySchema.def.shape), ...Object.keys(ruleSchema.def.shape), ...settings];
    expect(described.sort()).toEqual(expected.sort());
    const required = keys(section(page, '## Require'), '| key | value |');
    expect(required.sort()).toEqual(Object.keys(requireSchema.def.shape).sort());
  });

  test('tells truly what patterns cover', () => {
    const examples = rows(section(page, '## Patterns'), '| pattern | covers | does not cover |');
    expect(examples.length).toBeGreaterThan(5);
    for (const [pattern = '', covered = '', others = ''] of examples) {
      const parsed = parsePattern(quoted(pattern)[0] ?? '', 'anywhere');
      if (!parsed.ok) throw new Error(`${pattern}: ${parsed.problem}`);
      const covers = (path: string) => coversPath([parsed.pattern], pathFromText(path));
      expect(quoted(covered).map(covers), pattern).not.toContain(false);
      expect(quoted(others).map(covers), pattern).not.toContain(true);
    }
  });

  test('tells truly what expressions match', () => {
    const examples = rows(section(page, '## Regular expressions'), '| expression | matches | does not match |');
    expect(examples.length).toBeGreaterThan(5);
    for (const [expression = '', matched = '', others = ''] of examples) {
      const parsed = parseMatch(quoted(expression)[0] ?? '');
      if (!parsed.ok) throw new Error(`${expression}: ${parsed.problem}`);
      const matches = (path: string) => matchesWholePath(parsed.pattern, pathFromText(path));
      expect(quoted(matched).map(matches), expression).not.toContain(false);
      expect(quoted(others).map(matches), expression).not.toContain(true);
    }
  });

  test('has the shipped policies', () => {
    const described = rows(section(page, '## Includes and shipped policies')).map(([cell = '']) => quoted(cell)[0]);
    expect(described.sort()).toEqual(builtinPolicyNames().map((name) => `builtin:${name}`));
  });
});

describe('docs/import.md', () => {
  test('has the attributes of AIDE and what becomes of them', () => {
    const described = rows(section('docs/import.md', '### Attributes'), '| AIDE | integ |');
    expect(described.map(([name = '']) => quoted(name)[0])).toEqual(Object.keys(AIDE_ATTRIBUTES));
    for (const [name = '', watched = ''] of described) {
      const [attribute = ''] = quoted(name);
      if (!isAideAttribute(attribute)) throw new Error(attribute);
      const { to } = aideAttribute(attribute);
      if (to !== undefined) expect(quoted(watched)[0], name).toBe(to);
      else expect(watched, name).not.toMatch(/^`/);
    }
  });

  test('has the properties of Tripwire and what becomes of them', () => {
    const described = rows(section('docs/import.md', '### Properties'), '| Tripwire | integ |');
    expect(described.map(([name = '']) => quoted(name)[0])).toEqual([...TRIPWIRE_LETTERS]);
    for (const [index, letter] of TRIPWIRE_LETTERS.entries()) {
      const { to = 'growing' } = tripwireProperty(letter);
      expect(quoted(described[index]?.[1] ?? '')[0], letter).toBe(to);
    }
  });

  test('has the severities that numbers of Tripwire become', () => {
    const described = rows(section('docs/import.md', '## From Tripwire'), '| severity in Tripwire | in integ |');
    const numbered = described
      .slice(1)
      .map(([numbers = '', severity = '']) => [
        Number(/\d+/.exec(numbers)?.[0]) + (numbers.startsWith('above') ? 1 : 0),
        quoted(severity)[0],
      ]);
    expect(numbered).toEqual(SEVERITY_STEPS.map(({ from, severity }) => [from, severity]));
  });
});

describe('docs/report.md', () => {
  const page = 'docs/report.md';

  test('names each format', () => {
    const text = read(page);
    const others = REPORT_FORMATS.filter((name) => name !== 'text');
    expect(others.filter((name) => !new RegExp(`\`(?:--format )?${name}\``).test(text))).toEqual([]);
  });

  test('has the flags of the code, in its words', () => {
    const described = new Map(
      rows(section(page, '## Flags')).map(([flag = '', words = '']) => [quoted(flag)[0], words]),
    );
    expect([...described.keys()]).toEqual([...FINDING_FLAGS]);
    for (const flag of FINDING_FLAGS) expect(described.get(flag)?.startsWith(FLAG_WORDS[flag]), flag).toBe(true);
  });

  test('has the codes of what could not be examined for which there is something to do', () => {
    const described = rows(section(page, '## What could not be examined'));
    const told = Object.entries(FAILURE_CODES).flatMap(([code, { words }]) => {
      const hint = hintOf(code);
      return hint === undefined ? [] : [[`\`${code}\``, words, hint]];
    });
    expect(described).toEqual(told);
  });

  test('has the members of the schema', () => {
    const described = rows(section(page, '## JSON'), '| member | value |').flatMap(([cell = '']) => quoted(cell));
    const members = [
      ...Object.keys(reportSchema.properties),
      ...Object.keys(reportSchema.properties.changes.items.properties),
    ];
    const text = section(page, '## JSON');
    expect(described.filter((name) => !members.includes(name) && name !== 'baseline.signature')).toEqual([]);
    for (const member of members) expect(text, member).toContain(`\`${member}\``);
  });
});

describe.each(readdirSync(join(ROOT, 'docs/decisions')))('docs/decisions/%s', (file) => {
  test('says context, choice, consequence and what would change our mind', () => {
    const text = read(join('docs/decisions', file));
    const parts = [...text.matchAll(/^\*\*(.+?)\.\*\*/gm)].map((match) => match[1]);
    expect(parts).toEqual(['Context', 'Choice', 'Consequence', 'What would change our mind']);
    expect(text.startsWith(`# ${Number(file.slice(0, 4))}. `)).toBe(true);
  });
});
