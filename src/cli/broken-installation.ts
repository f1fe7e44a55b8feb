/**
 * Whether what went wrong is that parts of integ are missing or are for another Node.js or machine: after Node.js was
 * replaced, or files were removed. Then there is something to do, and no defect to report.
 */
import { errorCode, errorMessage, UserError } from '../model/errors.ts';
import { OWN_PACKAGE } from '../system/own-code.ts';

const MISSING = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);

/** What dlopen(3) and Node.js say of a binary that is there: for another Node.js, another machine, another libc. */
const UNFIT = /NODE_MODULE_VERSION|compiled against a different|invalid ELF|wrong ELF class|cannot open shared object/i;

/** The one line for it; undefined for any other error. */
export function brokenInstallation(error: unknown): UserError | undefined {
  const code = errorCode(error);
  const message = errorMessage(error);
  const isMissing = MISSING.has(code) || (code === 'ENOENT' && message.includes(OWN_PACKAGE));
  const isUnfit = code === 'ERR_DLOPEN_FAILED' || UNFIT.test(message);
  if (!isMissing && !isUnfit) return undefined;
  const part = /better-sqlite3|koffi/.exec(message)?.[0] ?? /'([^'\n]+)'/.exec(message)?.[1] ?? 'a file';
  const node = `Node.js ${process.versions.node} on ${process.platform} ${process.arch}`;
  const what = isMissing
    ? `the installation of integ is incomplete: ${part}, or its binary, is missing`
    : `the binary of ${part} is not one for ${node}`;
  return new UserError('lacking', what, {
    hint: `install integ anew with the Node.js that runs it (${process.execPath}): its package, or in a checkout npm ci && npm run build`,
    cause: error,
  });
}
