import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareImport } from '../../src/app/import/compare.ts';
import { pathFromLatin1 } from '../../src/model/bytes.ts';
import { UserError } from '../../src/model/errors.ts';
import { DatabaseReader } from '../../src/policy/import/tripwire/database.ts';
import { translateMask } from '../../src/policy/import/tripwire/watch.ts';
import { watchOfTerms } from '../../src/policy/import/watch-terms.ts';
import { Tree } from '../../src/system/tree.ts';
import { importTripwire } from '../support/imported-policies.ts';
import { scratchDirectory, sharedDirectory } from '../support/scratch.ts';
import { noTripwire, type Tripwire, unpackTripwire } from '../support/tripwire-programs.ts';

const NAMES = ['a', 'b', 'ab'];
/** Equal trees with a policy for each: Tripwire takes its time for every run, whatever there is to do. */
const TREES = Array.from({ length: 40 }, (_, index) => `t${index}`);

let tripwire: Tripwire | undefined;
const root = sharedDirectory();
const unpacked = sharedDirectory();

function grow(directory: string, depth: number): void {
  for (const name of NAMES) {
    const path = join(directory, name);
    if (depth === 0) writeFileSync(path, '');
    else if (name === 'ab' && depth === 1) symlinkSync('a', path);
    else {
      mkdirSync(path);
      grow(path, depth - 1);
    }
  }
}

beforeAll(() => {
  for (const name of TREES) {
    mkdirSync(join(root, name));
    grow(join(root, name), 3);
  }
  tripwire = noTripwire === undefined ? unpackTripwire(unpacked) : undefined;
});

