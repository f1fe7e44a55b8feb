/**
 * The first part of what a worker does: lists directories, examines what the policy selects in them, and digests small
 * files. It decides nothing about order or about what comes next: the directories it finds go back to the main thread.
 */
import type { ObjectType } from '../model/attributes.ts';
import { joinPath, type Path, pathFromLatin1, ROOT } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { objectTypeOf } from '../model/record.ts';
import type { DirectorySelection, Selector } from '../policy/select.ts';
import { Stat } from '../system/kernel.ts';
import { deadlineError, isOver } from '../system/pace.ts';
import type { Tree } from '../system/tree.ts';
import type { Identity } from './batch.ts';
import type { BatchSender } from './batch-sender.ts';
import type { Target } from './content.ts';
import { type Examiner, isGone, type Place } from './examiner.ts';
import type { DirectoryTask } from './protocol.ts';
import type { WorkerTools } from './worker-tools.ts';

/** Files of at least this many bytes are left for the pass in which the largest files of all directories go first. */
const LARGE = 1 << 20;
/** Entries examined before their files are digested together and sent: bounds the memory of a huge directory. */
const UNIT = 2048;
/** Bytes of records in a unit after which it is sent too: those with many extended attributes are long. */
const UNIT_BYTES = 4 * 1024 * 1024;
const ITSELF = pathFromLatin1('');
// ELOOP: the way leads through a symbolic link, whose target has a starting point of its own (start-links.ts).
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** An open directory that entries of the present unit belong to. */
interface OpenDirectory extends Place {
  readonly index: number;
  readonly selection: DirectorySelection;
  /** Whether no more names will come, so that it can be closed with the unit. */
  isListed: boolean;
}

interface PendingEntry {
  readonly directory: OpenDirectory;
  readonly name: Path;
  rule: number;
  record: Buffer | undefined;
  /** Whether its file is still to be read. */
  isWaiting: boolean;
  /** What lstat said, until the file is read. */
  readonly seen?: Stat;
}

export class DirectoryLister {
  readonly #tools: WorkerTools;
  readonly #tree: Tree;
  readonly #selector: Selector;
  readonly #sender: BatchSender;
  readonly #examiner: Examiner;
  readonly #stat = new Stat();
  #entries: PendingEntry[] = [];
  #files: PendingEntry[] = [];
  /** Length of the records of the unit so far. */
  #bytes = 0;
  /** For the files of a unit, used again for the next one. */
  readonly #stats: Stat[] = [];
  #open: OpenDirectory[] = [];
  #lastIndex = -1;

  constructor(tools: WorkerTools) {
    this.#tools = tools;
    this.#tree = tools.tree;
    this.#selector = tools.selector;
    this.#sender = tools.sender;
    this.#examiner = tools.examiner;
  }

