/**
 * What is never proposed as noise, however often it changes: rights somebody gained, traces of hiding, programs, and
 * the places that decide what runs and who may log in.
 */
import type { AttributeName } from '../../model/attributes.ts';
import type { Path } from '../../model/bytes.ts';
import { compilePattern, deepestStart, parsePattern } from '../glob.ts';
import type { ObjectHistory } from './trial.ts';

/** Where a change that nobody meant is never noise. */
const PROTECTED: readonly string[] = [
  '/{etc,boot,dev,usr,bin,sbin,lib,lib32,lib64,libx32}',
  '/var/spool/{cron,at}',
  '/var/lib/{dpkg,rpm,apk,pacman}',
  '/{root,home/*}/.*',
  '/**/{.ssh,.forward,.rhosts,.shosts,authorized_keys}',
];

const PROTECTED_PATTERNS = PROTECTED.flatMap((text) => {
  const parsed = parsePattern(text, 'anywhere');
  if (!parsed.ok) throw new Error(`integ: internal error: ${text}: ${parsed.problem}`);
  return compilePattern(parsed.pattern);
});

/** What is run, or proves who somebody is, whatever its mode says. */
const CODE_OR_KEY =
  /\.(?:so(?:\.[0-9]+)*|ko|a|o|jar|war|class|php[0-9]?|phtml|inc|py|pyc|pl|pm|rb|lua|js|mjs|ts|sh|bash|cgi|jsp|aspx?|service|timer|pem|key|crt|p12|jks)$/i;

/** Who may do what with an object, and what a link leads to. */
const RIGHTS: ReadonlySet<AttributeName> = new Set([
  'type',
  'mode',
  'uid',
  'gid',
  'acl',
  'caps',
  'selinux',
  'flags',
  'rdev',
  'target',
]);

function isProtected(path: Path): boolean {
  return deepestStart(PROTECTED_PATTERNS, path) >= 0;
}

/** Why an object must be looked at by a person, in bytes; nothing when its changes may be noise. */
export function reasonsAgainst(history: ObjectHistory, violated: ReadonlySet<Path>): readonly string[] {
  const rights = [...history.differences].filter((name) => RIGHTS.has(name)).sort();
  return [
    ...[...history.flags].sort().map((flag) => `flag ${flag}`),
    ...(violated.has(history.path) ? ['it violates a requirement'] : []),
    ...(rights.length === 0 ? [] : [`rights or identity changed: ${rights.join(', ')}`]),
    ...(history.isExecutable ? ['it is executable'] : []),
    ...(history.type === 'file' && CODE_OR_KEY.test(history.path) ? ['by its name it is code or a key'] : []),
    ...(isProtected(history.path) ? ['it lies where a change decides what runs or who may log in'] : []),
    ...(history.type === 'file' || history.type === 'directory' || history.type === 'socket' || history.type === 'fifo'
      ? []
      : [`it is a ${history.type}`]),
  ];
}
