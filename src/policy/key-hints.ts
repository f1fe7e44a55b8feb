/**
 * What to say of a key that a policy does not have there: which are allowed, where else it belongs, and what it is
 * called here when it comes from Tripwire, AIDE or the habit of other tools.
 */
import { notifySchema, secretSchema, smtpSchema } from './notify-schema.ts';
import { baselineSchema, contentSchema, historySchema, policySchema, requireSchema, ruleSchema } from './schema.ts';
import { didYouMean, nearest } from './suggest.ts';

interface Place {
  readonly pattern: RegExp;
  /** Where the keys stand, in words. */
  readonly words: string;
  readonly keys: readonly string[];
}

const RULE: Place = { pattern: /^rules\.\d+$/, words: 'a rule', keys: Object.keys(ruleSchema.def.shape) };
const REQUIRE: Place = {
  pattern: /^rules\.\d+\.require$/,
  words: "'require' of a rule",
  keys: Object.keys(requireSchema.def.shape),
};

const PLACES: readonly Place[] = [
  { pattern: /^$/, words: 'the policy itself', keys: Object.keys(policySchema.def.shape) },
  { pattern: /^baseline$/, words: "'baseline'", keys: Object.keys(baselineSchema.def.shape) },
  { pattern: /^history$/, words: "'history'", keys: Object.keys(historySchema.def.shape) },
  { pattern: /^notify$/, words: "'notify'", keys: Object.keys(notifySchema.def.shape) },
  ...Object.entries(notifySchema.def.shape).map(([key, { def }]) => ({
    pattern: new RegExp(`^notify\\.${key}$`),
    words: `'${key}' of 'notify'`,
    keys: Object.keys(def.innerType.def.shape),
  })),
  {
    pattern: /^notify\.email\.smtp$/,
    words: "'smtp' of 'email'",
    keys: Object.keys(smtpSchema.def.shape),
  },
  {
    pattern: /^notify\.(?:email\.smtp\.password|webhook\.secret)$/,
    words: 'a secret',
    keys: Object.keys(secretSchema.def.shape),
  },
  RULE,
  {
    pattern: /^rules\.\d+\.require\.content$/,
    words: "'content' of 'require'",
    keys: Object.keys(contentSchema.def.shape),
  },
  REQUIRE,
  { pattern: /^rules\.\d+\.require\.mode$/, words: "'mode' of 'require'", keys: ['max'] },
  { pattern: /^rules\.\d+\.diff$/, words: "'diff' of a rule", keys: ['private', 'max'] },
];

const PATHS = "a rule says it with paths: ['/etc', '/usr/bin']";
const DEPTH = 'a path stands for all below it; depth: 0 is the object itself, depth: 1 what lies directly in it';
const MAIL = 'notify: [root] in a rule mails its findings, notify: { email: { to: [root] } } in the policy all of them';
const WATCH = 'a rule says it with watch: read-only, or another of: integ policy templates';
const LEFT_OUT = "ignore: ['/proc'] in the policy leaves out for all rules, exclude: ['**/*.pyc'] for one";
const RIGHTS = "a rule demands it with require: { owner: root, group: root, mode: '0644' }";

/** Of merge keys of YAML 1.1. */
export const MERGE_HINT = 'name what rules share in templates, and use that with watch';

/** Keys that people bring along, by what the policy says instead. */
const HABITS: Readonly<Record<string, string>> = {
  ...said(DEPTH, 'recurse', 'recursive', 'recursion', 'maxdepth', 'max_depth'),
  ...said(MAIL, 'emailto', 'email_to', 'mailto', 'mail', 'email', 'recipients', 'globalemail'),
  ...said("a rule says it with name: 'System binaries'", 'rulename', 'rule_name', 'title', 'description'),
  ...said(PATHS, 'path', 'file', 'files', 'dir', 'dirs', 'directory', 'directories', 'folder', 'folders'),
  ...said(WATCH, 'attributes', 'attrs', 'template', 'group_definition', 'check', 'checks', 'monitor', 'properties'),
  ...said(LEFT_OUT, 'stop', 'skip', 'ignores', 'ignored', 'excludes', 'excluded', 'negate'),
  ...said(RIGHTS, 'perm', 'perms', 'permission', 'permissions', 'chmod', 'chown', 'user', 'uid', 'gid'),
  ...said(MERGE_HINT, '<<'),
};

/** Keys that stand elsewhere, of which that alone would mislead. */
const IN_RULE: Readonly<Record<string, string>> = {
  type: 'types: [directory] selects what is one, require: { type: directory } demands that it is one',
};

function said(words: string, ...keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map((key) => [key, words]));
}

interface UnknownKey {
  /** What is wrong with it, after its name. */
  readonly message: string;
  readonly hint: string | undefined;
}

/** What to say of a key that is not allowed at the place, such as `rules.0.require`. */
export function unknownKey(place: string, key: string): UnknownKey {
  const here = PLACES.find(({ pattern }) => pattern.test(place));
  const allowed = here?.keys ?? [];
  const hint = habitOf(here, key) ?? belongsTo(key);
  // A near word that the known meaning does not speak of is a worse guess.
  const near = nearest(key, allowed);
  const guess = hint === undefined || (near !== undefined && hint.includes(near)) ? didYouMean(key, allowed) : '';
  return { message: `${guess}; allowed: ${allowed.join(', ')}`, hint };
}

function habitOf(here: Place | undefined, key: string): string | undefined {
  const lower = key.toLowerCase();
  if (here === RULE && Object.hasOwn(IN_RULE, lower)) return IN_RULE[lower];
  return Object.hasOwn(HABITS, lower) ? HABITS[lower] : undefined;
}

function belongsTo(key: string): string | undefined {
  const homes = PLACES.filter(({ keys }) => keys.includes(key)).map(({ words }) => words);
  return homes.length === 0 || homes.length > 2 ? undefined : `'${key}' stands in ${homes.join(' or in ')}`;
}

/** Whether the key was most likely meant to say what a rule selects. */
export function isMeantToSelect(key: string): boolean {
  return HABITS[key.toLowerCase()] === PATHS || nearest(key, RULE.keys)?.match(/^(?:paths|match)$/) !== undefined;
}
