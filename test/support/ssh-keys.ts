/** Keys and signatures of the real ssh-keygen, for the tests. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SSH_KEYGEN = '/usr/bin/ssh-keygen';
export const CAN_SIGN = existsSync(SSH_KEYGEN);

export interface Key {
  readonly file: string;
  /** Type and key, as a line of signers has them. */
  readonly publicKey: string;
}

export function makeKey(directory: string, name: string, type = 'ed25519'): Key {
  const file = join(directory, name);
  execFileSync(SSH_KEYGEN, ['-q', '-t', type, '-N', '', '-C', name, '-f', file]);
  const [kind, key] = readFileSync(`${file}.pub`, 'utf8').split(' ');
  return { file, publicKey: `${kind} ${key}` };
}

export function signText(text: string, key: Key, namespace = 'integ-baseline'): string {
  const parameters = ['-q', '-Y', 'sign', '-n', namespace, '-f', key.file];
  return execFileSync(SSH_KEYGEN, parameters, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}
