/** Which mounts are worth no look: memory, other hosts' disks, and what container engines keep. */
import { isReadable, isWithin, type Path, pathFromText } from '../../model/bytes.ts';
import type { HostFacts } from '../../model/host-facts.ts';
import { escapedGlob } from '../glob.ts';

const MEMORY: readonly string[] = ['tmpfs', 'ramfs'];
const NETWORK =
  /^(?:nfs4?|cifs|smb3|smbfs|ncpfs|ceph|glusterfs|lustre|afs|coda|9p|beegfs|gpfs|ocfs2|gfs2|autofs|fuse\.(?:sshfs|glusterfs|ceph|s3fs|rclone|gcsfuse|davfs2?))$/;
const CONTAINER_STORES = [
  '/var/lib/docker',
  '/var/lib/containers/storage',
  '/var/lib/containerd',
  '/var/lib/kubelet/pods',
  '/var/lib/lxc',
  '/var/lib/lxd',
  '/var/lib/incus',
].map(pathFromText);
/** What the policies for a system leave out anyway, or look at on purpose whatever it lies on. */
const SETTLED = [
  '/proc',
  '/sys',
  '/dev',
  '/etc',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/boot',
  '/root',
  '/opt',
].map(pathFromText);

export const CONTAINER_PATHS: readonly Path[] = CONTAINER_STORES;

export interface ProposedIgnore {
  readonly directory: Path;
  /** What is in the directory, not the directory itself; undefined when no pattern can say it. */
  readonly pattern: string | undefined;
  readonly reason: string;
}

function reasonOf(type: string): string | undefined {
  if (MEMORY.includes(type)) return `${type}: gone with the next start`;
  return NETWORK.test(type) ? `${type}: files of another host, to be watched there` : undefined;
}

/** `isNamed`: whether an included policy looks into a directory, which an ignore pattern would overrule. */
export function proposeIgnores(
  { mounts, existing }: HostFacts,
  isNamed: (directory: Path) => boolean,
): readonly ProposedIgnore[] {
  const reasons = new Map<Path, string>();
  for (const store of CONTAINER_STORES) if (existing.has(store)) reasons.set(store, 'storage of containers');
  for (const { path, type } of mounts) {
    const reason = reasonOf(type);
    const isSettled = path === '/' || SETTLED.some((directory) => isWithin(path, directory));
    const isInside = [...reasons.keys()].some((directory) => isWithin(path, directory));
    if (reason !== undefined && !isSettled && !isInside) reasons.set(path, reason);
  }
  return [...reasons]
    .filter(([directory]) => !isNamed(directory))
    .map(([directory, reason]) => ({
      directory,
      pattern: isReadable(directory) ? `${escapedGlob(directory)}/**` : undefined,
      reason,
    }))
    .sort((left, right) => (left.directory < right.directory ? -1 : 1));
}
