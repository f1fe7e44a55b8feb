/**
 * Reads a configuration of AIDE as the version means it that it was written for: the one that was asked for, else the
 * one that its own words tell of, else the installed one, else the newest. A version refuses what is not its language.
 */
import { pathFromLatin1, printable } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { ImportFiles } from '../files.ts';
import { Notes, placesText } from '../notes.ts';
import { type AideConfig, readAideConfig } from './config.ts';
import type { Sign } from './signs.ts';
import { type AideVersion, isBefore, NEWEST, VERSIONS } from './version.ts';

/** The AIDE of the host; both are undefined where there is none. */
export interface InstalledAide {
  readonly version: AideVersion | undefined;
  /** Why nobody knows the version of the one that is there. */
  readonly problem: string | undefined;
}

export interface FittingConfig {
  readonly config: AideConfig;
  readonly notes: Notes;
  /** Whether it may be for AIDE up to 0.16, as far as is known. */
  readonly mayBeOld: boolean;
  /** Why it was read as this version means it; undefined where that was asked for. */
  readonly reason: string | undefined;
}

type Attempt = Omit<FittingConfig, 'reason'>;

const CHOICE = '--aide-version chooses another';

/** Throws a UserError with file and line for what the version refuses, or every version where none was asked for. */
export function readFittingConfig(
  file: string,
  files: ImportFiles,
  asked: AideVersion | undefined,
  installed: () => InstalledAide,
): FittingConfig {
  const read = (version: AideVersion): Attempt => {
    const notes = new Notes();
    const config = readAideConfig(file, files, version, notes);
    const { until, since } = config.signs;
    const isUntold = asked === undefined && until !== undefined && since === undefined;
    return { config, notes, mayBeOld: version === '0.16' || isUntold };
  };
  if (asked !== undefined) return { ...read(asked), reason: undefined };
  const host = installed();
  const first = host.version ?? NEWEST;
  const problems: UserError[] = [];
  for (const version of [first, ...VERSIONS.toReversed().filter((other) => other !== first)]) {
    const attempt = attempted(() => read(version), problems);
    if (attempt === undefined) continue;
    const [refusal] = problems;
    if (refusal !== undefined) {
      return {
        ...attempt,
        reason: `AIDE ${first} refuses it: ${refusal.message}; it is read as ${version} means it (${CHOICE})`,
      };
    }
    return bySigns(attempt, read) ?? { ...attempt, reason: reasonWithoutSigns(host, version) };
  }
  throw whatToMend(problems);
}

function attempted<Result>(action: () => Result, problems: UserError[]): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(error);
    return undefined;
  }
}

/** Reads again as another version means it, where something in the file is of that one alone. */
function bySigns({ config }: Attempt, read: (version: AideVersion) => Attempt): FittingConfig | undefined {
  const { until, since } = config.signs;
  const older = until !== undefined && isBefore(until.version, config.version) ? until : undefined;
  const newer = since !== undefined && isBefore(config.version, since.version) ? since : undefined;
  const sign = older ?? newer;
  if (sign === undefined) return undefined;
  const attempt = attempted(() => read(sign.version), []);
  return attempt && { ...attempt, reason: signReason(sign, older === undefined ? 'newer' : 'older') };
}

function signReason({ what, place, version }: Sign, age: 'newer' | 'older'): string {
  const where = printable(pathFromLatin1(placesText([place])));
  return `${what} in ${where} is of ${age} AIDE: the file is read as ${version} means it (${CHOICE})`;
}

function reasonWithoutSigns({ version: installed, problem }: InstalledAide, version: AideVersion): string {
  if (installed !== undefined)
    return `the file is read as AIDE ${version} means it, which is installed here (${CHOICE})`;
  const host = problem ?? 'none is installed here';
  return `nothing in it tells for which AIDE it is, and ${host}: the file is read as ${version} means it (${CHOICE})`;
}

/** What the version that came furthest refuses: the oldest, where it understood the line that the first one did not. */
function whatToMend(problems: readonly UserError[]): unknown {
  const placeOf = (problem: UserError | undefined): string => /^.*?:\d+: /.exec(problem?.message ?? '')?.[0] ?? '';
  const [first] = problems;
  const last = problems.at(-1);
  return placeOf(last) === placeOf(first) ? first : last;
}
