/** Policies as somebody writes them, globs and regular expressions: a policy, or what is wrong and where. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Path, pathFromLatin1, ROOT } from '../../../src/model/bytes.ts';
import { explainSelection } from '../../../src/policy/explain.ts';
import { compilePattern, matchesPath, parsePattern } from '../../../src/policy/glob.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { matchesWholePath, parseMatchBytes } from '../../../src/policy/match.ts';
import { Selector } from '../../../src/policy/select.ts';
import { signerProblem } from '../../../src/policy/signers.ts';
import type { Random } from '../engine/random.ts';
import { Refused, requirePrintable, type Target } from '../engine/target.ts';

const FOLDER = new URL('../../../policies/', import.meta.url);

const FULL = `version: 1
name: x
digests: [crc32, sha256]
templates:
  config: [read-only, -ctime, '+sha512']
ignore: [/proc, '**/*.pyc']
history: { retain: 90d }
notify:
  email: { to: [root], from: integ@example.org, transport: smtp, smtp: { host: mail.example.org, port: 587 } }
  syslog: { facility: authpriv, server: 'tls://log.example.org' }
  webhook: { url: 'https://example.org/x', secret: { environment: X } }
  metrics: { file: /var/lib/x.prom }
rules:
  - &r
    name: one
    severity: high
    paths: [/etc, '/usr/lib/**/*.so{,.*}']
    match: ['/var/log/app\\.log(\\.[1-5])?$']
    exclude: ['/etc/[a-z]*']
    watch: [config, -mode]
    depth: 3
    types: [file]
    mounts: cross
    diff: { private: true, max: 64K }
    require: { owner: root, mode: { max: '0755' }, flags: [immutable] }
  - *r
