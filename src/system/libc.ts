/**
 * The C functions that integ calls, through koffi. Every declaration of one is in this file: a wrong one is memory
 * corruption and not an exception. What they are called for is not known here.
 */
import { createRequire } from 'node:module';
import { errnoName } from '../model/errors.ts';

type Koffi = typeof import('koffi');

export type Libc = ReturnType<typeof declare>;

/** Undefined where koffi has no binary for this platform, or the C library lacks a function. */
export function loadLibc(): Libc | undefined {
  try {
    // require() and not import: the choice between the two kernels is made synchronously, in every worker.
    return declare(createRequire(import.meta.url)('koffi') as Koffi);
  } catch {
    return undefined;
  }
}

function declare(koffi: Koffi) {
  const libc = koffi.load(null);
  return {
    openat: libc.func('int openat(int dirfd, void *path, int flags)'),
    close: libc.func('int close(int fd)'),
    statx: libc.func('int statx(int dirfd, void *path, int flags, unsigned int mask, void *buffer)'),
    getdents64: libc.func('long getdents64(int fd, void *buffer, unsigned long length)'),
    readlinkat: libc.func('long readlinkat(int dirfd, void *path, void *buffer, unsigned long length)'),
    llistxattr: libc.func('long llistxattr(void *path, void *list, unsigned long length)'),
    lgetxattr: libc.func('long lgetxattr(void *path, void *name, void *value, unsigned long length)'),
    flistxattr: libc.func('long flistxattr(int fd, void *list, unsigned long length)'),
    fgetxattr: libc.func('long fgetxattr(int fd, void *name, void *value, unsigned long length)'),
    fchdir: libc.func('int fchdir(int fd)'),
    unshare: libc.func('int unshare(int flags)'),
    _exit: libc.func('void _exit(int status)'),
    syscall: libc.func('long syscall(long number, long first, void *second, void *third, long fourth)'),
    /** Name of the error of the last call that failed, such as ENOENT. */
    errorName: (): string => errnoName(koffi.errno()),
  };
}
