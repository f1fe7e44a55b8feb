import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Channel, type ChannelName, DeliveryError, type Message } from '../../../src/notify/channel.ts';
import { type DeliveryOptions, deliverWaiting } from '../../../src/notify/delivery.ts';
import { Outbox } from '../../../src/notify/outbox.ts';
import { policyOf } from '../../support/compiled-policies.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const BASELINE = '/srv/mail1.db';
const MINUTE = 60_000;

/** An outbox, a clock, and a channel of each name that takes what it is told to. */
class Desk {
  readonly outbox: Outbox;
  readonly tried: string[] = [];
  now = 1_700_000_000_000;
  isStopping = false;
  refuse: (message: Message) => DeliveryError | undefined = () => undefined;

  constructor() {
    const directory = scratchDirectory();
    this.outbox = new Outbox(join(directory, 'outbox'));
  }

  add(id: string, channel: ChannelName = 'webhook', baseline = BASELINE): void {
    const message = { id, channel, destination: 'somebody', body: Buffer.from(id), envelope: {} };
    this.outbox.add(message, { baseline, report: `report-${id}`, at: this.now });
    this.now += 1;
  }

  /** Delivers what waits, and tells of each message what became of it. */
  async run(isUrgent = false): Promise<Readonly<Record<string, string>>> {
    const load = async (name: ChannelName): Promise<Channel> => ({
      name,
      compose: async () => [],
      deliver: async (message) => {
        this.tried.push(message.id);
        const error = this.refuse(message);
        if (error !== undefined) throw error;
      },
    });
    const options: DeliveryOptions = {
      policy: policyOf([{ paths: ['/etc'] }]),
      load,
      baseline: BASELINE,
      isUrgent,
      now: () => this.now,
      isStopping: () => this.isStopping,
    };
    const outcomes: Record<string, string> = {};
    for await (const { message, outcome } of deliverWaiting(this.outbox, this.outbox.contents().messages, options)) {
      outcomes[message.id] = outcome.kind;
    }
    return outcomes;
  }
}

const down = () => new DeliveryError('is down', true);
const refused = () => new DeliveryError('no such mailbox', false);

test('everything goes out, the oldest first, and leaves nothing behind', async () => {
  const desk = new Desk();
  for (const id of ['a', 'b', 'c']) desk.add(id);
  expect(await desk.run()).toEqual({ a: 'sent', b: 'sent', c: 'sent' });
  expect(desk.tried).toEqual(['a', 'b', 'c']);
  expect(readdirSync(desk.outbox.directory)).toEqual([]);
});

test('messages of another baseline are left for its own runs', async () => {
  const desk = new Desk();
  desk.add('ours');
  desk.add('theirs', 'webhook', '/srv/mail2.db');
  expect(await desk.run()).toEqual({ ours: 'sent' });
  expect(desk.outbox.contents().messages.map(({ message }) => message.id)).toEqual(['theirs']);
});

test('a channel that is down is left alone after two failures, and the others go on', async () => {
  const desk = new Desk();
  for (const id of ['a', 'b', 'c', 'd']) desk.add(id);
  desk.add('mail', 'email');
  desk.refuse = ({ channel }) => (channel === 'webhook' ? down() : undefined);
  expect(await desk.run()).toEqual({ a: 'failed', b: 'failed', c: 'postponed', d: 'postponed', mail: 'sent' });
});

test('messages that are refused for good hold up no other', async () => {
  const desk = new Desk();
  for (const id of ['a', 'b', 'c', 'd']) desk.add(id);
  desk.refuse = ({ id }) => (id === 'd' ? undefined : refused());
  expect(await desk.run()).toEqual({ a: 'refused', b: 'refused', c: 'refused', d: 'sent' });
  // Nobody tries them again, nor do they count as what waits.
  desk.add('new');
  desk.tried.length = 0;
  expect(await desk.run()).toEqual({ new: 'refused' });
  expect(desk.tried).toEqual(['new']);
  expect(desk.outbox.contents().messages).toHaveLength(4);
});

test('the next run tries again at once; after that the pauses double, up to six hours', async () => {
  const desk = new Desk();
  desk.add('a');
  desk.refuse = down;
  expect(await desk.run()).toEqual({ a: 'failed' });
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const last = desk.now;
    while ((await desk.run())['a'] === 'postponed') desk.now += MINUTE;
    pauses.push(Math.round((desk.now - last) / MINUTE));
  }
  expect(pauses).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
  // Who asks for it does not wait.
  expect(await desk.run(true)).toEqual({ a: 'failed' });
});

test('nothing more is begun when the process is to end', async () => {
  const desk = new Desk();
  for (const id of ['a', 'b']) desk.add(id);
  desk.refuse = () => {
    desk.isStopping = true;
    return undefined;
  };
  expect(await desk.run()).toEqual({ a: 'sent' });
  expect(desk.outbox.contents().messages).toHaveLength(1);
});

test('nothing more is begun after two minutes', async () => {
  const desk = new Desk();
  for (const id of ['a', 'b']) desk.add(id);
  desk.refuse = () => {
    desk.now += 3 * MINUTE;
    return undefined;
  };
  expect(await desk.run()).toEqual({ a: 'sent', b: 'postponed' });
});

test('a defect of a channel loses no message', async () => {
  const desk = new Desk();
  desk.add('a');
  desk.refuse = () => {
    throw new TypeError('undefined is not a function');
  };
  expect(await desk.run()).toEqual({ a: 'failed' });
  expect(desk.outbox.contents().messages[0]?.attempts.why).toContain('internal error');
});

test('what was taken of a message is not delivered again', async () => {
  const desk = new Desk();
  desk.add('ab');
  desk.refuse = (message) => new DeliveryError('b is refused', true, { rest: { ...message, body: Buffer.from('b') } });
  expect(await desk.run()).toEqual({ ab: 'failed' });
  const bodies: string[] = [];
  desk.refuse = ({ body }) => {
    bodies.push(String(body));
    return undefined;
  };
  expect(await desk.run()).toEqual({ ab: 'sent' });
  expect(bodies).toEqual(['b']);
});
