/** Reports out of the history, for the commands that take one. */
import type { ChainedRun } from '../../baseline/history/chain.ts';
import type { History } from '../../baseline/history/history.ts';
import { type Path, pathFromBytes, pathFromText, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import type { Report, ReportChange } from '../../model/report.ts';
import { numberFindings } from '../../report/numbers.ts';
import { parseStoredReport } from '../../report/parse.ts';

const LATEST = 'latest';

/** The operand of a command that takes a report: its id, or undefined for the newest one. */
export function reportOperand(operand: string | undefined): string | undefined {
  return operand === undefined || operand === LATEST ? undefined : operand;
}

export function readReport(history: History, run: ChainedRun): Report {
  try {
    return numberFindings(parseStoredReport(history.report(run)));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('untrusted', `report ${printableText(run.id)} cannot be read`, {
      hint: 'another version of integ may have stored it: integ report show --format json prints it as it is',
      cause: error,
    });
  }
}

/** The bytes of a path that a report names. */
export function reportedPath({ path, pathBase64 }: { readonly path: string; readonly pathBase64?: string }): Path {
  return pathBase64 === undefined
    ? pathFromText(path.replaceAll('\\\\', '\\'))
    : pathFromBytes(Buffer.from(pathBase64, 'base64'));
}

/** The bytes of the path from which a reported object moved. */
export function reportedOrigin({ from, fromBase64 }: Pick<ReportChange, 'from' | 'fromBase64'>): Path | undefined {
  return from === undefined
    ? undefined
    : reportedPath({ path: from, ...(fromBase64 === undefined ? {} : { pathBase64: fromBase64 }) });
}
