import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHANNEL_NAMES, type Message } from '../../../src/notify/channel.ts';
import { Outbox } from '../../../src/notify/outbox.ts';
import { decodeMessage, encodeMessage } from '../../../src/notify/outbox-format.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const POSTMARK = { baseline: '/var/lib/integ/baseline.db', report: '20260102T030405Z-1f2e3d4c', at: 1_700_000_000_000 };

function messageOf(id: string, body = 'text'): Message {
  return { id, channel: 'webhook', destination: 'https://x', body: Buffer.from(body), envelope: { event: 'report' } };
}

function outbox(): Outbox {
  const directory = scratchDirectory();
  return new Outbox(join(directory, 'baseline.db.outbox'));
}

function onlyFile(box: Outbox): string {
  const [waiting, ...others] = box.contents().messages;
  expect(others).toEqual([]);
  return waiting?.file ?? expect.fail('nothing waits');
}

test('what is put in comes out as it was, oldest first, in files for nobody else', () => {
  const box = outbox();
  box.add(messageOf('second'), { ...POSTMARK, at: POSTMARK.at + 1 });
  box.add(messageOf('first', 'line\nof\0bytes'), POSTMARK);
  expect(statSync(box.directory).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(box.directory)) expect(statSync(join(box.directory, name)).mode & 0o777).toBe(0o600);
  const { messages, damaged } = box.contents();
  expect(damaged).toEqual([]);
  expect(messages.map(({ message }) => message.id)).toEqual(['first', 'second']);
  const claim = box.claim(messages[0]?.file ?? '');
  expect(Buffer.from(claim?.message.body ?? '').toString()).toBe('line\nof\0bytes');
  claim?.release();
});

test('a message that waits is not put in twice', () => {
  const box = outbox();
  box.add(messageOf('one', 'as it was'), POSTMARK);
  box.add(messageOf('one', 'another'), POSTMARK);
  expect(readFileSync(onlyFile(box), 'utf8')).toContain('as it was');
});

test('a message that was taken is gone', () => {
  const box = outbox();
  box.add(messageOf('one'), POSTMARK);
  const claim = box.claim(onlyFile(box));
  claim?.begin(POSTMARK.at);
  claim?.delivered();
  claim?.release();
  expect(readdirSync(box.directory)).toEqual([]);
});

test('only one at a time has a message', () => {
  const box = outbox();
  box.add(messageOf('one'), POSTMARK);
  const file = onlyFile(box);
  const first = box.claim(file);
  expect(first).toBeDefined();
  expect(new Outbox(box.directory).claim(file)).toBeUndefined();
  first?.release();
  const second = box.claim(file);
  expect(second).toBeDefined();
  second?.delivered();
  second?.release();
  expect(box.claim(file)).toBeUndefined();
});

test('a failure is remembered, and an attempt whose end nobody noted', () => {
  const box = outbox();
  box.add(messageOf('one'), POSTMARK);
  const file = onlyFile(box);
  const first = box.claim(file);
  expect(first?.mayBeDelivered).toBe(false);
  first?.begin(1);
  first?.failed({ why: 'answered 500', rest: undefined, isRefusal: false });
  first?.release();
  expect(box.contents().messages[0]?.attempts).toMatchObject({ count: 1, why: 'answered 500', isUnderWay: false });
  const second = box.claim(file);
  second?.begin(2);
  second?.release();
  expect(box.claim(file)?.mayBeDelivered).toBe(true);
});

test('one that was refused for good is begun anew when it is put in again', () => {
  const box = outbox();
  box.add(messageOf('one', 'as it was'), POSTMARK);
  const claim = box.claim(onlyFile(box));
  claim?.begin(1);
  claim?.failed({ why: 'no such user', rest: undefined, isRefusal: true });
  claim?.release();
  expect(box.contents().messages[0]?.attempts).toMatchObject({ count: 1, isRefused: true });
  box.add(messageOf('one', 'another'), POSTMARK);
  expect(readFileSync(onlyFile(box), 'utf8')).toContain('another');
  expect(box.contents().messages[0]?.attempts).toMatchObject({ count: 0, isRefused: false });
});

test('a message of the format before is read', () => {
  const box = outbox();
  box.add(messageOf('one', 'old body'), POSTMARK);
  const file = onlyFile(box);
  const [line = ''] = readFileSync(file, 'utf8').split('\n');
  const { format: _, check: __, smaller: ___, ...content } = JSON.parse(line) as Record<string, unknown>;
  const check = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  writeFileSync(file, `${JSON.stringify({ format: 'integ-message/1', ...content, check })}\nold body`);
  const claim = box.claim(file);
  expect(Buffer.from(claim?.message.body ?? '').toString()).toBe('old body');
  expect(claim?.message.smaller).toBeUndefined();
  claim?.release();
});