  /** Lists directories; files that are left for later are named, not read. */
  list(directories: readonly DirectoryTask[]): void {
    this.#lastIndex = -1;
    for (const [index, task] of directories.entries()) {
      this.#tools.step();
      if (isOver(this.#tools.pace)) this.#leaveOut(task);
      else if (task.names === undefined) this.#listDirectory(index, task);
      else this.#lookUp(index, task, task.names);
      if (this.#isUnitFull) this.#finishUnit();
    }
    this.#finishUnit();
  }

  get #isUnitFull(): boolean {
    return this.#entries.length >= UNIT || this.#bytes > UNIT_BYTES;
  }

  /** There is no time left for a directory, or for the names that were to be looked up in it. */
  #leaveOut({ path, names }: DirectoryTask): void {
    const paths = names === undefined ? [path] : names.map((name) => (name === '' ? path : joinPath(path, name)));
    for (const left of paths) this.#examiner.fail(left, deadlineError('listed, with all below it'), true);
  }

  #listDirectory(index: number, task: DirectoryTask): void {
    let descriptor = -1;
    try {
      descriptor = this.#tree.openDirectory(task.path);
      this.#tree.kernel.stat(descriptor, ITSELF, this.#stat);
    } catch (error) {
      if (descriptor >= 0) this.#tree.kernel.close(descriptor);
      // A directory that has gone since it was listed holds nothing; what stood in it counts as removed.
      if (!isGone(error)) this.#examiner.fail(task.path, error, true);
      return;
    }
    const directory = this.#enter(index, task, descriptor);
    if (task.identity !== undefined && !isIdentity(this.#stat, task.identity)) {
      this.#examiner.fail(task.path, new SystemError('open', 'UNSTABLE'), true);
      directory.isListed = true;
      return;
    }
    const device = { major: this.#stat.deviceMajor, minor: this.#stat.deviceMinor };
    try {
      const reader = this.#tree.kernel.names(descriptor);
      for (let names = reader.next(); names !== undefined; names = reader.next()) {
        names.sort();
        for (const name of names) {
          this.#meet(directory, name, device);
          if (this.#isUnitFull) this.#finishUnit();
        }
        this.#sendIfFull();
        if (isOver(this.#tools.pace)) throw deadlineError('listed to its end');
      }
    } catch (error) {
      this.#examiner.fail(task.path, error, true);
      directory.isListed = true;
      return;
    }
    directory.isListed = true;
    this.#switchTo(directory);
    this.#sender.batch.listed();
  }

  /** Looks at named objects only: the starting points of the walk. */
  #lookUp(index: number, task: DirectoryTask, names: readonly Path[]): void {
    let descriptor = -1;
    try {
      descriptor = this.#tree.openParent(task.path);
      this.#tree.kernel.stat(descriptor, ITSELF, this.#stat);
    } catch (error) {
      if (descriptor >= 0) this.#tree.kernel.close(descriptor);
      // A starting point that does not exist is no failure: if it was recorded, it counts as removed.
      if (error instanceof SystemError && GONE.has(error.code)) return;
      for (const name of names) this.#examiner.fail(joinPath(task.path, name), error, true);
      return;
    }
    const directory = this.#enter(index, task, descriptor);
    const device = { major: this.#stat.deviceMajor, minor: this.#stat.deviceMinor };
    for (const name of names) {
      if (task.isMountPoint === true) this.#survey(directory, name, device);
      else this.#meet(directory, name, device);
    }
    directory.isListed = true;
  }

  #enter(index: number, task: DirectoryTask, descriptor: number): OpenDirectory {
    const selection = this.#selector.enter(task.path, task.mountRoot);
    const directory = { index, descriptor, path: task.path, selection, isListed: false };
    this.#open.push(directory);
    return directory;
  }

  /** Leaves aside a name that is of no concern to the policy, or that lies on a mount which may not answer. */
  #meet(directory: OpenDirectory, name: Path, device: { major: number; minor: number }): void {
    if (name !== '' && !directory.selection.concerns(name)) return;
    if (!(this.#tools.mounts.get(directory.path)?.has(name) ?? false)) {
      this.#survey(directory, name, device);
    } else if (this.#tools.silent.has(joinPath(directory.path, name))) {
      this.#noteMount(directory, name, directory.selection.rule(name, 'directory'), 'directory', false);
    } else {
      this.#switchTo(directory);
      this.#sender.batch.mountPoint(name);
    }
  }

  /** Examines one name of a directory. The empty name is the root itself. */
  #survey(directory: OpenDirectory, name: Path, device: { major: number; minor: number }): void {
    const stat = this.#stat;
    this.#tools.step();
    try {
      this.#tree.kernel.stat(directory.descriptor, name, stat);
    } catch (error) {
      const path = name === '' ? directory.path : joinPath(directory.path, name);
      if (!isGone(error)) this.#examiner.fail(path, error, true);
      return;
    }
    const type = objectTypeOf(stat.mode);
    if (type === undefined) {
      this.#examiner.fail(joinPath(directory.path, name), new SystemError('lstat', 'EUNKNOWNTYPE'));
      return;
    }
    const isRoot = name === '';
    const isMountPoint =
      !isRoot && (stat.isMountRoot ?? (stat.deviceMajor !== device.major || stat.deviceMinor !== device.minor));
    const rule = isRoot ? this.#selector.govern(ROOT, type, ROOT) : directory.selection.rule(name, type);
    const descends = type === 'directory' && (isRoot || directory.selection.descend(name, isMountPoint));
    if (isMountPoint) this.#noteMount(directory, name, rule, type, descends);
    if (rule >= 0) this.#collect(directory, name, rule, stat, type);
    if (descends) {
      this.#switchTo(directory);
      this.#sender.batch.child(name, isMountPoint, identityOf(stat));
    }
  }

  #noteMount(directory: OpenDirectory, name: Path, rule: number, type: ObjectType, descends: boolean): void {
    const wouldDescend = type === 'directory' && directory.selection.descend(name, false);
    if (rule >= 0 || descends || wouldDescend) this.#sender.mount(joinPath(directory.path, name), descends);
  }

  #collect(directory: OpenDirectory, name: Path, rule: number, stat: Stat, type: ObjectType): void {
    const shape = this.#tools.shapeOf(rule);
    if (type !== 'file' || shape.digests.length === 0) {
      const record = this.#examiner.describe(directory, name, stat, type, shape);
      if (record === undefined) return;
      this.#entries.push({ directory, name, rule, record, isWaiting: false });
      this.#bytes += record.length;
      return;
    }
    if (stat.nlink > 1 || stat.approximateSize >= LARGE) {
      this.#switchTo(directory);
      this.#sender.batch.deferred(name, rule, stat.approximateSize, stat.nlink, identityOf(stat));
      return;
    }
    const entry: PendingEntry = { directory, name, rule, record: undefined, isWaiting: true, seen: this.#keep(stat) };
    this.#entries.push(entry);
    this.#files.push(entry);
  }

  #keep(stat: Stat): Stat {
    const index = this.#files.length;
    const kept = this.#stats[index] ?? new Stat();
    this.#stats[index] = kept;
    kept.copyFrom(stat);
    return kept;
  }

  /** Digests the files of the unit, sends its entries in order, and closes directories that are done with. */
  #finishUnit(): void {
    const files = this.#files.values();
    for (let from = this.#send(0); from < this.#entries.length; from = this.#send(from)) this.#readSome(files);
    this.#sendIfFull();
    this.#entries = [];
    this.#files = [];
    this.#open = this.#open.filter((directory) => {
      if (directory.isListed) this.#tree.kernel.close(directory.descriptor);
      return !directory.isListed;
    });
  }

  /** Reads files, nearly always all of them, until their records are too long to be held together. */
  #readSome(files: Iterator<PendingEntry>): void {
    this.#tools.content.read({
      next: () => {
        const file: IteratorResult<PendingEntry, undefined> =
          this.#bytes > UNIT_BYTES ? { done: true, value: undefined } : files.next();
        return file.done === true ? file : { done: false, value: this.#target(file.value) };
      },
    });
  }

  /** Sends entries up to the first one whose file is still to be read, and returns the index of that. */
  #send(from: number): number {
    this.#bytes = 0;
    for (let index = from; ; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.isWaiting) return index;
      const { directory, name, rule, record } = entry;
      if (record === undefined) continue;
      this.#switchTo(directory);
      this.#sender.batch.entry(name, rule, record);
      entry.record = undefined;
      this.#sendIfFull();
    }
  }

  #target(entry: PendingEntry): Target {
    const { directory, name, seen } = entry;
    return {
      place: directory,
      name,
      shape: this.#tools.shapeOf(entry.rule),
      ...(seen === undefined ? {} : { seen }),
      shapeFor: (type) => {
        entry.rule = directory.selection.rule(name, type);
        return this.#tools.shapes[entry.rule];
      },
      done: (record) => {
        entry.record = record;
        entry.isWaiting = false;
        this.#bytes += record?.length ?? 0;
      },
    };
  }

  /** Items of a batch belong to the directory named last; each batch starts anew. */
  #switchTo(directory: OpenDirectory): void {
    if (this.#lastIndex === directory.index) return;
    this.#sender.batch.directory(directory.index);
    this.#lastIndex = directory.index;
  }

  #sendIfFull(): void {
    if (this.#sender.sendIfFull()) this.#lastIndex = -1;
  }
}

function identityOf(stat: Stat): Identity {
  return { major: stat.deviceMajor, minor: stat.deviceMinor, inode: stat.inode };
}

function isIdentity(stat: Stat, identity: Identity): boolean {
  return stat.inode === identity.inode && stat.deviceMajor === identity.major && stat.deviceMinor === identity.minor;
}
