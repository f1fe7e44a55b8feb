/** Entry point of a worker thread: gets its settings, takes tasks, says results, and ends when it is terminated. */
import { parentPort } from 'node:worker_threads';
import { loadDigests } from '../digest/algorithms.ts';
import { BatchSender } from './batch-sender.ts';
import { DeferredReader } from './deferred-reader.ts';
import { DirectoryLister } from './directory-lister.ts';
import type { Task, WorkerReady, WorkerSettings } from './protocol.ts';
import { WorkerTools } from './worker-tools.ts';

if (parentPort === null) throw new Error('integ: internal error: started as a program, not as a worker');
const port = parentPort;

/** Loads what a scan with these settings needs, native code too. */
async function prepare(settings: WorkerSettings): Promise<(task: Task) => void> {
  await loadDigests(settings.policy.rules.flatMap(({ watch }) => watch.digests));
  const sender = new BatchSender(port, settings.consumed);
  const tools = new WorkerTools(settings, sender);
  const lister = new DirectoryLister(tools);
  const deferred = new DeferredReader(tools);
  port.postMessage({ ready: true } satisfies WorkerReady);
  return (task) => {
    sender.begin(task.id);
    switch (task.kind) {
      case 'list':
        lister.list(task.directories);
        break;
      case 'digest': {
        const next = new Int32Array(task.next);
        deferred.digest(task.jobs, () => Atomics.add(next, 0, 1), task.oneByOne);
        break;
      }
    }
    sender.end();
  };
}

/**
 * Ends this thread with the error: a promise that fails may be no more than a warning (node(1),
 * --unhandled-rejections).
 */
function fail(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

let perform: Promise<(task: Task) => void> | undefined;
// Settings come first, and tasks may come while they are being worked out.
port.on('message', (message: WorkerSettings | Task) => {
  if ('kind' in message) {
    perform?.then((act) => act(message)).catch(fail);
  } else {
    perform = prepare(message);
    perform.catch(fail);
  }
});
