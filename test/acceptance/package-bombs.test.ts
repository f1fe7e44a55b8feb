/**
 * A few bytes of a baseline from elsewhere, or of a foreign root, that would become gigabytes: nothing is explained
 * then.
 */
import { linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BaselineReader } from '../../src/baseline/reader.ts';
import { StoredDirectories } from '../../src/baseline/stored-directories.ts';
import { BaselineWriter } from '../../src/baseline/writer.ts';
import type { RecordedPackage } from '../../src/model/packages.ts';
import { compilePolicy } from '../../src/policy/load.ts';
import { runSteps } from '../../src/system/turns.ts';
import { type Box, box, reportOf } from '../support/integ.ts';
import { tool } from '../support/programs.ts';

/** Kilobytes. What a check of a few objects takes is a quarter of it. */
const MOST_MEMORY = 900_000;
/** Tells on standard error what the process took at most. */
const METER =
  "--import=data:text/javascript,process.on('exit',()=>process.stderr.write('memory%20'+process.resourceUsage().maxRSS+'%5Cn'))";

const INFO = 'var/lib/dpkg/info';
const STATUS = 'Status: install ok installed\nArchitecture: all\nVersion: 2\n';

function stanza(name: string): string {
  return `Package: ${name}\n${STATUS}\n`;
}

/** A root with one package whose program was replaced since the baseline was made. */
function changed(): Box {
  const given = box();
  mkdirSync(given.path(INFO), { recursive: true });
  given.file('usr/bin/tool', 'old\n');
  given.file('var/lib/dpkg/status', stanza('tool').replace('Version: 2', 'Version: 1'));
  given.file(`${INFO}/tool.list`, '/.\n/usr\n/usr/bin\n/usr/bin/tool\n');
  given.policyText('version: 1\nname: t\nrules:\n  - { name: all, paths: [/usr] }\n');
  given.init('--root', given.tree);
  given.file('usr/bin/tool', 'new\n');
  given.file('var/lib/dpkg/status', stanza('tool'));
  given.file(`${INFO}/tool.md5sums`, tool('md5sum', given.path('usr/bin/tool')).replace(/ {2}.*/, '  usr/bin/tool'));
  return given;
}

/** The same baseline with other packages, sealed as whoever makes one can seal it. */
function withPackages(given: Box, packages: readonly RecordedPackage[]): void {
  const reader = BaselineReader.open(given.baseline);
  const writer = BaselineWriter.create(given.baseline, compilePolicy(reader.header.policy).policy.rules);
  const nodes = new StoredDirectories(reader);
  for (const { directory, name, rule, record } of reader.entries()) {
    writer.add({ directory: nodes.node(directory), name, rule, record });
  }
  runSteps(writer.finish({ ...reader.header, packages }));
  reader.close();
  // A host that never saw the baseline has no history that would refuse it.
  for (const name of readdirSync(given.state)) {
    if (name !== basename(given.baseline)) rmSync(join(given.state, name), { recursive: true });
  }
}

function expectUnexplained(given: Box, note: RegExp): void {
  const outcome = given.run(['check', '--format', 'json', '--root', given.tree, '--jobs', '1'], {
    env: { NODE_OPTIONS: METER },
  });
  const report = reportOf(outcome);
  const memory = [...outcome.stderr.matchAll(/^memory (\d+)$/gm)].map(([, kilobytes]) => Number(kilobytes));
  expect(Math.max(...memory)).toBeLessThan(MOST_MEMORY);
  expect(memory).not.toEqual([]);
  expect(report.notes.join('\n')).toMatch(note);
  const change = report.changes.find(({ path }) => path === '/usr/bin/tool');
  expect(change).not.toHaveProperty('explained');
  expect(report.exitCode).toBe(4);
}

describe('package lists of a hostile baseline', () => {
  const list = (repeated: string, times: number): Uint8Array => deflateRawSync(Buffer.from(repeated.repeat(times)));

  test.each([
    ['of many short paths', 10, () => list('/a\0', 20_000_000)],
    ['of long paths that are repeated', 200, () => list(`/${'usr/bin/tool/'.repeat(300)}\0`, 15_000)],
    ['of one package that is too large', 1, () => list('/usr/bin/tool\0', 5_000_000)],
  ])('%s explain nothing, and the report says so', (_, count, pack) => {
    const given = changed();
    const files = pack();
    withPackages(
      given,
      Array.from({ length: count }, (__, index) => ({ name: `p${index}`, version: '1', files })),
    );
    expectUnexplained(given, /recorded lists of packages are larger than those of any system.*no change is explained/);
  });
});

describe('a hostile package database', () => {
  const much = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));

  test.each<[string, (given: Box) => void, RegExp]>([
    [
      'of more packages than there are',
      (given) => {
        const stanzas = Array.from({ length: 350_000 }, (_, index) => stanza(`p${index.toString(36)}`));
        given.file('var/lib/dpkg/status', stanzas.join('').slice(0, 31 << 20));
      },
      /more packages than there can be/,
    ],
    [
      'whose status file has no end',
      (given) => given.file('var/lib/dpkg/status', stanza('tool') + much('x', 33 << 20)),
      /cannot be read/,
    ],
    [
      'of one stanza of empty lines of text',
      (given) => given.file('var/lib/dpkg/status', `Conffiles:\n${much(' \n', 30 << 20)}`),
      /1 entry of the package database cannot be understood/,
    ],
    [
      'of lists that are links to one another',
      (given) => {
        const names = Array.from({ length: 100 }, (_, index) => `p${index}`);
        given.file('var/lib/dpkg/status', ['tool', ...names].map(stanza).join(''));
        given.file(`${INFO}/p0.list`, much('/a\n', 8 << 20));
        for (const name of names.slice(1)) symlinkSync('p0.list', given.path(`${INFO}/${name}.list`));
        linkSync(given.path(`${INFO}/p0.list`), given.path(`${INFO}/p0.md5sums`));
      },
      /packages list more than any system has/,
    ],
    [
      'of directories as deep as paths may be',
      (given) => {
        const lines = Array.from({ length: 4000 }, (_, index) => `/${index}${'/a'.repeat(2000)}/tool\n`);
        given.file(`${INFO}/tool.list`, lines.join(''));
      },
      /more directories than any system has/,
    ],
    [
      'of diversions and overrides without end',
      (given) => {
        given.file('var/lib/dpkg/diversions', much('/a\n/b\n:\n', 3 << 20));
        given.file('var/lib/dpkg/statoverride', much('root root 755 /a\n', 3 << 20));
      },
      /cannot be read/,
    ],
  ])('%s explains nothing, and the report says so', (_, plant, note) => {
    const given = changed();
    plant(given);
    expectUnexplained(given, note);
  });

  test('with a fifo among its files is not waited for', () => {
    const given = changed();
    tool('rm', given.path(`${INFO}/tool.list`));
    tool('mkfifo', given.path(`${INFO}/tool.list`));
    expectUnexplained(given, /not a regular file.*no change is explained/);
  });

  test('whose files are links out of the root is not read there', () => {
    const given = changed();
    writeFileSync(given.beside('outside'), '/usr/bin/tool\n');
    tool('rm', given.path(`${INFO}/tool.list`));
    symlinkSync(given.beside('outside'), given.path(`${INFO}/tool.list`));
    expectUnexplained(given, /^(?!.*package database)/s);
  });
});
