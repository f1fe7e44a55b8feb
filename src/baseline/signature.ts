/**
 * Signatures over the manifest of a baseline, made and verified by ssh-keygen(1) in the form of OpenSSH ("SSHSIG",
 * PROTOCOL.sshsig), so that any SSH key, an agent or a hardware key can sign. Who may sign is said by lines in the form
 * of an allowed_signers file. Nothing here writes a baseline.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BaselineHeader } from '../model/baseline.ts';
import { printableText } from '../model/bytes.ts';
import { errorMessage, SystemError, UserError } from '../model/errors.ts';
import { compilePolicy } from '../policy/load.ts';
import { type HelperResult, runHelper, withNamelessFiles } from '../system/helper-program.ts';
import { readingProblem, requireRegularFile } from '../system/small-file.ts';
import type { BaselineReader } from './reader.ts';
import { untrusted } from './sqlite-failure.ts';

/** What keeps a signature made for something else, such as a commit, from being taken for one over a baseline. */
const SIGNATURE_NAMESPACE = 'integ-baseline';

const SSH_KEYGEN = '/usr/bin/ssh-keygen';
const VERIFY_MILLISECONDS = 20_000;
const INSTALL = 'install the OpenSSH client, which has ssh-keygen, version 8.2 or later';

/**
 * `none`: not signed. `valid`: signed by one of those who may. `unverified`: signed, but nobody said who may sign, or
 * it could not be verified here. `invalid`: anything else.
 */
export interface SignatureVerdict {
  readonly status: 'none' | 'valid' | 'unverified' | 'invalid';
  /** Printable name of the signer, for `valid` alone. */
  readonly signer?: string;
  /** Why it is not valid, printable. */
  readonly reason?: string;
}

type Signed = Pick<BaselineReader, 'manifest' | 'signature'>;

/** Whatever holds a policy, as the header of a baseline does. */
interface Embedding {
  readonly header: Pick<BaselineHeader, 'policy'>;
}

/** The lines that say who may sign this baseline, from the policy in it; empty when it demands no signature. */
export function signersOf({ header }: Embedding): readonly string[] {
  return compilePolicy(header.policy).policy.signers;
}

function lastLine(result: HelperResult): string {
  const said = result.stderr.split('\n').findLast((line) => line.trim() !== '');
  // Names of the files that were handed over say nothing to the reader.
  const plain = said?.replace(/^\/dev\/fd\/\d+:\d+: /, '').trim();
  return plain === undefined ? `${SSH_KEYGEN} ended with status ${result.status}` : printableText(plain);
}

function keygen(parameters: readonly string[], manifest: string, descriptors: readonly number[]): HelperResult {
  return runHelper(SSH_KEYGEN, ['-Y', ...parameters], {
    input: Buffer.from(manifest, 'utf8'),
    descriptors,
    timeout: VERIFY_MILLISECONDS,
  });
}

const MAGIC = 'SSHSIG';
/** Lines that name one key: more of them are no list of signers. */
const MOST_LINES = 64;

