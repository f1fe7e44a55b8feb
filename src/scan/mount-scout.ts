/**
 * Finds out before anything is examined which mounts answer, so that the main thread never waits for a file system that
 * is dead. What the policy ignores is not asked either.
 */
import { Worker } from 'node:worker_threads';
import { isWithin, joinPath, type Path, pathBytes, pathFromLatin1, pathFromText, ROOT } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import type { PathPattern, Policy } from '../model/rule.ts';
import { compilePattern, literalPrefix } from '../policy/glob.ts';
import { Selector } from '../policy/select.ts';
import { AvoidedMounts } from '../system/avoided-mounts.ts';
import { type Mount, readMounts } from '../system/mounts.ts';
import { type Pace, secondsLeft } from '../system/pace.ts';
import { expectNoEnd } from '../system/process-end.ts';

// Seen from src/scan and from the bundle alike; run from source (tests), the probe is the built one.
const PROBE = new URL('../../dist/scan/mount-probe.js', import.meta.url);

/** Seconds without progress after which a file system is not waited for any more. */
export const STALL = 600;
/** Seconds that a file system may take for its first answer, as one does whose disk sleeps. */
const ANSWER = 30;
/** Part of the time there is that may be spent on asking. */
const SHARE = 4;
const ASKED_AT_ONCE = 8;

// File systems of the kernel itself and of local disks: whoever asks them is never sent on to a server or a program.
const LOCAL: ReadonlySet<string> = new Set(
  (
    'ext2 ext3 ext4 xfs btrfs f2fs jfs reiserfs zfs bcachefs nilfs2 vfat msdos exfat ntfs3 hfs hfsplus ufs iso9660 udf ' +
    'squashfs erofs cramfs romfs overlay tmpfs ramfs rootfs devtmpfs devpts proc sysfs cgroup cgroup2 mqueue hugetlbfs ' +
    'securityfs selinuxfs debugfs tracefs bpf pstore configfs efivarfs fusectl binfmt_misc nsfs rpc_pipefs autofs'
  ).split(' '),
);

export interface ScoutRequest {
  /** Directory on this host that is examined as root; absolute. */
  readonly root: string;
  readonly policy: Policy;
  readonly scope?: readonly PathPattern[] | undefined;
  readonly pace?: Pace | undefined;
  /** Seconds without progress after which a file system is not waited for any more; undefined: ten minutes. */
  readonly stall?: number | undefined;
}

export class MountScout {
  /** What the main thread must not touch. */
  readonly avoided = new AvoidedMounts();
  /** All mounts but the one that holds the root. */
  readonly mounts: readonly Mount[];
  readonly #silent: Mount[] = [];
  readonly #root: Path;
  readonly #patience: number;

  private constructor({ root, pace, stall = STALL }: ScoutRequest, mounts: readonly Mount[]) {
    this.#root = pathFromText(root);
    this.mounts = mounts.filter(({ path }) => path !== ROOT);
    this.#patience = Math.min(ANSWER, stall, (secondsLeft(pace) ?? Infinity) / SHARE);
  }

  /** Asks the mounts that the policy selects, or something below them. */
  static async send(request: ScoutRequest): Promise<MountScout> {
    const scout = new MountScout(request, readMounts(pathFromText(request.root)));
    const { policy, scope } = request;
    const selector = new Selector(policy, scope);
    const required = requiredStarts(policy);
    const isWanted = ({ path }: Mount): boolean =>
      selector.concerns(path) || required.some((start) => isWithin(start, path) || isWithin(path, start));
    for (const { path } of scout.mounts) if (selector.isIgnored(path)) scout.avoided.add(path, 'ignored');
    const remote = scout.mounts.filter(({ path, type }) => !selector.isIgnored(path) && !LOCAL.has(type));
    for (const mount of remote) scout.avoided.add(mount.path, 'unasked');
    await scout.#ask(remote.filter(isWanted));
    return scout;
  }

  /** Those that were asked and did not answer. */
  get silent(): readonly Mount[] {
    return this.#silent;
  }

  /** As failures of everything below them. */
  get failures(): readonly Failure[] {
    return this.#silent.map(({ path, type }) => ({
      path,
      operation: 'statfs',
      code: 'ETIME',
      message: `the file system mounted there (${type}) did not answer within ${this.#patience} s`,
    }));
  }

  /**
   * Does something that may lead to mounts which nobody has asked, and does it again once these have answered: where a
   * symbolic link leads, nobody knows before.
   */
  async around<Result>(action: () => Result | Promise<Result>): Promise<Result> {
    for (;;) {
      const result = await action();
      const wanted = this.mounts.filter(({ path }) => this.avoided.wanted.includes(path));
      if (wanted.length === 0) return result;
      await this.#ask(wanted);
    }
  }

  async #ask(mounts: readonly Mount[]): Promise<void> {
    const waiting = [...mounts];
    const askNext = async (): Promise<void> => {
      for (let mount = waiting.shift(); mount !== undefined; mount = waiting.shift()) {
        if (await this.#answers(mount)) {
          this.avoided.remove(mount.path);
        } else {
          this.avoided.add(mount.path, 'silent');
          this.#silent.push(mount);
        }
      }
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askNext));
  }

  #answers({ path }: Mount): Promise<boolean> {
    const place = this.#root === ROOT ? path : joinPath(this.#root, pathFromLatin1(path.slice(1)));
    const worker = new Worker(PROBE, { workerData: pathBytes(place), stdout: false, stderr: false });
    worker.once('exit', expectNoEnd());
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        worker.unref();
        resolve(false);
      }, this.#patience * 1000);
      worker.once('error', () => resolve(false));
      worker.once('exit', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}

function requiredStarts({ rules }: Policy): readonly Path[] {
  const required = rules.filter((rule) => rule.require !== undefined);
  return required.flatMap(({ paths }) => paths.flatMap((pattern) => compilePattern(pattern).map(literalPrefix)));
}
