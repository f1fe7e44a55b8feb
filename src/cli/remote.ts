/**
 * Examines another host for a check: starts `integ scan --stdin-policy` there through ssh and feeds what it sends to the
 * comparison here, as fast as that takes it. The baseline stays here; the other host learns the policy and, of logs, the
 * recorded lengths.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Finding } from '../check/finding.ts';
import { recordedDigests } from '../check/prefix.ts';
import type { Violation } from '../check/requirements.ts';
import { printableText } from '../model/bytes.ts';
import { errorCode, UserError } from '../model/errors.ts';
import { INCOMPLETE_EXIT } from '../model/exit.ts';
import { inodeOf, recordType, sizeOf } from '../model/record.ts';
import type { Rule } from '../model/rule.ts';
import type { PrefixRequest, RemoteViolation } from '../scan/remote-format.ts';
import { PrefixAnswers } from '../scan/remote-prefixes.ts';
import { type RemoteScan, RemoteScanReader } from '../scan/remote-reader.ts';
import { encodeRequest } from '../scan/remote-request.ts';
import type { RemoteHost } from '../system/remote-host.ts';
import type { Context } from './context.ts';
import {
  comparisonOf,
  contentsOf,
  type Examination,
  expectedObjects,
  finishComparison,
  type Subject,
  scopeTest,
} from './examination.ts';
import { progressReporter } from './progress.ts';
import { VERSION } from './version.ts';

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
/** Of what ssh and the other host say on standard error, in bytes; the last is kept. */
const LONGEST_COMPLAINT = 4096;
/** It would be one more thing to believe of that host. */
const PACKAGES_NOT_ASKED = 'the package database of the other host was not asked, so that no package explains a change';

type Ssh = ChildProcessByStdio<Writable, Readable, Readable>;

/** Throws UserError io when there is no whole scan by the same version of integ and the same policy. */
export async function examineThere(subject: Subject, remote: RemoteHost): Promise<Examination> {
  const { context, policy, loaded } = subject;
  const prefixes = new PrefixAnswers();
  const comparison = comparisonOf(subject, prefixes);
  const reader = new RemoteScanReader(
    {
      sender: remote.destination,
      version: VERSION,
      policySha256: loaded.sha256,
      rules: policy.rules.map(({ name, require }) => ({ name, isRequirement: require !== undefined })),
    },
    comparison,
    prefixes,
  );
  const progress = progressReporter(context.terminal, expectedObjects(subject));
  const received = await converse(context, remote, requestOf(subject, remote), reader, () =>
    progress?.(reader.progress),
  );
  const result = await finishComparison(subject, comparison, received.summary);
  requireDistinct(result.findings, remote);
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

function requestOf(subject: Subject, { nice, maxRate }: RemoteHost): string {
  const { context, baseline, loaded, scope } = subject;
  return encodeRequest({
    version: VERSION,
    policy: baseline.header.policy,
    startLinks: baseline.header.startLinks,
    root: context.root,
    scope: scope?.map(({ text }) => Buffer.from(text, 'latin1').toString('utf8')),
    jobs: context.jobs,
    portable: context.portable,
    nice,
    maxRate,
    prefixes: prefixRequests(subject),
    requirements: loaded.policy.rules.some((rule) => rule.require !== undefined),
  });
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
  return { path, rule: governing.name, severity: governing.severity, expected, actual };
}

/** A scan tells of each object once; one that does not would have us report what cannot be. */
function requireDistinct(findings: readonly Finding[], { destination }: RemoteHost): void {
  const seen = new Set<string>();
  for (const { kind, path } of findings) seen.add(`${kind} ${path}`);
  if (seen.size === findings.length) return;
  throw new UserError('io', `${destination} sent what is no scan: an object comes twice`, {
    hint: 'see that its integ was not tampered with',
  });
}

function startSsh({ destination, command, sshConfig }: RemoteHost): Ssh {
  const options = SSH_OPTIONS.flatMap((option) => ['-o', option]);
  const config = sshConfig === undefined ? [] : ['-F', sshConfig];
  const kept = ['HOME', 'SSH_AUTH_SOCK'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return spawn(SSH, ['-T', ...config, ...options, '--', destination, `${command} ${SCAN}`], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...Object.fromEntries(kept) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: Error | undefined;
}

/** Sends the request and reads to the end, chunk by chunk: the other host waits while the comparison is busy. */
async function converse(
  context: Context,
  remote: RemoteHost,
  request: string,
  reader: RemoteScanReader,
  onProgress: () => void,
): Promise<RemoteScan> {
  const ssh = startSsh(remote);
  const unregister = context.onSignal(() => ssh.kill());
  const ending = endingOf(ssh);
  let complaint = Buffer.alloc(0);
  ssh.stderr.on('data', (chunk: Buffer) => {
    complaint = Buffer.concat([complaint, chunk]).subarray(-LONGEST_COMPLAINT);
  });
  // A command that ends before it has read the request says by its exit code why.
  ssh.stdin.on('error', () => undefined);
  ssh.stdin.end(request);
  try {
    for await (const chunk of ssh.stdout) {
      // The stream has no encoding, so that it gives buffers.
      reader.take(chunk as Buffer);
      onProgress();
    }
    requireSuccess(await ending, remote, complaint);
    tellRemarks(context, remote, complaint);
    return reader.finish();
  } finally {
    ssh.kill();
    unregister();
    context.terminal.clearProgress();
  }
}

function endingOf(ssh: Ssh): Promise<Ending> {
  return new Promise((resolve) => {
    ssh.on('error', (error) => resolve({ code: null, signal: null, error }));
    ssh.on('close', (code, signal) => resolve({ code, signal, error: undefined }));
  });
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
  for (const line of linesOf(complaint)) context.terminal.note(`${destination}: ${line}`);
}
