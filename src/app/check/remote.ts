/**
 * Examines another host for a check: starts `integ scan --stdin-policy` there through ssh and feeds what it sends to
 * the comparison here, as fast as that takes it. The baseline stays here; the other host learns the policy and, of
 * logs, the recorded lengths.
 */
import { bytesOfItem, type ScanGuard } from '../../check/guard.ts';
import { recordedDigests } from '../../check/prefix.ts';
import { type Violation, violationOf } from '../../check/requirements.ts';
import { printable, printableText } from '../../model/bytes.ts';
import { errorCode, UserError } from '../../model/errors.ts';
import { INCOMPLETE_EXIT } from '../../model/exit.ts';
import { inodeOf, recordType, sizeOf } from '../../model/record.ts';
import type { Rule } from '../../model/rule.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { growHeapSlowly } from '../../system/heap.ts';
import { secondsLeft } from '../../system/pace.ts';
import type { RemoteHost } from '../../system/remote-host.ts';
import { type Ending, RunningProgram } from '../../system/running-program.ts';
import { LONGEST_REQUEST, longestAnswer } from '../../wire/bounds.ts';
import type { PrefixRequest, RemoteViolation } from '../../wire/format.ts';
import { Patience } from '../../wire/patience.ts';
import { PrefixAnswers } from '../../wire/prefixes.ts';
import { type RemoteScan, RemoteScanReader } from '../../wire/reader.ts';
import { encodeRequest } from '../../wire/request.ts';
import { RequestedObjects } from '../../wire/selection.ts';
import type { Context } from '../context.ts';
import { VERSION } from '../version.ts';
import {
  comparisonOf,
  contentsOf,
  type Examination,
  expectedObjects,
  finishComparison,
  type Subject,
  scopeTest,
} from './examination.ts';

const SSH = '/usr/bin/ssh';
/** Nothing is asked, forwarded or run beside the scan, and a connection that has died is noticed. */
const SSH_OPTIONS: readonly string[] = [
  'BatchMode=yes',
  'ConnectTimeout=30',
  'ServerAliveInterval=15',
  'ServerAliveCountMax=4',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
];
const SCAN = 'scan --stdin-policy --no-progress';
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const SSH_FAILED = 255;
/** Of what ssh and the other host remark although all went well, in lines; the last are told. */
const MOST_REMARKS = 20;
/**
 * Bytes of findings, failures and the like that an answer may lead to: some 200,000. With the rest, half a gigabyte.
 */
const MOST_KEPT = 256 * 2 ** 20;
/** Bytes of the paths that the other host is asked to begin with. */
const LONGEST_SKIPPED = LONGEST_REQUEST / 4;
/** Milliseconds between two looks at the clock. */
const LOOK = 250;
/** It would be one more thing to believe of that host. */
const PACKAGES_NOT_ASKED = 'the package database of the other host was not asked, so that no package explains a change';

/** Throws UserError io when there is no whole scan by the same version of integ and the same policy. */
export async function examineThere(subject: Subject, remote: RemoteHost): Promise<Examination> {
  growHeapSlowly();
  const { context, baseline, policy, loaded, scope } = subject;
  const asked = prefixRequests(subject);
  const prefixes = new PrefixAnswers(asked);
  const guard = guardFor(remote);
  const comparison = comparisonOf(subject, prefixes, guard);
  const reader = new RemoteScanReader(
    {
      sender: remote.destination,
      version: VERSION,
      policySha256: loaded.sha256,
      rules: policy.rules.map(({ name, require }) => ({ name, isRequirement: require !== undefined })),
      longest: longestAnswer(baseline.entryCount),
      requested: new RequestedObjects(policy, scope),
      keep: (path, bytes) => guard.keep(path, bytesOfItem(path, bytes)),
    },
    comparison,
    prefixes,
  );
  const progress = context.progress(expectedObjects(subject));
  const received = await runSsh(subject, remote, requestOf(subject, remote, asked), reader, () =>
    progress?.(reader.progress),
  );
  const result = await finishComparison(subject, comparison, received.summary);
  return {
    host: received.host,
    comparison: result.findings.length === 0 ? result : { ...result, notes: [...result.notes, PACKAGES_NOT_ASKED] },
    packages: new Map(),
    contents: contentsOf(subject, result, () => ({ none: 'elsewhere' })),
    summary: received.summary,
    requirements: {
      violations: received.violations.map((violation) => withRule(violation, policy.rules)),
      failures: received.failures,
    },
  };
}

/** Ends a comparison with what another host tells where that is more than can be kept, or cannot be. */
function guardFor({ destination }: RemoteHost): ScanGuard {
  let kept = 0;
  return {
    keep: (path, bytes) => {
      kept += bytes;
      if (kept <= MOST_KEPT) return;
      throw new UserError(
        'io',
        `more differs on ${destination} than a check of another host can keep (${MOST_KEPT >> 20} MiB), last of all ` +
          printable(path),
        { hint: 'nothing was reported; examine less at a time with --paths, and find out who makes so much' },
      );
    },
    twice: (path) => {
      throw new UserError('io', `${destination} sent what is no scan: an object comes twice: ${printable(path)}`, {
        hint: 'see that its integ was not tampered with',
      });
    },
  };
}

/** Seconds that a file system of another host is waited for: less than a silent host is. */
const REMOTE_STALL = 300;