`;

const WORDS = [
  ...[
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ': ',
    '\n',
    '\t',
    '- ',
    '&a ',
    '*a',
    '*r',
    '!!binary ',
    '!x ',
    '|',
    '>',
    '%',
    '#',
    '---\n',
  ],
  ...[
    '0644',
    '~',
    '? ',
    '<<: ',
    '__proto__: 1\n',
    '\\',
    ',',
    'rules:',
    'watch: ',
    'include: [builtin:debian-base]',
    '\u2028',
  ],
  ...[
    '!!map',
    '!!set',
    '!!omap',
    '!!timestamp 2026-01-01',
    '.inf',
    '0o777',
    '1_000',
    'yes',
    'null',
    '{toString: 1}',
    '{ valueOf: x }',
    '+sha512',
    'read-only',
  ],
  ...[
    '{,a}',
    '{a,b}',
    '**/',
    '/**',
    '[!a-',
    '[[:',
    '(a|b)*',
    '(?:',
    '{1,9}',
    '\\x',
    '^',
    '$',
    '.*',
    'max: 1M',
    'match: ',
    'notify:',
  ],
];

const OBJECTS: readonly Path[] = [
  '/',
  '/etc',
  '/etc/passwd',
  '/usr/lib/a/b.so.1',
  '/var/log/app.log',
  '/proc/1',
  '/\xff\n',
].map(pathFromLatin1);

export const policy: Target = {
  name: 'policy',
  seeds: () => {
    const shipped = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
    return [Buffer.from(FULL), ...shipped.map((name) => readFileSync(new URL(name, FOLDER)))];
  },
  words: WORDS,
  // Files that nest or repeat for the sake of it have targets of their own.
  longest: 12 * 1024,
  read: (input) => {
    // Whatever file is included is this one; shipped policies are what they are.
    const reader = { read: () => input, osFamily: () => ({ id: 'debian', idLike: [] }) };
    const { policy: compiled } = loadPolicy('/etc/integ/policy.yaml', reader);
    const selector = new Selector(compiled);
    for (const path of OBJECTS) {
      const [quick, slow] = [
        selector.govern(path, 'file', ROOT),
        explainSelection(compiled, undefined, path, 'file', ROOT).governing,
      ];
      if (quick !== slow) throw new Error(`the scan takes rule ${quick} for ${path}, and the explanation rule ${slow}`);
    }
    return `${compiled.rules.length} rules`;
  },
  shortRuns: 50,
};

const NAMES: readonly Path[] = [
  '/',
  '/a',
  '/a/b',
  '/a/b/c.so',
  '/etc/[x]',
  '/\xff',
  '/{a,b}',
  '/aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '/a\nb',
].map(pathFromLatin1);

export const glob: Target = {
  name: 'glob',
  seeds: () =>
    ['/etc', '/usr/lib/**/*.so{,.*}', '**/*.pyc', '/[!a-z]?*/{a,{b,c}}', '/a\\*b', '/{x'].map((text) =>
      Buffer.from(text),
    ),
  words: [
    '{',
    '}',
    ',',
    '{a,b}',
    '**',
    '**/',
    '/',
    '[',
    ']',
    '[!',
    '\\',
    '*',
    '?',
    '-',
    '..',
    '[a-z]',
    '{,}',
    '\u00e9',
  ],
  longest: 2048,
  read: (input) => {
    const parsed = parsePattern(input.toString('utf8'), 'anywhere');
    if (!parsed.ok) {
      requirePrintable(parsed.problem, 'the message');
      throw new Refused(parsed.problem);
    }
    const alternatives = compilePattern(parsed.pattern);
    const matched = NAMES.filter((name) => matchesPath(alternatives, name));
    const { literal } = parsed.pattern;
    if (literal !== undefined && !matchesPath(alternatives, pathFromLatin1(literal)))
      throw new Error('a literal path does not match itself');
    return `${alternatives.length > 1 ? 'several' : 'one'} ${matched.length}`;
  },
  shortRuns: 1000,
};

/** A long text over the letters of an expression, on which one that backtracks would not end. */
function trying(input: Buffer, random: Random): Buffer {
  const repeated = `(${input.toString('latin1')})${random.pick(['*', '+', '{2,5}', '?'])}`;
  return Buffer.from(random.once(2) ? `/${repeated}` : `/${repeated}${repeated}$`, 'latin1');
}

export const regex: Target = {
  name: 'regex',
  seeds: () =>
    ['/var/log/app\\.log(\\.[1-5])?$', '/(a|b)*c', '/[^/]+\\.d/.*', '/x{2,5}', '/(?:a|[[:alpha:]])\\d'].map((text) =>
      Buffer.from(text),
    ),
  words: [
    '(',
    ')',
    '|',
    '*',
    '+',
    '?',
    '{1,3}',
    '{',
    '}',
    '[',
    ']',
    '[^',
    '^',
    '$',
    '.',
    '\\',
    '\\d',
    '\\W',
    '[[:alpha:]]',
    '(?:',
    '(?i)',
    '\\x41',
    '.*',
    '/',
  ],
  longest: 512,
  mutate: (input, random) => (random.once(10) && input.length < 200 ? trying(input, random) : undefined),
  read: (input) => {
    const parsed = parseMatchBytes(input.toString('latin1'));
    if (!parsed.ok) {
      requirePrintable(parsed.problem, 'the message');
      throw new Refused(parsed.problem);
    }
    const names = [...NAMES, pathFromLatin1(`/${'a'.repeat(2000)}`), pathFromLatin1(`/${'ab/'.repeat(500)}c`)];
    return `${names.filter((name) => matchesWholePath(parsed.pattern, name)).length}`;
  },
  shortRuns: 600,
};

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIHVzrZ8cmNwkh3AcS6ovAvgbh6eTnC+TG4krZ4lYyoQ1';

export const signers: Target = {
  name: 'signers',
  seeds: () => [
    Buffer.from(`alice@example.org ssh-ed25519 ${KEY} c`),
    Buffer.from(`a,b namespaces="integ-baseline",valid-before="20300101" ssh-ed25519 ${KEY}`),
  ],
  words: ['"', ',', ' ', 'cert-authority', 'ssh-rsa', '#', '!', '*', '\n', '\t', 'valid-after="'],
  longest: 4096,
  read: (input) => {
    const problem = signerProblem(input.toString('utf8'));
    if (problem !== undefined) throw new Refused(problem.split(' ', 5).join(' '));
    return 'a signer';
  },
  shortRuns: 1000,
};