/** The public key in a signature (PROTOCOL.sshsig, "Blob format"), or undefined when it is none. */
function keyOf(signature: string): Buffer | undefined {
  const blob = Buffer.from(signature.replaceAll(/-----[^\n]*-----/g, ''), 'base64');
  const start = MAGIC.length + 8;
  if (blob.length < start || blob.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  return blob.subarray(start, start + blob.readUInt32BE(start - 4));
}

/** Whether a line may be about a key: it names the key itself, or an authority, which is for ssh-keygen to judge. */
function mayConcern(line: string, key: Buffer): boolean {
  return /cert-authority/i.test(line) || line.split(/\s+/).some((field) => Buffer.from(field, 'base64').equals(key));
}

/**
 * Who a line says that a signature is by. ssh-keygen looks no further than the first line of a key, which may be for
 * another namespace or another time, so it is asked about each. It gives the patterns of the line: a negated one is
 * nobody's name.
 */
function namesIn(
  line: string,
  { manifest, signature }: Signed,
): { readonly names: string[]; readonly result: HelperResult } {
  return withNamelessFiles([signature, `${line}\n`], ([file = '', allowed = ''], descriptors) => {
    const result = keygen(['find-principals', '-s', file, '-f', allowed], manifest, descriptors);
    // Names are bytes of the file, which is UTF-8.
    const found = result.status === 0 ? Buffer.from(result.stdout, 'latin1').toString('utf8').split('\n') : [];
    return { names: found.filter((name) => name !== '' && !name.startsWith('!')), result };
  });
}

/** Judges the signature of a baseline by those who may sign, one a line; without any it stays unverified. */
export function judgeSignature(signed: Signed, signers: readonly string[]): SignatureVerdict {
  const { manifest, signature } = signed;
  if (signature === '') return { status: 'none' };
  if (signers.length === 0) return { status: 'unverified', reason: 'nobody said who may sign' };
  try {
    const key = keyOf(signature);
    if (key === undefined) return { status: 'invalid', reason: 'it is no signature of OpenSSH' };
    const lines = signers.filter((line) => mayConcern(line, key));
    if (lines.length > MOST_LINES) return { status: 'invalid', reason: 'too many lines name its key' };
    const found = lines.map((line) => namesIn(line, signed));
    const names = new Set(found.flatMap((one) => one.names));
    if (names.size === 0) {
      const expired = found.find(({ result }) => /expired|not yet valid/.test(result.stderr));
      return { status: 'invalid', reason: expired ? expiry(expired.result) : 'signed by none of those who may' };
    }
    return withNamelessFiles([signature, `${signers.join('\n')}\n`], ([file = '', allowed = ''], descriptors) => {
      let reason = '';
      for (const name of names) {
        const named = ['-f', allowed, '-I', name, '-n', SIGNATURE_NAMESPACE, '-s', file];
        const verified = keygen(['verify', ...named], manifest, descriptors);
        if (verified.status === 0) return { status: 'valid', signer: printableText(name) };
        reason = firstReason(verified);
      }
      return { status: 'invalid', reason };
    });
  } catch (error) {
    if (error instanceof SystemError) return { status: 'unverified', reason: printableText(errorMessage(error)) };
    throw error;
  }
}

function expiry(result: HelperResult): string {
  const line = result.stderr.split('\n').find((text) => /expired|not yet valid/.test(text)) ?? '';
  return printableText(line.replace(/^\/dev\/fd\/\d+:\d+: /, '').trim());
}

/** ssh-keygen says the cause first and "Could not verify signature." at the end, on either output. */
function firstReason(result: HelperResult): string {
  const [first] = result.stderr.split('\n').filter((line) => line.trim() !== '');
  return first === undefined ? 'it could not be verified' : lastLine({ ...result, stderr: first });
}

/**
 * Whether the text is a signature over this manifest at all, by whomever. Throws a UserError `untrusted` otherwise, or
 * `io` when that cannot be found out.
 */
export function requireSignatureOver(manifest: string, signature: string, name: string): void {
  try {
    withNamelessFiles([signature], ([file = ''], descriptors) => {
      const parameters = ['check-novalidate', '-n', SIGNATURE_NAMESPACE, '-s', file];
      const result = keygen(parameters, manifest, descriptors);
      if (result.status === 0) return;
      const message = `${printableText(name)} holds no signature over this baseline: ${firstReason(result)}`;
      throw new UserError('untrusted', message, {
        hint: `sign what integ baseline sign --manifest prints: ssh-keygen -Y sign -n ${SIGNATURE_NAMESPACE} -f KEY MANIFEST`,
      });
    });
  } catch (error) {
    throw asUserError(error);
  }
}

/** ssh-keygen would wait for who writes into a fifo, and integ for ssh-keygen. */
function requireKeyFiles(key: string): void {
  for (const file of [key, `${key}.pub`].filter((name) => existsSync(name))) {
    try {
      requireRegularFile(file);
    } catch (error) {
      const { kind, reason, hint = 'name a private key, or a public one' } = readingProblem(error);
      throw new UserError(kind, `cannot read the key ${printableText(file)}: ${reason}`, { hint, cause: error });
    }
  }
}

/**
 * Signs with a key: a private one, or a public one whose private half an agent or a hardware key holds. A passphrase, a
 * PIN or a touch is asked for at the terminal. Throws a UserError when there is no signature.
 */
export function signManifest(manifest: string, key: string): string {
  requireKeyFiles(key);
  const agent = process.env['SSH_AUTH_SOCK'];
  try {
    const result = runHelper(SSH_KEYGEN, ['-q', '-Y', 'sign', '-n', SIGNATURE_NAMESPACE, '-f', resolve(key)], {
      input: Buffer.from(manifest, 'utf8'),
      environment: { SSH_AUTH_SOCK: agent },
      talks: true,
    });
    if (result.status === 0 && result.stdout.startsWith('-----BEGIN SSH SIGNATURE-----')) return result.stdout;
    throw new UserError('io', `the key ${printableText(key)} gave no signature`, {
      hint: 'ssh-keygen says above why; name a private key, or a public one whose private half is in the agent',
    });
  } catch (error) {
    throw asUserError(error);
  }
}

function asUserError(error: unknown): unknown {
  if (!(error instanceof SystemError)) return error;
  return new UserError('io', printableText(error.message), { hint: INSTALL, cause: error });
}

/**
 * The verdict, where the baseline may be used with it. Throws a UserError `untrusted` when one of `signers` has to have
 * signed and has not, or when the signature is wrong.
 */
export function requireTrust(baseline: BaselineReader, signers: readonly string[]): SignatureVerdict {
  const verdict = judgeSignature(baseline, signers);
  const name = baseline.file;
  switch (verdict.status) {
    case 'valid':
      return verdict;
    case 'none':
      if (signers.length === 0) return verdict;
      throw untrusted(name, 'it is not signed, and must be', 'sign it: integ baseline sign --key FILE');
    case 'unverified':
      if (signers.length === 0) return verdict;
      throw untrusted(name, `its signature could not be verified: ${verdict.reason ?? ''}`, INSTALL);
    case 'invalid': {
      const hint = 'find out who changed the baseline or its signature; take a copy known to be good';
      throw untrusted(name, `its signature is not valid: ${verdict.reason ?? ''}`, hint);
    }
    default:
      return verdict.status satisfies never;
  }
}
