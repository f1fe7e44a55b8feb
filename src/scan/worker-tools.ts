/** What a worker examines with, made once from its settings. It looks at nothing by itself. */
import { FileDigester } from '../digest/file-digester.ts';
import { Selector } from '../policy/select.ts';
import { readAt } from '../system/pace.ts';
import { Tree } from '../system/tree.ts';
import type { BatchSender } from './batch-sender.ts';
import { ContentReader } from './content.ts';
import { Examiner } from './examiner.ts';
import type { WorkerSettings } from './protocol.ts';
import { type Shape, shapeOf } from './shape.ts';

export class WorkerTools {
  readonly tree: Tree;
  readonly selector: Selector;
  readonly sender: BatchSender;
  readonly pace: WorkerSettings['pace'];
  readonly examiner: Examiner;
  readonly content: ContentReader;
  /** By rule. */
  readonly shapes: readonly Shape[];

  constructor({ root, portable, policy, scope, pace }: WorkerSettings, sender: BatchSender) {
    this.tree = new Tree({ root, isWorker: true, portable });
    this.selector = new Selector(policy, scope);
    this.sender = sender;
    this.pace = pace;
    this.examiner = new Examiner(this.tree.kernel, {
      failure: (failure, below) => sender.failure(failure, below),
      unavailable: (attribute, device, path) => sender.unavailable(attribute, device, path),
    });
    const digester = new FileDigester({ onRead: (bytes) => sender.countBytes(bytes), read: readAt(pace) });
    this.content = new ContentReader(this.tree.kernel, this.examiner, digester);
    this.shapes = policy.rules.map((rule) => shapeOf(rule.watch));
  }

  shapeOf(rule: number): Shape {
    const shape = this.shapes[rule];
    if (shape === undefined) throw new Error(`integ: internal error: no rule ${rule}`);
    return shape;
  }
}
