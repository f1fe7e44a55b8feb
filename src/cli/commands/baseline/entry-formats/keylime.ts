/**
 * The runtime policy of Keylime, which the verifier holds the measurements of IMA against: paths with their SHA-256.
 * https://github.com/keylime/keylime/blob/master/keylime/ima/ima.py (RUNTIME_POLICY_SCHEMA)
 */
import type { EntryFormat, LeftOut } from './format.ts';
import { lastingSha256 } from './sha256sum.ts';

/** The policy was not made by one of the tools of Keylime. */
const OTHER_GENERATOR = 0;

/** `createdAt`: when the baseline was made. */
export function keylimeFormat(leftOut: LeftOut, createdAt: string): EntryFormat {
  const meta = JSON.stringify({ version: 1, generator: OTHER_GENERATOR, timestamp: createdAt });
  let isFirst = true;
  return {
    head: `{"meta": ${meta},\n"release": 0,\n"digests": {`,
    write: (entry) => {
      const digest = lastingSha256(entry, leftOut);
      if (digest === undefined) return '';
      const text = Buffer.from(entry.path, 'latin1').toString('utf8');
      if (Buffer.from(text, 'utf8').toString('latin1') !== entry.path) {
        leftOut.add('with a name that is not UTF-8');
        return '';
      }
      const separator = isFirst ? '\n' : ',\n';
      isFirst = false;
      return `${separator}${asciiJson(text)}: ["${digest}"]`;
    },
    tail: `},\n"excludes": [],\n"keyrings": {},\n"ima": ${JSON.stringify({
      ignored_keyrings: [],
      log_hash_alg: 'sha1',
      dm_policy: null,
    })},\n"ima-buf": {},\n"verification-keys": ""}\n`,
  };
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