function requestOf(subject: Subject, { destination, nice, maxRate }: RemoteHost, prefixes: PrefixRequest[]): string {
  const { context, baseline, loaded, scope, pace, stall = REMOTE_STALL, skipped } = subject;
  const request = encodeRequest({
    version: VERSION,
    policy: baseline.header.policy,
    startLinks: baseline.header.startLinks,
    root: context.root,
    scope: scope?.map(({ text }) => Buffer.from(text, 'latin1').toString('utf8')),
    jobs: context.jobs,
    portable: context.portable,
    nice,
    maxRate,
    deadline: secondsLeft(pace),
    stall,
    skipped: mostOftenSkipped(skipped),
    prefixes,
    requirements: loaded.policy.rules.some((rule) => rule.require !== undefined),
  });
  if (Buffer.byteLength(request) <= LONGEST_REQUEST) return request;
  throw new UserError('io', `${destination} cannot be asked: the request is longer than ${LONGEST_REQUEST} bytes`, {
    hint: 'examine fewer logs at a time with --paths',
  });
}

/** It decides about the order alone, so that it need not be all. */
function mostOftenSkipped(skipped: readonly SkippedPath[]): readonly SkippedPath[] {
  const sorted = [...skipped].sort((left, right) => right.times - left.times);
  let length = 0;
  const end = sorted.findIndex(({ path }) => {
    length += path.length;
    return length > LONGEST_SKIPPED;
  });
  return end < 0 ? sorted : sorted.slice(0, end);
}

/** The first bytes of every recorded log whose digests the comparison may ask for. */
function prefixRequests({ baseline, policy, scope }: Subject): PrefixRequest[] {
  const isLog = policy.rules.map(({ watch }) => watch.growing || watch.appendOnly);
  if (!isLog.includes(true)) return [];
  const isInScope = scopeTest(scope);
  const requests: PrefixRequest[] = [];
  for (const entry of baseline.entries()) {
    const { rule, record } = entry;
    if (isLog[rule] !== true || recordType(record) !== 'file' || sizeOf(record) === 0n) continue;
    const algorithms = recordedDigests(record, policy.rules[rule]?.watch.digests ?? []);
    if (algorithms.length === 0 || !isInScope(entry.path)) continue;
    requests.push({ path: entry.path, inode: inodeOf(record), length: sizeOf(record), algorithms });
  }
  return requests;
}

function withRule({ path, rule, expected, actual }: RemoteViolation, rules: readonly Rule[]): Violation {
  const governing = rules[rule];
  if (governing === undefined) throw new Error(`integ: internal error: no rule ${rule}`);
  return violationOf(governing, path, expected, actual);
}

function startSsh({ destination, command, sshConfig }: RemoteHost, request: string): RunningProgram {
  const options = SSH_OPTIONS.flatMap((option) => ['-o', option]);
  const config = sshConfig === undefined ? [] : ['-F', sshConfig];
  const kept = ['HOME', 'SSH_AUTH_SOCK'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return new RunningProgram(SSH, ['-T', ...config, ...options, '--', destination, `${command} ${SCAN}`], {
    environment: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...Object.fromEntries(kept) },
    input: request,
  });
}

/** Sends the request and reads to the end, chunk by chunk: the other host waits while the comparison is busy. */
async function runSsh(
  { context, pace, stall = REMOTE_STALL }: Subject,
  remote: RemoteHost,
  request: string,
  reader: RemoteScanReader,
  onProgress: () => void,
): Promise<RemoteScan> {
  const patience = new Patience(secondsLeft(pace), stall, () => performance.now() / 1000);
  const ssh = startSsh(remote, request);
  const unregister = context.onSignal(() => ssh.kill());
  const look = setInterval(() => {
    const { problem } = patience;
    if (problem === undefined) return;
    const { message, hint } = problem;
    ssh.stop(new UserError('io', `${remote.destination} ${message}`, { hint: `nothing was compared; ${hint}` }));
  }, LOOK);
  try {
    for await (const chunk of ssh.output()) {
      reader.take(chunk);
      patience.hear(reader.lines);
      onProgress();
    }
    requireSuccess(await ssh.ended, remote, ssh.complaint);
    tellRemarks(context, remote, ssh.complaint);
    return reader.finish();
  } finally {
    clearInterval(look);
    ssh.kill();
    unregister();
  }
}

function linesOf(complaint: Buffer): string[] {
  const lines = complaint.toString('utf8').split(/[\r\n]+/);
  return lines.filter((line) => line.trim() !== '').map(printableText);
}

function requireSuccess({ code, signal, error }: Ending, remote: RemoteHost, complaint: Buffer): void {
  if (code === 0 || code === INCOMPLETE_EXIT) return;
  const { destination, command } = remote;
  const said = linesOf(complaint).at(-1) ?? 'no reason given';
  if (error !== undefined) {
    throw new UserError('io', `cannot run ${SSH}: ${errorCode(error)}`, {
      hint: 'install the OpenSSH client',
      cause: error,
    });
  }
  if (code === null) {
    throw new UserError('io', `ssh to ${destination} was ended by ${signal ?? 'a signal'}`, { hint: 'run it again' });
  }
  if (code === NOT_FOUND || code === NOT_EXECUTABLE) {
    const what = code === NOT_FOUND ? 'not found' : 'not executable';
    throw new UserError('io', `${destination}: ${printableText(command)} is ${what} there: ${said}`, {
      hint: `install integ ${VERSION} there, or say where it is with --remote-command`,
    });
  }
  if (code === SSH_FAILED) {
    throw new UserError('io', `the connection to ${destination} failed: ${said}`, {
      hint: `try: ssh -o BatchMode=yes ${destination} true`,
    });
  }
  throw new UserError('io', `the scan on ${destination} ended with exit code ${code}: ${said}`, {
    hint: 'nothing was compared; mend that and run the check again',
  });
}

/** What ssh and the other host remarked although all went well. */
function tellRemarks(context: Context, { destination }: RemoteHost, complaint: Buffer): void {
  for (const line of linesOf(complaint).slice(-MOST_REMARKS)) context.log.note(`${destination}: ${line}`);
}
