import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importFilesOf } from '../../src/app/import/files.ts';
import { readAideConfig } from '../../src/policy/import/aide/config.ts';
import type { AideRule } from '../../src/policy/import/aide/rule.ts';
import { Notes } from '../../src/policy/import/notes.ts';
import { parseRegex, type RegexNode } from '../../src/policy/regex/parse.ts';
import { box, PROGRAM } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { sharedDirectory } from '../support/scratch.ts';

/** The rules that Debian ships for AIDE, about 1,200 with those that its programs print. */
const DEBIAN = '/etc/aide/aide.conf.d';
const AIDE = '/usr/bin/aide';

function whyNot(): string | undefined {
  if (!existsSync(AIDE) || !existsSync(DEBIAN)) return 'aide and aide-common of Debian are not installed';
  if (!isRoot()) return 'AIDE reads the system as root';
  const mount = spawnSync('unshare', [
    '-m',
    'sh',
    '-c',
    'mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w && mount -t overlay -o lowerdir=/var,upperdir=/mnt/u,workdir=/mnt/w none /var',
  ]);
  return mount.status === 0 ? undefined : 'no overlay can be mounted here';
}

const reason = whyNot();

const directory = sharedDirectory();
let config = '';

/** As docs/import.md says: what the programs among the rules print, beside the rules that are text. */
function expand(into: string): void {
  mkdirSync(into);
  for (const name of readdirSync(DEBIAN).sort()) {
    const file = join(DEBIAN, name);
    const isProgram = (statSync(file).mode & 0o100) !== 0;
    const env = { PATH: '/bin:/usr/bin', UPAC_settingsd: '/etc/aide/aide.settings.d' };
    writeFileSync(join(into, name), isProgram ? spawnSync(file, { env }).stdout : readFileSync(file));
  }
}

beforeAll(() => {
  if (reason !== undefined) return;
  expand(join(directory, 'rules'));
  config = join(directory, 'aide.conf');
  const main = readFileSync('/etc/aide/aide.conf', 'utf8').replace(
    `@@x_include ${DEBIAN}`,
    `@@include ${directory}/rules`,
  );
  writeFileSync(config, `root_prefix=${directory}/root\n${main}`);
});

