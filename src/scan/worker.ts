/** Entry point of a worker thread: takes tasks, says results, and ends when the main thread closes the port. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadDigests } from '../digest/algorithms.ts';
import { BatchSender } from './batch-sender.ts';
import { DeferredReader } from './deferred-reader.ts';
import { DirectoryLister } from './directory-lister.ts';
import type { Task, WorkerReady, WorkerSettings } from './protocol.ts';
import { WorkerTools } from './worker-tools.ts';

if (parentPort === null) throw new Error('integ: internal error: started as a program, not as a worker');
const port = parentPort;
// Set by pool.ts, which is the only one that starts this module.
const settings = workerData as WorkerSettings;
const sender = new BatchSender(port, settings.consumed);
await loadDigests();
const tools = new WorkerTools(settings, sender);
const lister = new DirectoryLister(tools);
const deferred = new DeferredReader(tools);

port.on('message', (task: Task) => {
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
});
port.postMessage({ ready: true } satisfies WorkerReady);
