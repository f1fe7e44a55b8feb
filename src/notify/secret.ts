/**
 * Reads a password or key when it is needed: from a file that nobody else may read, or from the environment. The value
 * goes to the caller and nowhere else; no message holds any of it.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { printableText } from '../model/bytes.ts';
import { errorCode } from '../model/errors.ts';
import type { SecretSource } from '../model/notify.ts';
import { openRegular, shortProblem } from '../system/small-file.ts';
import { DeliveryError } from './channel.ts';

const LONGEST_BYTES = 4096;
const OF_OTHERS = 0o077;

/** Whoever mends the file or the environment can have the message sent, so it is worth to wait. */
function refuse(what: string, mend: string): never {
  throw new DeliveryError(`${what}: ${mend}`, true);
}

/** At most LONGEST_BYTES and one, so that a longer file shows. */
function readStart(descriptor: number): Buffer {
  const bytes = Buffer.alloc(LONGEST_BYTES + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, null);
    length += read;
    if (read === 0 || length === bytes.length) return bytes.subarray(0, length);
  }
}

function readSecretFile(file: string): Buffer {
  const name = printableText(file);
  let descriptor: number;
  try {
    descriptor = openRegular(file);
  } catch (error) {
    return refuse(
      `secret ${name} cannot be read (${shortProblem(error)})`,
      'create it, for its owner alone (mode 0600)',
    );
  }
  try {
    const stat = fstatSync(descriptor);
    const uid = process.geteuid?.() ?? 0;
    if (stat.uid !== 0 && stat.uid !== uid)
      refuse(`secret ${name} belongs to uid ${stat.uid}`, 'chown it to who runs integ');
    // With an ACL the bits of the group are its mask: without them no entry lets anybody in.
    if ((stat.mode & OF_OTHERS) !== 0) refuse(`secret ${name} is open to others`, `chmod 600 ${name}`);
    return readStart(descriptor);
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    return refuse(`secret ${name} cannot be read (${errorCode(error)})`, 'look at its file system');
  } finally {
    closeSync(descriptor);
  }
}

/** One line of text; the line break at its end is none of it. */
function oneLine(text: string, name: string): string {
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') refuse(`secret ${name} is empty`, 'put the secret into it');
  if (/[\0\r\n]/.test(secret)) refuse(`secret ${name} is more than one line`, 'a secret is one line of text');
  return secret;
}

/**
 * The secret as text. Throws a DeliveryError that says where it should be and how to mend that.
 */
export function readSecret(source: SecretSource): string {
  if ('environment' in source) {
    const value = process.env[source.environment];
    if (value === undefined) return refuse(`the variable ${source.environment} is not set`, 'put the secret into it');
    return oneLine(value, source.environment);
  }
  const name = printableText(source.file);
  const bytes = readSecretFile(source.file);
  if (bytes.length > LONGEST_BYTES) refuse(`secret ${name} is longer than ${LONGEST_BYTES} bytes`, 'it cannot be one');
  try {
    return oneLine(new TextDecoder('utf-8', { fatal: true }).decode(bytes), name);
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    return refuse(`secret ${name} is not UTF-8 text`, 'put the secret into it as text');
  }
}