const path = fc
  .array(fc.constantFrom(...NAMES), { maxLength: 4 })
  .map((names) => names.map((name) => `/${name}`).join(''))
  // Nothing lies below a link.
  .filter((name) => !/^\/[^/]+\/[^/]+\/ab\//.test(name));
const mask = fc.constantFrom('$(ReadOnly)', '$(Dynamic)-i', 'p+u', '$(IgnoreAll)', '$(Growing)', '$(IgnoreNone)-a');
const recurse = fc.constantFrom('', '', ' (recurse=0)', ' (recurse=1)', ' (recurse=2)', ' (recurse=false)');
const points = fc.uniqueArray(fc.tuple(path, mask, recurse, fc.nat(3)), {
  minLength: 1,
  maxLength: 8,
  selector: ([name]) => name,
});

/** What Tripwire records by a policy, with keys made once. */
function database(programs: string, keys: string, policy: string): DatabaseReader {
  const run = (program: string, ...parameters: readonly string[]) => {
    const result = spawnSync(join(programs, program), parameters, { encoding: 'latin1', maxBuffer: 1 << 26 });
    if (result.status !== 0) throw new Error(`${program}: ${result.stderr}`);
    return result.stdout;
  };
  const [cfg, pol, twd] = ['tw.cfg', 'tw.pol', 'tw.twd'].map((name) => join(keys, name));
  writeFileSync(join(keys, 'twpol.txt'), policy, 'latin1');
  run('twadmin', '--create-polfile', '-c', cfg ?? '', '-p', pol ?? '', '-Q', 'passphrase', join(keys, 'twpol.txt'));
  run('tripwire', '--init', '-c', cfg ?? '', '-P', 'passphrase');
  const reader = new DatabaseReader();
  for (const line of run('twprint', '--print-dbfile', '-c', cfg ?? '', '-d', twd ?? '').split('\n')) reader.line(line);
  return reader;
}

function makeKeys(programs: string, keys: string): void {
  mkdirSync(keys);
  const settings = {
    ROOT: programs,
    POLFILE: join(keys, 'tw.pol'),
    DBFILE: join(keys, 'tw.twd'),
    REPORTFILE: join(keys, 'tw.twr'),
    SITEKEYFILE: join(keys, 'site.key'),
    LOCALKEYFILE: join(keys, 'local.key'),
    EDITOR: '/bin/false',
    SYSLOGREPORTING: 'false',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(keys, 'twcfg.txt'), lines.join(''));
  const secret = ['-S', settings.SITEKEYFILE, '-Q', 'passphrase'];
  spawnSync(join(programs, 'twadmin'), ['--generate-keys', ...secret, '-L', settings.LOCALKEYFILE, '-P', 'passphrase']);
  spawnSync(join(programs, 'twadmin'), [
    '--create-cfgfile',
    '-c',
    join(keys, 'tw.cfg'),
    ...secret,
    join(keys, 'twcfg.txt'),
  ]);
}

describe('a policy of Tripwire', () => {
  test.skipIf(noTripwire !== undefined)(
    'selects the same with the same properties once it is imported, whatever its points',
    () => {
      const { programs } = tripwire ?? unpackTripwire(unpacked);
      const keys = join(scratchDirectory(), 'keys');
      const tree = new Tree({ root: '/', isWorker: false, portable: false });
      try {
        makeKeys(programs, keys);
        fc.assert(
          fc.property(fc.tuple(...TREES.map(() => points)), (policies) => {
            const lines = policies.flatMap((chosen, index) =>
              chosen.map(([name, properties, depth, kind]) => {
                const at = `${root}/${TREES[index]}${name}`;
                return kind === 0 ? `!${at};` : `${at} -> ${properties}${depth};`;
              }),
            );
            const text = [...lines, '/never -> p;', ''].join('\n');
            const theirs = [...database(programs, keys, text).entries].map(([name, letters]) => ({
              path: pathFromLatin1(name),
              watch: watchOfTerms(translateMask(letters)),
              rule: [...letters].join(''),
            }));
            const links = Object.fromEntries(
              TREES.flatMap((name) =>
                ['a/a', 'a/b', 'b/a', 'b/b', 'ab/a', 'ab/b'].map((at) => `${root}/${name}/${at}`),
              ).map((at) => [`${at}/ab`, `${at}/a`]),
            );
            const { policy, text: yaml } = importTripwire(text, links);
            const { disagreements } = compareImport(policy, tree, theirs);
            expect({ yaml, disagreements }).toEqual({ yaml, disagreements: [] });
          }),
          { numRuns: 3, endOnFailure: true },
        );
      } finally {
        tree.close();
      }
    },
  );

  test('of any text is imported or refused with its line', () => {
    const word = fc.constantFrom(
      ...['/', '/etc', '/a/b', '"/q w"', '->', '->', '+p', '$(ReadOnly)', '-m', '$(X)', 'X', '=', ';', ';', ';', '!'],
      ...['(', ')', '{', '}', ',', 'severity=5', 'recurse=1', 'rulename', 'emailto="a@b;c"', '|', '||', '\\', '\\\n'],
      ...['\n', '\n@@section FS\n', '\n@@section GLOBAL\n', '\n@@section NTFS\n', '\n@@ifhost mail1\n', '\n@@else\n'],
      ...['\n@@endif\n', '\n@@end\n', '@@print "x"', '\n@@error "x"\n', '#', '"', '$', '>', '\0', '\xff', '"\\xff"'],
      ...['/etc -> $(ReadOnly) (recurse=0);\n', '!/etc/a;\n', '(severity=1) {\n', '}\n', 'X = +p;\n', '/b -> p;\n'],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        try {
          importTripwire(words.join(' '));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          // A policy without rules is refused; every other mistake has its place.
          expect(String(error)).toMatch(/:\d+: |must list|has no rules/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('of many blocks within one another is refused with its line', () => {
    expect(() => importTripwire('(severity=1) {'.repeat(100_000))).toThrow(/^\/twpol\.txt:1: /);
    expect(() => importTripwire('@@ifhost a\n'.repeat(100_000))).toThrow(/^\/twpol\.txt:\d+: /);
  });
});
