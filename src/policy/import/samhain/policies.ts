/**
 * The policies of Samhain, which are the sections of samhainrc for files, and what each of them checks.
 * https://www.la-samhna.de/samhain/manual/filedef.html
 */
import type { AttributeName } from '../../../model/attributes.ts';
import type { Severity } from '../../../model/severity.ts';

export const SAMHAIN_TESTS = {
  CHK: 'sha256',
  LNK: 'target',
  HLN: 'nlink',
  INO: 'inode',
  USR: 'uid',
  GRP: 'gid',
  MTM: 'mtime',
  ATM: 'atime',
  CTM: 'ctime',
  SIZ: 'size',
  RDEV: 'rdev',
  MOD: 'mode',
} as const satisfies Readonly<Record<string, AttributeName>>;

/** Tests that are no attribute: a file may grow, its text is kept, prelink is asked, and who changed it. */
const OTHER_TESTS = ['SGROW', 'TXT', 'PRE', 'AUDIT'] as const;

export type SamhainTest = keyof typeof SAMHAIN_TESTS | (typeof OTHER_TESTS)[number];

export function isSamhainTest(name: string): name is SamhainTest {
  return Object.hasOwn(SAMHAIN_TESTS, name) || (OTHER_TESTS as readonly string[]).includes(name);
}

interface SamhainPolicy {
  /** As it is shown, in capitals where Samhain has them. */
  readonly name: string;
  readonly tests: readonly SamhainTest[];
  /** Of what is under it, existence alone counts. */
  readonly isExistence?: boolean;
}

const RIGHTS: readonly SamhainTest[] = ['USR', 'GRP', 'MOD', 'RDEV'];
const LOG: readonly SamhainTest[] = [...RIGHTS, 'HLN', 'LNK', 'INO'];
const READ_ONLY: readonly SamhainTest[] = [...LOG, 'CHK', 'SIZ', 'MTM', 'CTM'];
const ALL: readonly SamhainTest[] = [...READ_ONLY, 'ATM'];

/** By their names in small letters, as sections are found. */
export const SAMHAIN_POLICIES: Readonly<Record<string, SamhainPolicy>> = {
  attributes: { name: 'Attributes', tests: RIGHTS },
  logfiles: { name: 'LogFiles', tests: LOG },
  growinglogfiles: { name: 'GrowingLogFiles', tests: [...LOG, 'CHK', 'SIZ', 'SGROW'] },
  ignoreall: { name: 'IgnoreAll', tests: [], isExistence: true },
  ignorenone: { name: 'IgnoreNone', tests: ALL.filter((test) => test !== 'CTM') },
  readonly: { name: 'ReadOnly', tests: READ_ONLY },
  user0: { name: 'User0', tests: ALL },
  user1: { name: 'User1', tests: ALL },
  user2: { name: 'User2', tests: ALL },
  user3: { name: 'User3', tests: ALL },
  user4: { name: 'User4', tests: ALL },
  prelink: { name: 'Prelink', tests: [...RIGHTS, 'HLN', 'LNK', 'CHK', 'PRE'] },
};

/** What is said in [EventSeverity] of a policy, as a severity of a rule. */
export const SAMHAIN_SEVERITIES: Readonly<Record<string, Severity>> = {
  debug: 'info',
  info: 'info',
  notice: 'info',
  warn: 'low',
  mark: 'low',
  err: 'medium',
  crit: 'high',
  alert: 'critical',
};
