/**
 * Entry point of a thread that asks one file system whether it is there. Where it is not, the thread sits in the system
 * call, and whoever started it goes on without it.
 */
import { statfsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

try {
  // statfs(2) asks what serves the mount each time; what lstat(2) says may come from a cache.
  statfsSync(Buffer.from(workerData as Uint8Array));
} catch {
  // It has answered: what is wrong with it, whoever examines it will tell.
}
parentPort?.postMessage('answered');
