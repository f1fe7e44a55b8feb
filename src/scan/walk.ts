/**
 * The main thread's part of a scan: hands out directories and files, and passes on what comes back. Large files and
 * files with several names wait for a pass in which all workers read. In which order things are done, the work queue
 * says.
 */
import { pathFromBytes, ROOT } from '../model/bytes.ts';
import { type DirectoryNode, entryPath, type ScanSink } from '../model/entry.ts';
import { type Failure, failureFrom, UserError } from '../model/errors.ts';
import { Precedence, type SkippedPath } from '../model/skipped.ts';
import type { AvoidedMounts } from '../system/avoided-mounts.ts';
import { deadlineError, isOver } from '../system/pace.ts';
import { type BatchHandler, type DeferredItem, readBatch } from './batch.ts';
import { FilePass } from './file-pass.ts';
import { type DeferredFile, HardLinks } from './links.ts';
import { type Listing, Listings } from './listings.ts';
import { crashed, LATE, type Loss, lossOf, stalled } from './loss.ts';
import { childOf, directoryTask, mountPointIn, type Pending, pathsOf } from './pending.ts';
import { Pool, type PoolWorker } from './pool.ts';
import type { CommonSettings, MountSeen, Task, UnavailableSeen, WorkerMessage } from './protocol.ts';
import { Watchdog } from './watchdog.ts';
import { type WaitingFile, WorkQueue } from './work-queue.ts';

/** Directories in one task: enough to pay for the message, few enough to spread the work. */
const DIRECTORIES_AT_ONCE = 64;
// To start a worker costs as much processor time as to examine thousands of objects: a small tree has one worker.
/** Directories that wait for each worker before there is one more. */
const WAITING_FOR_EACH = 32;
/** Objects, bytes and milliseconds after which there are as many workers as there may be, if anything waits. */
const SMALL = { objects: 1000, bytes: 32 * 1024 * 1024, time: 250 };

/** Times that the root file system may keep a worker before it is given up as a whole. */
const MOST_STUCK_IN_ROOT = 4;

export interface WalkCounters {
  readonly examined: number;
  readonly bytes: number;
}

export interface WalkResult {
  readonly examined: number;
  readonly bytes: bigint;
  readonly failures: number;
  readonly mountsSeen: readonly MountSeen[];
  readonly unavailable: readonly UnavailableSeen[];
}

export class Walk {
  readonly #sink: ScanSink;
  readonly #jobs: number;
  readonly #pool: Pool;
  readonly #links: HardLinks;
  readonly #progress: ((counters: WalkCounters) => void) | undefined;
  readonly #queue: WorkQueue;
  readonly #pace: CommonSettings['pace'];
  readonly #listings = new Listings();
  readonly #watchdog: Watchdog;
  readonly #stall: number;
  #stuckInRoot = 0;
  readonly #avoided: AvoidedMounts;
  #pass: FilePass | undefined;
  #nextTask = 0;
  #examined = 0;
  #bytes = 0;
  #failures = 0;
  readonly #mountsSeen: MountSeen[] = [];
  readonly #unavailable = new Map<string, UnavailableSeen>();
  #timer: NodeJS.Timeout | undefined;
  #isLasting = false;
  #settle: (() => void) | undefined;
  #fail: ((reason: unknown) => void) | undefined;