test('what was taken of a message does not stay in it', () => {
  const box = outbox();
  box.add(messageOf('one', 'for two'), POSTMARK);
  const claim = box.claim(onlyFile(box));
  claim?.failed({ why: 'one of two refused', rest: messageOf('one', 'for one'), isRefusal: false });
  claim?.release();
  const again = box.claim(onlyFile(box));
  expect(Buffer.from(again?.message.body ?? '').toString()).toBe('for one');
  again?.release();
});

test('a damaged file is told once, kept aside and in nobody’s way', () => {
  const box = outbox();
  box.add(messageOf('one'), POSTMARK);
  box.add(messageOf('two'), POSTMARK);
  const [first = expect.fail('nothing waits')] = box.contents().messages;
  appendFileSync(first.file, 'more');
  writeFileSync(join(box.directory, `${'0'.repeat(32)}.message`), 'no message at all');
  writeFileSync(join(box.directory, 'README'), 'somebody put this here');
  const { messages, damaged } = box.contents();
  expect(messages).toHaveLength(1);
  expect(damaged).toHaveLength(2);
  expect(damaged.join('\n')).toContain('its body is damaged');
  expect(box.contents()).toMatchObject({ damaged: [], messages: [{ message: { id: messages[0]?.message.id } }] });
  expect(readdirSync(box.directory).filter((name) => name.endsWith('.damaged'))).toHaveLength(2);
});

test('a full outbox takes nothing more and drops nothing', () => {
  const box = outbox();
  box.add(messageOf('one'), POSTMARK);
  const line = readFileSync(onlyFile(box));
  for (let index = 1; index < 1000; index += 1) {
    writeFileSync(join(box.directory, `${index.toString(16).padStart(32, '0')}.message`), line);
  }
  expect(() => box.add(messageOf('one more'), POSTMARK)).toThrow(/is full: 1000 messages wait/);
  expect(box.contents().messages).toHaveLength(1000);
});

test('a full outbox gives up what was refused for good, the oldest first', () => {
  const box = outbox();
  for (const [id, at] of [
    ['old', POSTMARK.at],
    ['new', POSTMARK.at + 1],
  ] as const) {
    box.add(messageOf(id), { ...POSTMARK, at });
    const claim = box.claim(box.contents().messages.find(({ message }) => message.id === id)?.file ?? '');
    claim?.failed({ why: 'no such user', rest: undefined, isRefusal: true });
    claim?.release();
  }
  const line = Buffer.concat(encodeMessage(messageOf('waits'), POSTMARK));
  for (let index = 2; index < 1000; index += 1) {
    writeFileSync(join(box.directory, `${index.toString(16).padStart(32, '0')}.message`), line);
  }
  box.add(messageOf('one more'), POSTMARK);
  const ids = box.contents().messages.map(({ message }) => message.id);
  expect(ids).toHaveLength(1000);
  expect(ids).toEqual(expect.arrayContaining(['new', 'one more']));
  expect(ids).not.toContain('old');
});

test('a directory that cannot be made is told', () => {
  expect(() => new Outbox('/proc/none/outbox').add(messageOf('one'), POSTMARK)).toThrow(
    /cannot write \/proc\/none\/outbox: the directory does not exist/,
  );
  expect(new Outbox('/proc/none/outbox').contents()).toEqual({ messages: [], damaged: [] });
});

const text = fc.string({ unit: 'binary' });
const messages = fc.record({
  id: text,
  channel: fc.constantFrom(...CHANNEL_NAMES),
  destination: text,
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  envelope: fc.dictionary(text, fc.oneof(text, fc.array(text))),
  smaller: fc.array(
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    { minLength: 1, maxLength: 3 },
  ),
});

test('every message comes back from its file, and none from a file in which a byte is another', () => {
  fc.assert(
    fc.property(messages, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, place, change) => {
      const file = Buffer.concat(encodeMessage(message, POSTMARK));
      expect(decodeMessage(file)).toEqual({ message, postmark: POSTMARK });
      const index = place % file.length;
      file[index] = (file[index] ?? 0) ^ change;
      expect(typeof decodeMessage(file)).toBe('string');
      expect(typeof decodeMessage(file.subarray(0, index))).toBe('string');
    }),
  );
});
