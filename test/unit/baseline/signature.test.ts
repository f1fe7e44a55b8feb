/** Who signed a baseline, and when a signature is one. All with the real ssh-keygen. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CopyOptions, copyBaseline } from '../../../src/baseline/copy.ts';
import { judgeSignature, requireSignatureOver, requireTrust, signManifest } from '../../../src/baseline/signature.ts';
import { ending, HEADER, openAndClose, withReader, writeBaseline } from '../../support/baselines.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { CAN_SIGN, makeKey, signText } from '../../support/ssh-keys.ts';

/** How a copy ends that is not made. */
async function refusal(options: CopyOptions): Promise<ReturnType<typeof ending>> {
  const failure: unknown = await copyBaseline(options).catch((error: unknown) => error);
  return ending(() => {
    if (failure !== undefined) throw failure;
  });
}

const MANIFEST = 'integ-manifest/1\nhost: mail1\nsequence: 1\n';

test('the manifest says which baseline it is, line by line', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  const { seal, entries } = writeBaseline(file);
  expect(withReader(file, ({ manifest }) => manifest)).toBe(
    [
      'integ-manifest/1',
      'host: mail1',
      'sequence: 1',
      `seal: ${seal}`,
      `policy: ${HEADER.policySha256}`,
      `objects: ${entries}`,
      'created: 2026-01-02T03:04:05.678901234Z',
      'previous: none',
      '',
    ].join('\n'),
  );
});

test('a host name with a newline cannot bring a line of its own into the manifest', () => {
  const file = join(scratchDirectory(), 'baseline.db');
  writeBaseline(file, undefined, { ...HEADER, host: 'a\nsequence: 9' });
  expect(withReader(file, ({ manifest }) => manifest.split('\n')[1])).toBe('host: a\\nsequence: 9');
});

