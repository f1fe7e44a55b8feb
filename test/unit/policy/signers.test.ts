/** A mistake in a line of signers shows when the policy is read. */
import { expect, test } from 'vitest';
import { signerProblem } from '../../../src/policy/signers.ts';

function key(type: string): string {
  const name = Buffer.from(type, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return `${type} ${Buffer.concat([length, name, Buffer.alloc(40, 7)]).toString('base64')}`;
}

const ED25519 = key('ssh-ed25519');

test.each([
  `alice@example.org ${ED25519}`,
  `alice,bob@example.org,*@admins.example.org ${ED25519} a comment`,
  `alice namespaces="integ-baseline,git",valid-after="20260101" ${ED25519}`,
  `alice valid-before="20300101",cert-authority ${ED25519}`,
  `alice ${key('sk-ssh-ed25519@openssh.com')}`,
  `"alice smith"\t${key('ecdsa-sha2-nistp256')}`,
])('%s is a signer', (line) => {
  expect(signerProblem(line)).toBeUndefined();
});

test.each([
  [ED25519, 'no signer'],
  ['', 'names no signer'],
  [`# alice ${ED25519}`, 'names no signer'],
  ['alice', 'a name and a public key'],
  ['alice ssh-ed25519', 'a name and a public key'],
  ['alice ssh-ed25519 AAAA', 'not one of type ssh-ed25519'],
  [`alice ssh-rsa ${ED25519.split(' ')[1]}`, 'not one of type ssh-rsa'],
  [`alice namespace="integ-baseline" ${ED25519}`, 'unknown option namespace="integ-baseline"'],
  [`!alice,!bob ${ED25519}`, 'names only who may not sign'],
  [`alice ${ED25519}\nmallory ${ED25519}`, 'one line'],
])('%j is none: %s', (line, problem) => {
  expect(signerProblem(line)).toContain(problem);
});
