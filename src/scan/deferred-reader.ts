/**
 * The second part of what a worker does: reads files that were left for later (large ones, and those with several
 * names). Which files, and that no other worker reads them, is decided elsewhere.
 */
import { joinPath } from '../model/bytes.ts';
import type { Target } from './content.ts';
import { isGone } from './examiner.ts';
import type { FileJob } from './protocol.ts';
import type { WorkerTools } from './worker-tools.ts';

export class DeferredReader {
  readonly #tools: WorkerTools;

  constructor(tools: WorkerTools) {
    this.#tools = tools;
  }

  /**
   * Claims files one by one, so that no worker is idle before all are done. `oneByOne`: each to its end before the
   * next.
   */
  digest(jobs: readonly FileJob[], claim: () => number, oneByOne: boolean): void {
    const { content } = this.#tools;
    const targets = this.#targets(jobs, claim);
    if (oneByOne) for (const target of targets) content.read([target].values());
    else content.read(targets);
  }

  *#targets(jobs: readonly FileJob[], claim: () => number): Generator<Target, void, undefined> {
    for (let index = claim(); ; index = claim()) {
      const job = jobs[index];
      if (job === undefined) return;
      const target = this.#target(index, job);
      if (target !== undefined) yield target;
    }
  }

  #target(index: number, job: FileJob): Target | undefined {
    const { tree, selector, sender, examiner, shapes } = this.#tools;
    let descriptor: number;
    try {
      descriptor = tree.openParent(job.directory);
    } catch (error) {
      if (!isGone(error)) examiner.fail(joinPath(job.directory, job.name), error);
      sender.batch.job(index, false);
      return undefined;
    }
    const selection = selector.enter(job.directory, job.mountRoot);
    let rule = job.rule;
    return {
      place: { descriptor, path: job.directory },
      name: job.name,
      shape: this.#tools.shapeOf(job.rule),
      shapeFor: (type) => {
        rule = selection.rule(job.name, type);
        return shapes[rule];
      },
      done: (record) => {
        tree.kernel.close(descriptor);
        sender.batch.job(index, record !== undefined);
        if (record !== undefined) sender.batch.entry(job.name, rule, record);
        sender.sendIfFull();
      },
    };
  }
}