/** The rules of AIDE by their place, as it shows them: '!/x$ d' or '/x$ f p+u'. */
function rulesOfAide(): Map<string, string> {
  const shown = spawnSync(AIDE, [`--config=${config}`, '--config-check', '--log-level=rule'], {
    encoding: 'latin1',
    maxBuffer: 1 << 26,
  });
  const rules = new Map<string, string>();
  for (const line of shown.stderr.split('\n')) {
    const rule = /RULE: .*?'([=!]?\/.*)' \((\/.*:\d+): '/.exec(line);
    if (rule !== null) rules.set(rule[2] ?? '', rule[1] ?? '');
  }
  return rules;
}

function shownRule({ sign, regex, types, attributes }: AideRule, theirs: string): string {
  const restriction = types.length === 0 ? '(none)' : types.join(',');
  if (sign === '!') return `!${regex} ${restriction}`;
  // The order in which AIDE writes attributes is its own.
  const order = (theirs.slice(theirs.lastIndexOf(' ') + 1) || '').split('+');
  const sum = [...attributes].sort((left, right) => order.indexOf(left) - order.indexOf(right));
  return `${sign}${regex} ${restriction} ${sum.join('+')}`;
}

/** A text that an expression matches, another one for each number. */
function sample(tree: RegexNode, number: number): string {
  switch (tree.kind) {
    case 'set': {
      const readable = tree.set.filter((byte) => byte > 0x2f && byte < 0x7b);
      const from = readable.length > 0 ? readable : tree.set;
      return String.fromCharCode(from[number % from.length] ?? 0);
    }
    case 'sequence':
      return tree.items.map((item, index) => sample(item, number + index)).join('');
    case 'choice':
      return sample(tree.items[number % tree.items.length] ?? { kind: 'end' }, number);
    case 'repeat': {
      const count = Math.min(tree.max, tree.min + (number % 3));
      return Array.from({ length: count }, (_, index) => sample(tree.item, number + index)).join('');
    }
    default:
      return '';
  }
}

/** Commands of a shell that make objects which the rules are about. */
function objectsFor(rules: readonly AideRule[]): string {
  const make: Readonly<Record<string, string>> = {
    d: 'mkdir -p',
    l: 'ln -s x',
    p: 'mkfifo',
    b: 'mknod_b',
    c: 'mknod_c',
    s: 'touch',
  };
  const lines = rules.flatMap(({ regex, types }) =>
    [0, 1, 2, 5].flatMap((number) => {
      const path = sample(parseRegex(regex), number).replace(/\/$/, '');
      if (path === '' || /\/\/|\/\.{1,2}(\/|$)|[^ -~]/.test(path)) return [];
      const quoted = `"$ROOT"'${path.replaceAll("'", `'\\''`)}'`;
      const parent = `"$ROOT"'${path.slice(0, path.lastIndexOf('/')).replaceAll("'", `'\\''`)}'`;
      const command = make[types[number % Math.max(1, types.length)] ?? 'f'] ?? 'touch';
      return [`mkdir -p ${parent} && ${command} ${quoted}`];
    }),
  );
  return ['mknod_b() { mknod "$1" b 7 200; }', 'mknod_c() { mknod "$1" c 1 3; }', ...lines].join('\n');
}

describe.skipIf(reason !== undefined)(
  `the rules of Debian for AIDE${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    test('are read as AIDE reads them, each expression and attribute', () => {
      const notes = new Notes();
      const { rules: ours } = readAideConfig(config, importFilesOf(hostname()), '0.18', notes);
      const theirs = rulesOfAide();
      expect(theirs.size).toBeGreaterThan(900);
      const read = new Map(ours.map((rule) => [`${rule.place.file}:${rule.place.line}`, rule]));
      // A negative rule with a variable that Debian does not define is told, and not carried over.
      const told = notes.all().filter(({ text }) => text.includes('this negative rule left out more than was meant'));
      const leftOut = told.flatMap(({ places }) => places.map(({ file, line }) => `${file}:${line}`));
      expect([...read.keys(), ...leftOut].sort()).toEqual([...theirs.keys()].sort());
      for (const [place, rule] of read) {
        const shown = theirs.get(place) ?? '';
        expect([place, shownRule(rule, shown)]).toEqual([place, shown]);
      }
    });

    test('select the same objects with the same attributes once they are imported', () => {
      const root = join(directory, 'root');
      mkdirSync(root);
      writeFileSync(
        join(directory, 'objects'),
        objectsFor(readAideConfig(config, importFilesOf(hostname()), '0.18', new Notes()).rules),
      );
      // The system itself, and in it an object or more for every rule, whatever is installed here.
      const script = `
      set -e; ROOT=${root}; mount -t tmpfs none $ROOT; mkdir $ROOT/upper
      for name in etc var usr/bin usr/sbin usr/libexec usr/lib/systemd; do
        mkdir -p $ROOT/$name $ROOT/upper/$name/u $ROOT/upper/$name/w
        mount -t overlay -o lowerdir=/$name,upperdir=$ROOT/upper/$name/u,workdir=$ROOT/upper/$name/w none $ROOT/$name
      done
      set +e; . ${directory}/objects 2>/dev/null; set -e
      exec ${process.execPath} ${PROGRAM} policy import --from aide --aide-version 0.18 --compare --root $ROOT ${config}`;
      const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const summary = /(\S+) objects are selected by AIDE or the policy; they disagree on (\S+) \(/.exec(stderr);
      const number = (text = ''): number => Number(text.replaceAll(',', ''));
      expect(number(summary?.[1])).toBeGreaterThan(5_000);
      // What programs of a live system made or removed between the two looks is not in both: nothing else may differ.
      const differing = stdout
        .split('\n')
        .filter((line) => line !== '' && !line.endsWith('AIDE: it did not look at it'));
      expect(differing).toEqual([]);
      expect(number(summary?.[2])).toBeLessThan(number(summary?.[1]) / 1000);
    });

    test('make a policy that is valid, and every remark has its places', () => {
      const it = box();
      const output = join(it.directory, 'imported.yaml');
      const imported = it.run(['policy', 'import', '--from', 'aide', '--output', output, config]);
      expect(imported.code).toBe(0);
      expect(imported.stderr).toMatch(/imported \d+ rules; [0-9,]+ things were not carried over exactly/);
      expect(imported.stderr).toMatch(
        /ANF: a new file with a flag, .* is reported all the same: \d+ lines: .*31_aide_apt:/,
      );
      const checked = it.run(['policy', 'check', output]);
      expect(checked.stdout).toMatch(/^The policy is valid/);
      expect(readFileSync(output, 'utf8')).toMatch(/^# - ANF: a new file with a flag, /m);
      expect(readFileSync(output, 'utf8')).toMatch(/^ {4}new: false$/m);
      const strict = it.run(['policy', 'import', '--from', 'aide', '--strict', config]);
      expect(strict.code).toBe(78);
    });
  },
);
