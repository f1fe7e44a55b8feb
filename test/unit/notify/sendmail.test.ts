import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DeliveryError, type Message } from '../../../src/notify/channel.ts';
import { emailChannel } from '../../../src/notify/email.ts';
import { change, compose, officePolicy, reportOf } from '../../support/composed-mails.ts';
import { sharedDirectory } from '../../support/scratch.ts';

const directory = sharedDirectory();

/** A program in the place of sendmail, of these lines of shell. */
function program(lines: string): string {
  const file = join(directory, `sendmail-${Math.random()}`);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return file;
}

async function deliver(sendmail: string, message?: Message): Promise<Message> {
  const policy = officePolicy(`{ to: [root, b@example.org], sendmail: '${sendmail}' }`);
  const [composed] = await compose(
    reportOf({ changes: [change({ path: '/etc', rule: 'System', severity: 'low' })] }),
    policy,
  );
  const delivered = message ?? composed ?? expect.fail('nothing was composed');
  await emailChannel.deliver(delivered, policy);
  return delivered;
}

async function failure(sendmail: string, message?: Message): Promise<DeliveryError> {
  const error = await deliver(sendmail, message).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof DeliveryError ? error : expect.fail(`it was delivered, or failed otherwise: ${error}`);
}

describe('the sendmail program', () => {
  test('gets sender and recipients as arguments, and the message with line breaks of Unix', async () => {
    const got = join(directory, 'got');
    const { body } = await deliver(program(`printf '%s|' "$@" > ${got}.args; cat > ${got}`));
    expect(readFileSync(`${got}.args`, 'utf8')).toBe('-i|-f|integ@mail1.example.org|--|root|b@example.org|');
    const text = readFileSync(got, 'latin1');
    expect(text).not.toContain('\r');
    expect(text).toBe(Buffer.from(body).toString('latin1').replaceAll('\r\n', '\n'));
  });

  test('never takes a recipient for an option or for a command of a shell', async () => {
    const got = join(directory, 'hostile');
    const message = await deliver(program('cat > /dev/null'));
    const to = ['$(touch /dev/shm/x)', '-OQueueDirectory=/tmp', 'a;b'];
    await deliver(program(`printf '%s|' "$@" > ${got}; cat > /dev/null`), {
      ...message,
      envelope: { ...message.envelope, to },
    });
    expect(readFileSync(got, 'utf8')).toBe(`-i|-f|integ@mail1.example.org|--|${to.join('|')}|`);
  });

  test.each([
    ['echo "sendmail: fatal: root(0): message file too big" >&2; exit 69'],
    ['echo "552 5.3.4 Message is too large; 20000 bytes max" >&2; exit 69'],
    ['echo "Message size exceeds maximum permitted"; exit 1'],
  ])('that takes no mail as large, and says so by %s, gets a smaller one', async (refusing) => {
    const got = join(directory, `small-${Math.random()}`);
    const mail = program(`cat > ${got}; if grep -q 'Content-Type: application/json' ${got}; then ${refusing}; fi`);
    const { body } = await deliver(mail);
    const text = readFileSync(got, 'utf8');
    expect(text.length).toBeLessThan(body.length);
    expect(text).toContain('no mail as large');
    const error = await failure(program(`cat > /dev/null; ${refusing}`));
    expect(error).toMatchObject({ isRefusal: true, isTooLarge: true });
  });

  test.each([
    [75, true],
    [69, true],
    [71, true],
    [78, true],
    [65, false],
    [67, false],
    [68, false],
  ])('that ends with status %d is tried again later: %s', async (status, isTemporary) => {
    const error = await failure(program(`echo 'queue is full\x1b[2J' >&2; exit ${status}`));
    expect(error.isTemporary).toBe(isTemporary);
    expect(error.message).toMatch(new RegExp(`ended with status ${status}: queue is full\\\\x1b\\[2J$`));
  });

  test('that is not installed, or is killed, is told and tried again later', async () => {
    const absent = await failure('/nonexistent/sendmail');
    expect(absent.message).toBe('/nonexistent/sendmail cannot be run: install a mailer, or use transport: smtp');
    expect(absent.isTemporary).toBe(true);
    const killed = await failure(program('cat > /dev/null; kill -9 $$'));
    expect(killed.message).toMatch(/was ended by a signal$/);
    expect(killed.isTemporary).toBe(true);
  });

  test('gets nothing when the message in the outbox is none of a mail', async () => {
    const message = await deliver(program('cat > /dev/null'));
    expect((await failure(program('exit 0'), { ...message, envelope: {} })).isTemporary).toBe(false);
  });
});