describe.skipIf(!CAN_SIGN)('signatures (need ssh-keygen)', () => {
  test('is valid by the one of those who may that signed, by name', () => {
    const directory = scratchDirectory();
    const [alice, bob] = [makeKey(directory, 'alice'), makeKey(directory, 'bob', 'ecdsa')];
    const signers = [
      `alice@example.org ${alice.publicKey}`,
      `bob@example.org namespaces="integ-baseline" ${bob.publicKey}`,
    ];
    for (const [key, signer] of [
      [alice, 'alice@example.org'],
      [bob, 'bob@example.org'],
    ] as const) {
      const signature = signText(MANIFEST, key);
      expect(judgeSignature({ manifest: MANIFEST, signature }, signers)).toEqual({ status: 'valid', signer });
    }
  });

  test('is none without one, and unverified as long as nobody says who may sign', () => {
    const key = makeKey(scratchDirectory(), 'key');
    expect(judgeSignature({ manifest: MANIFEST, signature: '' }, [`a ${key.publicKey}`])).toEqual({ status: 'none' });
    const signature = signText(MANIFEST, key);
    expect(judgeSignature({ manifest: MANIFEST, signature }, []).status).toBe('unverified');
  });

  test('is invalid by another key, for another namespace, after its time, over other text, or when edited', () => {
    const directory = scratchDirectory();
    const [key, other] = [makeKey(directory, 'key'), makeKey(directory, 'other')];
    const signature = signText(MANIFEST, key);
    const by = `admin ${key.publicKey}`;
    const judge = (change: { manifest?: string; signature?: string; signer?: string }) =>
      judgeSignature({ manifest: change.manifest ?? MANIFEST, signature: change.signature ?? signature }, [
        change.signer ?? by,
      ]);
    expect(judge({})).toEqual({ status: 'valid', signer: 'admin' });
    expect(judge({ signer: `admin ${other.publicKey}` })).toEqual({
      status: 'invalid',
      reason: 'signed by none of those who may',
    });
    expect(judge({ signature: signText(MANIFEST, key, 'file') })).toMatchObject({
      status: 'invalid',
      reason: expect.stringContaining('namespace'),
    });
    expect(judge({ signer: `admin namespaces="git" ${key.publicKey}` }).status).toBe('invalid');
    expect(judge({ signer: `admin valid-before="20200101" ${key.publicKey}` })).toMatchObject({
      status: 'invalid',
      reason: expect.stringContaining('expired'),
    });
    expect(judge({ manifest: MANIFEST.replace('1\n', '2\n') }).status).toBe('invalid');
    expect(
      judge({
        signature: signature.replace(/\n(.{5})(.)/, (_, start, letter) => `\n${start}${letter === 'A' ? 'B' : 'A'}`),
      }).status,
    ).toBe('invalid');
    for (const rubbish of ['x', 'not a signature\n', '-----BEGIN SSH SIGNATURE-----\n']) {
      expect(judge({ signature: rubbish }).status).toBe('invalid');
    }
  });

  test('a signature made elsewhere is taken only for the text that it is over', () => {
    const key = makeKey(scratchDirectory(), 'key');
    expect(ending(() => requireSignatureOver(MANIFEST, signText(MANIFEST, key), 's'))).toBeUndefined();
    expect(ending(() => requireSignatureOver(MANIFEST, signText(`${MANIFEST}\n`, key), 's'))?.exit).toBe(65);
    expect(ending(() => requireSignatureOver(MANIFEST, signText(MANIFEST, key, 'git'), 's'))?.exit).toBe(65);
    expect(ending(() => requireSignatureOver(MANIFEST, 'rubbish', 's\x1b'))?.line).toMatch(
      /^s\\x1b holds no signature/,
    );
  });

  test('a signed copy has the same seal, is trusted, and the source stays unsigned', async () => {
    const directory = scratchDirectory();
    const key = makeKey(directory, 'key');
    const [source, target] = [join(directory, 'a.db'), join(directory, 'b.db')];
    const { seal } = writeBaseline(source);
    const before = readFileSync(source);
    const manifest = withReader(source, (reader) => reader.manifest);
    await copyBaseline({ source, target, seal, signed: { manifest, signature: signManifest(manifest, key.file) } });
    const signers = [`admin ${key.publicKey}`];
    expect(withReader(target, (reader) => [reader.seal, requireTrust(reader, signers)])).toEqual([
      seal,
      { status: 'valid', signer: 'admin' },
    ]);
    expect(readFileSync(source)).toEqual(before);
    expect(withReader(source, (reader) => ending(() => requireTrust(reader, signers)))).toEqual({
      exit: 65,
      line: `baseline ${source}: it is not signed, and must be`,
    });
  });

  test('a signature of one baseline does not fit another', async () => {
    const directory = scratchDirectory();
    const key = makeKey(directory, 'key');
    const [one, two] = [join(directory, 'a.db'), join(directory, 'b.db')];
    writeBaseline(one);
    const { seal } = writeBaseline(two, undefined, { ...HEADER, sequence: 2 });
    const manifest = withReader(one, (reader) => reader.manifest);
    const signature = signManifest(manifest, key.file);
    // With the other manifest the file contradicts itself; with its own, the signature is not one over it.
    const target = join(directory, 'c.db');
    expect(await refusal({ source: two, target, seal, signed: { manifest, signature } })).toMatchObject({
      exit: 65,
      line: expect.stringContaining('manifest'),
    });
    const own = withReader(two, (reader) => reader.manifest);
    await copyBaseline({ source: two, target, seal, signed: { manifest: own, signature } });
    const signers = [`admin ${key.publicKey}`];
    expect(withReader(target, (reader) => ending(() => requireTrust(reader, signers)))?.exit).toBe(65);
  });

  test('a key that cannot sign is an error and no signature', () => {
    const directory = scratchDirectory();
    writeFileSync(join(directory, 'rubbish'), 'x', { mode: 0o600 });
    expect(ending(() => signManifest(MANIFEST, join(directory, 'rubbish')))?.exit).toBe(74);
    expect(ending(() => signManifest(MANIFEST, join(directory, 'nothing')))?.exit).toBe(74);
  });
});

test('a copy is whole or not there, and of the baseline that was verified', async () => {
  const directory = scratchDirectory();
  const [source, target] = [join(directory, 'a.db'), join(directory, 'b.db')];
  const { seal } = writeBaseline(source);
  await copyBaseline({ source, target, seal });
  expect(readFileSync(target)).toEqual(readFileSync(source));
  writeBaseline(source, undefined, { ...HEADER, sequence: 2 });
  expect((await refusal({ source, target, seal }))?.exit).toBe(65);
  openAndClose(target, seal);
});
