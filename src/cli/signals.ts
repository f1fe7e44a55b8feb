/** Ends the process on a signal as a shell expects it, and undoes before what must not be left half done. */
import type { Undo } from '../app/context.ts';
import { endProcess, expectNoEnd } from '../system/process-end.ts';

const undoes = new Set<Undo>();

/** Registers what must be undone when a signal ends the process; the result unregisters it. */
export function onSignal(undo: Undo): () => void {
  undoes.add(undo);
  return () => undoes.delete(undo);
}

/**
 * Milliseconds within which a second signal is the first once more: a terminal sends its own to the whole process
 * group, and a program in between, such as npm, passes on what it got too.
 */
const ECHO = 200;

/** Milliseconds for undoing. */
const PATIENCE = 1500;

let isEnding = false;
let isEcho = true;
let isDone = false;

/** All that was to be done has been done: a signal that comes now must not make it look as if it had not. */
export function ignoreSignals(): void {
  isDone = true;
}

/** Ends the process as a shell expects it after a signal, leaving no temporary file and no lock behind. */
export function installSignalHandlers(exitCodes: Readonly<Record<'SIGINT' | 'SIGTERM', number>>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const end = (): never => endProcess(exitCodes[signal]);
    process.on(signal, () => {
      if (isDone) endProcess();
      // Who sends a second one does not want to wait.
      if (isEnding && !isEcho) end();
      if (isEnding) return;
      isEnding = true;
      setTimeout(() => {
        isEcho = false;
      }, ECHO).unref();
      // What is undone may wait for a thread that sits in a system call.
      setTimeout(() => {
        expectNoEnd();
        end();
      }, PATIENCE);
      void Promise.allSettled([...undoes].map((undo) => undo())).then(end);
    });
  }
}
