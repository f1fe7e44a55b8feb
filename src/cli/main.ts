/** The whole program on a page: parse, run, and turn whatever comes out into an exit code. */
import { CommanderError } from 'commander';
import { errorMessage, SYSEXITS, UserError } from '../model/errors.ts';
import { errorExitCode, INTERNAL_EXIT, SIGNAL_EXIT } from '../model/exit.ts';
import { endProcess } from '../system/process-end.ts';
import { brokenInstallation } from './broken-installation.ts';
import { buildProgram } from './program.ts';
import { ignoreSignals, installSignalHandlers } from './signals.ts';
import { Terminal } from './terminal.ts';

/** Milliseconds that the process may go on when the command is done. */
const EXIT_GRACE = 5000;

/** Runs integ with the arguments of a process and sets its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  installSignalHandlers(SIGNAL_EXIT);
  const program = buildProgram((code) => {
    process.exitCode = code;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = fail(error);
  } finally {
    ignoreSignals();
  }
  // When nothing is left to do, Node.js takes its signal handlers down first, and a signal would then deny what was
  // done.
  process.once('beforeExit', () => endProcess());
  // Something that was given up and cannot be ended, as the look-up of a name, must not keep the process.
  setTimeout(() => endProcess(), EXIT_GRACE).unref();
}

function fail(error: unknown): number {
  // commander has said what is wrong; help and version that were asked for are no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : SYSEXITS.usage;
  const terminal = new Terminal({ quiet: false, verbose: false, color: true, progress: false });
  const showsStack = process.env['INTEG_DEBUG'] === '1';
  const told = error instanceof UserError ? error : brokenInstallation(error);
  if (told !== undefined) {
    terminal.error(told);
    if (showsStack && error instanceof Error) terminal.debug(String(error.stack));
    return errorExitCode(told);
  }
  const hint = 'this is a defect of integ: run again with INTEG_DEBUG=1 and report what it prints';
  terminal.error(new UserError('internal', `internal error: ${errorMessage(error)}`, { hint }));
  if (showsStack && error instanceof Error) terminal.debug(String(error.stack));
  return INTERNAL_EXIT;
}
