/**
 * The lines of `baseline.signers`: who may sign a baseline, in the form of an allowed_signers file (ssh-keygen(1),
 * "ALLOWED SIGNERS"). Only the form is looked at here, so that a mistake shows when the policy is written and not when
 * a signature is needed; ssh-keygen gives the lines their meaning.
 */

/** Blanks part the fields, but not within the quotes of an option. */
const FIELD = /(?:[^\s"]|"[^"]*")+/g;
const KEY_TYPE = /^(?:ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]+$/;
const OPTION = /^(?:cert-authority|(?:namespaces|valid-after|valid-before)="[^"]*")$/i;

/** What is wrong with a line, or undefined. */
export function signerProblem(line: string): string | undefined {
  if (/[\n\r\0]/.test(line)) return 'must be one line';
  const [principals, ...rest] = line.match(FIELD) ?? [];
  if (principals === undefined || principals.startsWith('#')) return 'names no signer';
  // A match of a negated pattern is none, so a list of nothing else matches nobody (ssh_config(5), PATTERNS).
  if (
    principals
      .replaceAll('"', '')
      .split(',')
      .every((pattern) => pattern.startsWith('!'))
  ) {
    return 'names only who may not sign: write who may before it';
  }
  const at = rest.findIndex((field) => KEY_TYPE.test(field));
  const [type, key] = rest.slice(Math.max(at, 0));
  if (at < 0 || type === undefined || key === undefined) {
    return KEY_TYPE.test(principals)
      ? 'names a key but no signer: write the name before it'
      : 'must be a name and a public key, such as alice@example.org ssh-ed25519 AAAA…';
  }
  for (const options of rest.slice(0, at)) {
    const unknown = options.match(/(?:[^,"]|"[^"]*")+/g)?.find((option) => !OPTION.test(option));
    if (unknown !== undefined) return `has the unknown option ${unknown}`;
  }
  // The key names its type once more in its first field (RFC 4253, section 6.6).
  const bytes = Buffer.from(key, 'base64');
  const length = bytes.length >= 4 ? bytes.readUInt32BE() : 0;
  const isKey = length > 0 && bytes.length > 4 + length && bytes.toString('latin1', 4, 4 + length) === type;
  return isKey ? undefined : `its key is not one of type ${type}: copy the whole line of the .pub file`;
}
