/**
 * What people type who come from Tripwire (tripwire(8), twadmin(8), siggen(8)) or AIDE (aide(1)), and what the same is
 * called here.
 */

const CHECK = 'integ check compares the system with its baseline';
const INIT = 'integ init makes the baseline';
const UPDATE =
  'integ accept takes what a report found into the baseline, integ policy update puts an edited policy into force';
const VERIFY =
  'integ check compares the system with its baseline, integ baseline verify looks whether the baseline is whole, integ self verify whether integ is';
const DIFF = 'integ baseline diff A B compares two generations';
const POLICY_CHECK = 'integ policy check FILE validates a policy';
const MODES = 'the modes of Tripwire are commands here: integ init, check, accept, policy update, notify test';
const SHOW = 'integ report show prints a report, integ baseline entries what the baseline holds';

/** By what was typed, without hyphens. */
const HABITS: ReadonlyMap<string, string> = new Map([
  ...called(CHECK, 'check', 'C', 'compare', 'E', 'scan', 'audit', 'run', 'test-integrity'),
  ...called(INIT, 'init', 'i', 'initialize', 'initialise', 'dry-init', 'create', 'create-baseline', 'reinit'),
  ...called(UPDATE, 'update', 'u', 'update-policy', 'p', 'add', 'commit', 'approve'),
  ...called(VERIFY, 'verify'),
  ...called('--version prints the version, --verbose everything in full', 'v'),
  ...called(DIFF, 'diff'),
  ...called(POLICY_CHECK, 'config-check', 'D', 'lint', 'validate', 'configtest'),
  ...called('integ policy explain PATH tells which rule governs a path', 'path-check', 'explain'),
  ...called(MODES, 'm', 'mode'),
  ...called('integ notify test sends a message through every channel', 'test', 't'),
  ...called(SHOW, 'list', 'print', 'print-report', 'print-dbfile', 'show', 'log', 'twprint'),
  ...called('integ hash FILE prints digests', 'siggen'),
  ...called(
    'integ policy import reads a policy of Tripwire or AIDE',
    'twadmin',
    'import',
    'create-polfile',
    'print-polfile',
  ),
  ...called('--policy FILE names the policy', 'config', 'c', 'cfgfile', 'polfile'),
  ...called('--baseline FILE names the baseline', 'dbfile', 'd', 'database', 'db'),
  ...called('integ check --paths GLOB examines a part', 'limit', 'l', 'path'),
  ...called('integ check --output FILE writes the report there', 'report', 'r', 'twrfile'),
  ...called('the key notify of the policy tells who gets reports', 'email-report', 'M', 'email'),
  ...called('integ schedule install checks every night', 'cron', 'daemon'),
]);

function called(words: string, ...names: readonly string[]): readonly (readonly [string, string])[] {
  return names.map((name) => [name, words] as const);
}

/** What to type instead of an option or command that integ does not have; undefined when it is no known habit. */
export function habitHint(typed: string): string | undefined {
  return HABITS.get(typed.replace(/^-+/, '').replace(/=.*$/s, ''));
}
