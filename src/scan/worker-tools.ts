/** What a worker examines with, made once from its settings. It looks at nothing by itself. */
import { FileDigester } from '../digest/file-digester.ts';
import { baseName, type Path, parentPath } from '../model/bytes.ts';
import { Selector } from '../policy/select.ts';
import { readAt, shownClock } from '../system/pace.ts';
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
  /** Shows that the worker gets on. */
  readonly step: () => void;
  /** Names of mount points by the directory that they lie in. */
  readonly mounts: ReadonlyMap<Path, ReadonlySet<Path>>;
  /** Mount points that do not answer. */
  readonly silent: ReadonlySet<Path>;

  constructor(settings: WorkerSettings, sender: BatchSender) {
    const { root, portable, policy, scope, pace } = settings;
    const steps = new Int32Array(settings.steps);
    this.step = () => Atomics.add(steps, 0, 1);
    this.mounts = namesByDirectory(settings.mountPoints);
    this.silent = new Set(settings.silent);
    this.tree = new Tree({ root, isWorker: true, portable });
    this.selector = new Selector(policy, scope);
    this.sender = sender;
    this.pace = pace;
    this.examiner = new Examiner(this.tree.kernel, {
      failure: (failure, below) => sender.failure(failure, below),
      unavailable: (attribute, device, path) => sender.unavailable(attribute, device, path),
    });
    const read = readAt(pace, shownClock(this.step));
    const digester = new FileDigester({
      onRead: (bytes) => sender.countBytes(bytes),
      read: (...parameters) => {
        this.step();
        return read(...parameters);
      },
    });
    this.content = new ContentReader(this.tree.kernel, this.examiner, digester);
    this.shapes = policy.rules.map((rule) => shapeOf(rule.watch));
  }

  shapeOf(rule: number): Shape {
    const shape = this.shapes[rule];
    if (shape === undefined) throw new Error(`integ: internal error: no rule ${rule}`);
    return shape;
  }
}

function namesByDirectory(paths: readonly Path[]): ReadonlyMap<Path, ReadonlySet<Path>> {
  const names = new Map<Path, Set<Path>>();
  for (const path of paths) {
    const directory = parentPath(path);
    names.set(directory, (names.get(directory) ?? new Set()).add(baseName(path)));
  }
  return names;
}
