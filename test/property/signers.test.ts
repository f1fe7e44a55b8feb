/** Who may sign is read as ssh-keygen reads it: whatever the list says, the verdict is that of ssh-keygen -Y verify. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { judgeSignature } from '../../src/baseline/signature.ts';
import { sharedDirectory } from '../support/scratch.ts';
import { CAN_SIGN, type Key, makeKey, signText } from '../support/ssh-keys.ts';

const MANIFEST = 'integ-manifest/1\nhost: mail1\n';
/** Names that the patterns below can tell apart. */
const NAMES = ['alice', 'albert', 'bob', 'rob', 'zed', 'jürgen', 'alice smith'];

const directory = sharedDirectory();
let keys: readonly Key[] = [];
let signature = '';

beforeAll(() => {
  keys = [makeKey(directory, 'signer'), makeKey(directory, 'other')];
  signature = keys[0] === undefined ? '' : signText(MANIFEST, keys[0]);
  writeFileSync(join(directory, 'signature'), signature);
});

/** Whether the real program takes the signature as by one of these names. */
function isTakenBySsh(lines: readonly string[], names: readonly string[]): boolean {
  const file = join(directory, 'allowed');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return names.some((name) => {
    const parameters = [
      '-Y',
      'verify',
      '-f',
      file,
      '-I',
      name,
      '-n',
      'integ-baseline',
      '-s',
      join(directory, 'signature'),
    ];
    return spawnSync('/usr/bin/ssh-keygen', parameters, { input: MANIFEST }).status === 0;
  });
}

function line(principals: string, options: string, key: number): string {
  return [principals, options, keys[key]?.publicKey ?? ''].filter((part) => part !== '').join(' ');
}

describe.skipIf(!CAN_SIGN)('a list of signers (needs ssh-keygen)', () => {
  test.each([
    ['a name', [['alice', '', 0]], 'alice'],
    ['a name beyond ASCII', [['jürgen', '', 0]], 'jürgen'],
    ['a quoted name with a blank', [['"alice smith"', '', 0]], 'alice smith'],
    ['everybody but one', [['!alice,*', '', 0]], '*'],
    ['everybody but one, said last', [['*,!alice', '', 0]], '*'],
    ['a name that is taken back', [['alice,!alice', '', 0]], undefined],
    ['a name that a pattern takes back', [['alice,!al*', '', 0]], undefined],
    ['nobody but in the negative', [['!alice', '', 0]], undefined],
    ['everybody, and nobody', [['*,!*', '', 0]], undefined],
    [
      'a key for other things first',
      [
        ['alice', 'namespaces="git"', 0],
        ['bob', '', 0],
      ],
      'bob',
    ],
    [
      'a key whose time is over first',
      [
        ['alice', 'valid-before="20200101"', 0],
        ['bob', '', 0],
      ],
      'bob',
    ],
    [
      'a key that excludes first',
      [
        ['!alice,bo?', 'namespaces="git"', 0],
        ['alice', '', 0],
      ],
      'alice',
    ],
    [
      'the key of another first',
      [
        ['alice', '', 1],
        ['bob', 'namespaces="integ-*,git"', 0],
      ],
      'bob',
    ],
    ['namespaces that are negated', [['alice', 'namespaces="*,!integ-baseline"', 0]], undefined],
    ['an authority that is none for plain keys', [['alice', 'cert-authority', 0]], undefined],
    ['only the key of another', [['alice', '', 1]], undefined],
  ] as const)('with %s is read as ssh-keygen reads it', (_, given, signer) => {
    const lines = ['# a comment', '', ...given.map(([principals, options, key]) => line(principals, options, key))];
    const verdict = judgeSignature({ manifest: MANIFEST, signature }, lines);
    expect(verdict.status).toBe(signer === undefined ? 'invalid' : 'valid');
    expect(verdict.signer).toBe(signer);
    expect(isTakenBySsh(lines, NAMES)).toBe(signer !== undefined);
  });

  test('of any patterns and options gives the verdict of ssh-keygen, and no negated pattern as a name', () => {
    const pattern = fc.constantFrom('alice', 'bob', 'al*', '*', '?ob', '!alice', '!bob', '!al*', '!*', '!zed');
    const principals = fc.array(pattern, { minLength: 1, maxLength: 4 }).map((patterns) => patterns.join(','));
    const options = fc.constantFrom('', 'namespaces="integ-baseline"', 'namespaces="git"', 'valid-before="20200101"');
    const lines = fc.array(fc.tuple(principals, options, fc.constantFrom(0, 0, 1)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(lines, (given) => {
        const text = given.map(([who, how, key]) => line(who, how, key));
        const verdict = judgeSignature({ manifest: MANIFEST, signature }, text);
        expect(verdict.status === 'valid', text.join('\n')).toBe(isTakenBySsh(text, NAMES));
        expect(verdict.signer ?? '').not.toMatch(/^!/);
      }),
      { numRuns: 25 },
    );
  });
});