  constructor(options: {
    readonly sink: ScanSink;
    readonly jobs: number;
    readonly settings: CommonSettings;
    /** Seconds that a file system is waited for. */
    readonly stall: number;
    /** Gets the mounts that turn out not to answer. */
    readonly avoided: AvoidedMounts;
    readonly shapeKeys: readonly string[];
    readonly progress: ((counters: WalkCounters) => void) | undefined;
    /** What is to be examined first. */
    readonly skipped: readonly SkippedPath[];
  }) {
    this.#sink = options.sink;
    this.#jobs = options.jobs;
    this.#progress = options.progress;
    this.#pace = options.settings.pace;
    this.#stall = options.stall;
    this.#avoided = options.avoided;
    this.#watchdog = new Watchdog(options.stall * 1000, this.#pace);
    this.#queue = new WorkQueue(new Precedence(options.skipped));
    this.#links = new HardLinks(options.shapeKeys);
    this.#pool = new Pool(options.jobs, options.settings, {
      ready: () => this.#watch(),
      idle: () => this.#guard(() => this.#assign()),
      message: (message) => this.#guard(() => this.#receive(message)),
      lost: (task, reason) => this.#guard(() => this.#lose(task, crashed(reason))),
      exhausted: (reason) => this.#fail?.(new UserError('internal', `all worker threads died: ${reason.message}`)),
    });
  }

  /** Walks from the starting points to the end. Rejects when the sink throws or no worker is left. */
  async run(starts: readonly Pending[]): Promise<WalkResult> {
    for (const start of starts) this.#queue.addDirectory(start);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = resolve;
        this.#fail = reject;
        this.#watchdog.start(() => this.#guard(() => this.#look()));
        this.#guard(() => this.#assign());
      });
    } finally {
      clearTimeout(this.#timer);
      this.#watchdog.stop();
      await this.#pool.close();
    }
    return {
      examined: this.#examined,
      bytes: BigInt(this.#bytes),
      failures: this.#failures,
      mountsSeen: this.#mountsSeen,
      unavailable: [...this.#unavailable.values()],
    };
  }

  /** Stops all workers for good; a walk that runs never ends then. */
  stop(): Promise<void> {
    return this.#pool.close();
  }

  /** An exception in an event handler would end the process; it ends the walk. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fail?.(error);
    }
  }

  /** Counts the time from when there is a worker. */
  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#isLasting = true;
      this.#guard(() => this.#assign());
    }, SMALL.time);
  }

  /** Whether one more worker would pay. */
  get #needsHelp(): boolean {
    if (!this.#pool.canGrow || this.#pool.idleWorkers.length > 0) return false;
    const { directoryCount } = this.#queue;
    if (directoryCount >= WAITING_FOR_EACH * this.#pool.size) return true;
    const isReading = this.#pass !== undefined && !this.#pass.isTaken && !this.#pass.oneByOne;
    const isLarge = this.#isLasting || this.#examined >= SMALL.objects || this.#bytes >= SMALL.bytes;
    return isLarge && (directoryCount > 0 || isReading);
  }

  /** Gives every idle worker something to do, and ends the walk when nothing is left. */
  #assign(): void {
    if (isOver(this.#pace)) this.#skipDirectories();
    this.#employ();
    while (this.#needsHelp) {
      this.#pool.grow();
      this.#employ();
    }
    if (this.#pool.busyWorkers.length > 0) return;
    if (this.#pass?.isTaken === true) this.#endPass(this.#pass);
    else if (this.#queue.isEmpty) this.#settle?.();
  }

  #employ(): void {
    for (const worker of this.#pool.idleWorkers) {
      if (this.#pass !== undefined) this.#join(worker, this.#pass);
      else if (this.#queue.wantsListing) this.#startListing(worker);
      else if (this.#queue.wantsReading(!this.#listings.isEmpty)) this.#join(worker, this.#startPass());
    }
  }

  /**
   * There is no time left to list more. Files still go to the workers, which tell of those they cannot read any more.
   */
  #skipDirectories(): void {
    for (const path of this.#queue.abandonDirectories().flatMap(pathsOf)) {
      this.#fails(failureFrom(path, deadlineError('listed, with all below it')), true);
    }
  }

  /** Writes off what workers have that sit in a system call, and goes on without them. */
  #look(): void {
    const stuck = this.#watchdog.stuckOf(this.#pool.busyWorkers);
    const loss = isOver(this.#pace) ? LATE : stalled(this.#stall);
    for (const worker of stuck) {
      const { task } = worker;
      this.#pool.giveUp(worker);
      if (task !== undefined) this.#writeOff(task, loss);
    }
    if (stuck.length > 0 || isOver(this.#pace)) this.#assign();
  }

  #writeOff(task: Task, loss: Loss): void {
    const mount = task.kind === 'list' ? this.#listings.mountOf(task.id) : this.#pass?.mount;
    this.#lose(task, loss);
    if (mount === undefined) return;
    // Without the root nothing is left: a bad block of a disk is no reason, a disk that answers nowhere is.
    if (mount === ROOT && ++this.#stuckInRoot < MOST_STUCK_IN_ROOT) return;
    this.#avoided.add(mount, 'silent');
    const { directories, files } = this.#queue.abandonMount(mount);
    for (const pending of directories) this.#loseDirectory(pending, loss);
    for (const file of files) this.#loseFile(file, loss);
  }

  #startListing(worker: PoolWorker): void {
    const directories = this.#queue.takeDirectories(2 * this.#jobs, DIRECTORIES_AT_ONCE);
    const id = this.#nextTask++;
    this.#listings.begin(id, directories);
    worker.start({ kind: 'list', id, directories: directories.map(directoryTask) });
  }

  #startPass(): FilePass {
    this.#pass = new FilePass(this.#queue.takeFiles());
    return this.#pass;
  }

  #join(worker: PoolWorker, pass: FilePass): void {
    if (pass.isTaken || (pass.oneByOne && this.#pool.busyWorkers.length > 0)) return;
    worker.start(pass.task(this.#nextTask++));
  }

  #endPass(pass: FilePass): void {
    this.#pass = undefined;
    const { loss = crashed(new Error('nobody answered for it')) } = pass;
    for (const file of pass.unsettled) this.#loseFile(file, loss);
    this.#assign();
  }

  #receive(message: WorkerMessage): void {
    // Failures first: whoever takes an incomplete record then knows why it is.
    for (const { failure, below } of message.failures) this.#fails(failure, below);
    this.#bytes += message.bytes;
    this.#mountsSeen.push(...message.mounts);
    for (const seen of message.unavailable) this.#unavailable.set(`${seen.attribute} ${seen.device}`, seen);
    const listing = this.#listings.of(message.task);
    const handler = listing === undefined ? this.#roundHandler() : this.#listHandler(listing);
    readBatch(message.batch, message.length, handler);
    if (message.done) this.#listings.end(message.task);
    this.#progress?.({ examined: this.#examined, bytes: this.#bytes });
    if (!message.done && this.#queue.wantsListing) this.#assign();
  }

  #listHandler({ directories, listed }: Listing): BatchHandler {
    let pending: Pending | undefined;
    const current = (): Pending => {
      if (pending === undefined) throw new Error('integ: internal error: a batch that names no directory');
      return pending;
    };
    return {
      directory: (index) => {
        pending = directories[index];
      },
      entry: (name, rule, record) => this.#deliver(current().node, name, rule, record),
      child: (item) => this.#queue.addDirectory(childOf(current(), item)),
      mountPoint: (name) => this.#queue.addDirectory(mountPointIn(current(), name)),
      listed: () => {
        const { node } = current();
        listed.add(current());
        if (node !== undefined) this.#sink.listed(node);
      },
      deferred: (item) => this.#defer(current(), item),
      job: () => {
        throw new Error('integ: internal error: a job in a listing');
      },
    };
  }

  #roundHandler(): BatchHandler {
    const pass = this.#pass;
    let file: WaitingFile | undefined;
    const unexpected = (): never => {
      throw new Error('integ: internal error: a listing in a pass over files');
    };
    return {
      directory: unexpected,
      child: unexpected,
      listed: unexpected,
      mountPoint: unexpected,
      deferred: unexpected,
      job: (index, hasEntry) => {
        file = pass?.settle(index);
        if (!hasEntry && file?.key !== undefined) this.#readThemselves(this.#links.abandon(file.key));
      },
      entry: (name, rule, record) => {
        if (file === undefined) throw new Error('integ: internal error: an entry without its job');
        this.#deliver(file.directory, name, rule, record);
        if (file.key === undefined) return;
        // After the deadline it may be a record without digests, for which each name is to answer itself.
        const isShared = this.#links.isRecordOf(file.key, record) && !isOver(this.#pace);
        if (!isShared) this.#readThemselves(this.#links.abandon(file.key));
        else for (const other of this.#links.settle(file.key, record)) this.#deliverLink(other, record);
      },
    };
  }

  #deliver(directory: DirectoryNode | undefined, name: Buffer, rule: number, record: Buffer): void {
    this.#examined += 1;
    this.#sink.entry({ directory, name, rule, record });
  }

  #deliverLink(file: DeferredFile, record: Buffer): void {
    this.#deliver(file.directory, Buffer.from(file.name, 'latin1'), file.rule, record);
  }

  #defer({ node, mountRoot }: Pending, item: DeferredItem): void {
    if (node === undefined) throw new Error('integ: internal error: a file in the place of the root');
    const key = this.#links.keyOf(item);
    const file = { directory: node, mountRoot, name: pathFromBytes(item.name), rule: item.rule, size: item.size };
    if (key === undefined) {
      this.#queue.addFile({ ...file, key });
      return;
    }
    const disposition = this.#links.meet(key, item.links, file);
    if (disposition.kind === 'read') this.#queue.addFile({ ...file, key });
    else if (disposition.kind === 'known') this.#deliverLink(file, disposition.record);
  }

  #readThemselves(files: readonly DeferredFile[]): void {
    for (const file of files) this.#queue.addFile({ ...file, key: undefined });
  }

  #fails(failure: Failure, below: boolean): void {
    this.#failures += 1;
    this.#sink.failure(failure, below);
  }

  /** A worker is lost: what it was asked to list is unexamined; files of a pass are accounted for at its end. */
  #lose(task: Task, loss: Loss): void {
    if (task.kind === 'digest') {
      if (this.#pass !== undefined) this.#pass.loss = loss;
      return;
    }
    for (const pending of this.#listings.end(task.id)) this.#loseDirectory(pending, loss);
  }

  #loseDirectory(pending: Pending, loss: Loss): void {
    for (const path of pathsOf(pending)) this.#fails(lossOf(path, loss), true);
  }

  #loseFile(file: WaitingFile, loss: Loss): void {
    this.#fails(lossOf(entryPath(file.directory, file.name), loss), false);
    if (file.key !== undefined) this.#readThemselves(this.#links.abandon(file.key));
  }
}
