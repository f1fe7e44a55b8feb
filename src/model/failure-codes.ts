/**
 * Every code that says why something could not be examined, each with its sentence and what to do about it. What
 * reports, their schema and the documentation tell of codes comes from here; a code that is not here is never made,
 * only read.
 */

interface FailureWords {
  /** What happened, said of the object, for who does not know the code. */
  readonly words: string;
  /** What an administrator can do about it. */
  readonly hint?: string;
}

const RIGHTS = 'run as root, or with CAP_DAC_READ_SEARCH';
const SERVER = 'see that the file server or the program behind the mount runs, and mount it again';
const DEVICE = 'look at the kernel log, and check the file system';

export const FAILURE_CODES = {
  UNSTABLE: {
    words: 'changed each time while it was being examined',
    hint: 'check at a quieter time, or give it a template for changing files',
  },
  ETIME: {
    words: 'was not examined before its time was over',
    hint: 'see that what serves the file system runs; what was left out at a deadline comes first in the next check: if it is every night, give more time with --deadline',
  },
  LIMIT: {
    words: 'is longer than integ takes',
    hint: 'see what the message names; what is too long to be told of another host is checked there',
  },
  SHADOWED: {
    words: 'recorded objects are hidden by a mount',
    hint: 'unmount what hides it and check again, or record the new state',
  },
  NOTHING: {
    words: 'not one object was examined',
    hint: 'see that the policy selects what is there (integ policy check) and that nothing that it selects is gone',
  },
  UNREADABLE: {
    words: 'an attribute that was recorded cannot be read now',
    hint: 'see what the file system or the kernel gives less than when the baseline was made',
  },
  UNJUDGED: {
    words: 'what is required of it cannot be read, so that nobody judged it',
    hint: 'see what the file system or the kernel does not give there, or require something else',
  },
  UNANSWERED: {
    words: 'the examined host did not tell what it was asked of it',
    hint: 'check again; when it goes on, look whether the integ of that host was tampered with',
  },
  CRASHED: {
    words: 'the part of integ that examined it ended unexpectedly',
    hint: 'check again, with fewer --jobs where memory is short; when it goes on, it is a defect of integ: report it',
  },
  DAMAGED: {
    words: 'the history cannot be believed',
    hint: 'find out who or what changed it, and put a copy known to be good in its place',
  },
  UNLINKED: {
    words: 'the baseline does not follow those that were in force here',
    hint: 'compare its seal with the one that was written down',
  },
  EUNKNOWNTYPE: { words: 'is of a type that integ does not know', hint: 'report it' },
  EUNKNOWN: {
    words: 'failed with what is not listed here: the message names it',
    hint: 'look it up in errno(3); what is no error of the system is a defect of integ: report it',
  },

  EACCES: { words: 'permission denied', hint: RIGHTS },
  EPERM: { words: 'not permitted', hint: RIGHTS },
  EIO: { words: 'input/output error', hint: DEVICE },
  EBADMSG: { words: 'what the device holds is damaged', hint: DEVICE },
  EUCLEAN: { words: 'the file system is damaged here', hint: DEVICE },
  ENOMEDIUM: { words: 'there is no medium in the device', hint: 'put it in, or unmount the device' },
  ESTALE: { words: 'the file server has forgotten the object', hint: SERVER },
  ENOTCONN: { words: 'what serves the mount is gone', hint: SERVER },
  ETIMEDOUT: { words: 'the file server did not answer in time', hint: SERVER },
  EHOSTDOWN: { words: 'the file server is down', hint: SERVER },
  EHOSTUNREACH: { words: 'the file server cannot be reached', hint: SERVER },
  ECONNABORTED: { words: 'what serves the mount was aborted', hint: SERVER },
  ECONNREFUSED: { words: 'the file server refuses the connection', hint: SERVER },
  ECONNRESET: { words: 'the file server ended the connection', hint: SERVER },
  EREMOTEIO: { words: 'input/output error of the file server', hint: SERVER },
  ENOKEY: { words: 'is encrypted, and its key is not there', hint: 'unlock it, or leave it out of the policy' },
  EKEYEXPIRED: { words: 'its key has expired', hint: 'unlock it, or leave it out of the policy' },
  EMFILE: { words: 'too many files are open', hint: 'raise the limit of open files (ulimit -n)' },
  ENFILE: { words: 'too many files are open in the system', hint: 'raise the limit of the system (fs.file-max)' },
  ENOMEM: { words: 'there is not enough memory', hint: 'check with fewer --jobs' },
  ELOOP: {
    words: 'a symbolic link stands where a directory was expected',
    hint: 'name in the policy the path that it leads to; or, if it was turned there rightly, accept the link and let integ policy update record what it leads to',
  },
  E2BIG: {
    words: 'has more extended attributes than the system lists',
    hint: 'remove what nobody needs of them: setfattr -x',
  },
  ENAMETOOLONG: { words: 'a name is longer than the system allows' },
  ENOENT: { words: 'is not there any more' },
  ENOTDIR: { words: 'a directory on the way to it is none any more' },
  EISDIR: { words: 'is a directory' },
  EINVAL: { words: 'cannot be read in this way' },
  ENXIO: { words: 'is no regular file, or what it stands for is not there' },
  ENODEV: { words: 'there is no such device' },
  EFBIG: { words: 'is larger than what is read' },
  EOVERFLOW: { words: 'has a number that is larger than can be told' },
  ERANGE: { words: 'has a value that is larger than can be read' },
  EBUSY: { words: 'is in use' },
  EAGAIN: { words: 'another program holds it and would have to be waited for' },
  EINTR: { words: 'reading it was interrupted' },
  ETXTBSY: { words: 'is being written by another program' },
  ENODATA: { words: 'the attribute is not there any more' },
  ENOTSUP: { words: 'the file system cannot do that' },
  ENOSYS: { words: 'the kernel cannot do that' },
  EXDEV: { words: 'leads out of what is examined' },
  EBADF: { words: 'was closed while it was read' },
  EILSEQ: { words: 'holds a name that the file system cannot translate' },
  EPROTO: { words: 'the file server answered what nobody understands' },

  EXIT64: { words: 'the check was called wrongly' },
  EXIT65: { words: 'the baseline is damaged or not to be trusted' },
  EXIT66: { words: 'the policy or the baseline is missing' },
  EXIT69: { words: 'a report could not be delivered' },
  EXIT70: { words: 'internal error' },
  EXIT71: { words: 'the system lacks what is needed' },
  EXIT73: { words: 'the output cannot be created' },
  EXIT74: { words: 'input/output error' },
  EXIT75: { words: 'another run holds the lock' },
  EXIT77: { words: 'permission denied' },
  EXIT78: { words: 'the policy is invalid' },
} as const satisfies Readonly<Record<string, FailureWords>>;

export type FailureCode = keyof typeof FAILURE_CODES;

export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURE_CODES, code);
}

/** What is said of an object that root may not look at although it has every right on this host. */
export const DENIED_TO_ROOT = 'permission denied, even to root';

const HOW_ROOT_SEES =
  'its file system refuses root: check it on the server that squashes root, mount it with allow_root where a program ' +
  'serves it (FUSE), or leave it out with ignore';

/** What to do about failures of one code, by their messages: a hint for each cause. */
export function hintsOf(code: string, messages: readonly string[]): readonly string[] {
  const denied = messages.filter((message) => message === DENIED_TO_ROOT).length;
  const usual = denied < messages.length || denied === 0 ? hintOf(code) : undefined;
  return [...(usual === undefined ? [] : [usual]), ...(denied > 0 ? [HOW_ROOT_SEES] : [])];
}

/** What to do about a code; a report of another version may have one that nobody knows here. */
export function hintOf(code: string): string | undefined {
  const words: FailureWords | undefined = isFailureCode(code) ? FAILURE_CODES[code] : undefined;
  return words?.hint;
}
