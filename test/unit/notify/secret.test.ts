import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { DeliveryError } from '../../../src/notify/channel.ts';
import { readSecret } from '../../../src/notify/secret.ts';
import { sharedDirectory } from '../../support/scratch.ts';

const directory = sharedDirectory();

function secretFile(content: string | Buffer, mode = 0o600): string {
  const file = join(directory, `s${Math.random()}`);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

function refusal(source: Parameters<typeof readSecret>[0]): string {
  try {
    readSecret(source);
  } catch (error) {
    expect(error).toBeInstanceOf(DeliveryError);
    // Somebody can mend it, and the message then goes out.
    expect(error).toMatchObject({ isTemporary: true });
    return error instanceof Error ? error.message : '';
  }
  return expect.fail('nothing was refused');
}

describe('a secret in a file', () => {
  test('is its line without the line break', () => {
    expect(readSecret({ file: secretFile('correct horse\n') })).toBe('correct horse');
    expect(readSecret({ file: secretFile(' spaces stay ') })).toBe(' spaces stay ');
    expect(readSecret({ file: secretFile('pässwörd\r\n', 0o400) })).toBe('pässwörd');
  });

  test.each([0o640, 0o604, 0o660])('that others may read is refused, with the command that mends it: %o', (mode) => {
    const file = secretFile('hunter2\n', mode);
    const said = refusal({ file });
    expect(said).toContain(`chmod 600 ${file}`);
    expect(said).not.toContain('hunter2');
  });

  test.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['one\ntwo\n', 'more than one line'],
    [Buffer.from([0x61, 0xff, 0xfe]), 'not UTF-8'],
    ['x'.repeat(5000), 'longer than 4096 bytes'],
  ])('that holds no secret is refused (%#)', (content, message) => {
    expect(refusal({ file: secretFile(content) })).toContain(message);
  });

  test('that is not there is refused by name', () => {
    expect(refusal({ file: '/nonexistent/integ\nsecret' })).toContain('/nonexistent/integ\\nsecret');
    expect(refusal({ file: directory })).toContain('not a regular file');
  });
});

test('a secret in the environment is read when it is needed', () => {
  vi.stubEnv('INTEG_TEST_SECRET', 'from the environment');
  expect(readSecret({ environment: 'INTEG_TEST_SECRET' })).toBe('from the environment');
  vi.stubEnv('INTEG_TEST_SECRET', '');
  expect(refusal({ environment: 'INTEG_TEST_SECRET' })).toContain('INTEG_TEST_SECRET is empty');
  vi.unstubAllEnvs();
  expect(refusal({ environment: 'INTEG_TEST_SECRET' })).toContain('INTEG_TEST_SECRET is not set');
});
