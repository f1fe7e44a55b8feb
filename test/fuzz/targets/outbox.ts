/** Messages that wait in the outbox, and the notes about attempts: read as they were put in, or called damaged. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNotifyQueue } from '../../../src/cli/commands/notify/queue.ts';
import type { Message } from '../../../src/notify/channel.ts';
import { decodeMessage, decodeState, encodeMessage, encodeState } from '../../../src/notify/outbox-format.ts';
import { contextWith } from '../engine/context.ts';
import { mutateJson } from '../engine/json.ts';
import type { Random } from '../engine/random.ts';
import { Refused, requirePrintable, type Target } from '../engine/target.ts';

const POSTMARK = { baseline: '/var/lib/integ/baseline.db', report: '20260102T030405Z-1f2e3d4c', at: 1_700_000_000_000 };

function message(more: Partial<Message>): Message {
  const body = Buffer.from('Subject: x\r\n\r\ntext\n');
  return {
    id: 'report.email.1',
    channel: 'email',
    destination: 'root',
    body,
    envelope: { to: ['root'], from: 'x' },
    ...more,
  };
}

const MESSAGES: readonly Message[] = [
  message({}),
  message({ channel: 'webhook', envelope: { event: 'report' }, body: Buffer.from('{}') }),
  message({ channel: 'syslog', body: Buffer.alloc(0), envelope: {} }),
];

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Changes the line about the message, and puts the sums right that keep damage out. */
function forged(input: Buffer, random: Random): Buffer | undefined {
  const end = input.indexOf(0x0a);
  let line: unknown;
  try {
    line = JSON.parse(input.toString('utf8', 0, end));
  } catch {
    return undefined;
  }
  if (typeof line !== 'object' || line === null) return undefined;
  const changed = mutateJson(line, random, ['email', 'syslog', 'webhook', '\r\nBcc: x', '/etc/passwd']);
  if (typeof changed !== 'object' || changed === null) return undefined;
  const { format, check: _, ...content } = { format: undefined, check: undefined, ...changed };
  const check = sha256(Buffer.from(JSON.stringify(content)));
  return Buffer.concat([Buffer.from(`${JSON.stringify({ format, ...content, check })}\n`), input.subarray(end + 1)]);
}

export const outbox: Target = {
  name: 'outbox',
  seeds: () => MESSAGES.map((one) => Buffer.concat([...encodeMessage(one, POSTMARK)])),
  mutate: (input, random) => (random.once(2) ? forged(input, random) : undefined),
  read: async (input, scratch) => {
    const directory = join(scratch, 'x.outbox');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o700 });
    const name = `${'0'.repeat(32)}.message`;
    writeFileSync(join(directory, name), input);
    writeFileSync(join(directory, `${name}.state`), input.subarray(0, 200));
    const context = contextWith({ history: join(scratch, 'x.history') });
    await runNotifyQueue(context, { format: 'text' });
    await runNotifyQueue(context, { format: 'json' });
    requirePrintable(context.terminal.printed, 'the queue');
    if (readdirSync(directory).length !== 2) throw new Error('a file is lost');
    const kept = decodeMessage(input);
    if (typeof kept === 'string') throw new Refused(kept);
    const again = decodeMessage(Buffer.concat([...encodeMessage(kept.message, kept.postmark)]));
    if (typeof again === 'string') throw new Error(`a message that was read cannot be kept again: ${again}`);
    return `${kept.message.channel} ${Object.keys(kept.message.envelope).length}`;
  },
  shortRuns: 150,
};

export const attempts: Target = {
  name: 'attempts',
  seeds: () => [
    Buffer.from(encodeState({ count: 3, lastAt: 1_700_000_000_000, isUnderWay: false, isRefused: false, why: 'no' })),
  ],
  read: (input) => {
    const read = decodeState(input.toString('utf8'));
    const again = decodeState(encodeState(read));
    if (JSON.stringify(again) !== JSON.stringify(read)) throw new Error('what was read does not come back');
    return read.isUnderWay ? 'under way' : 'over';
  },
  shortRuns: 1000,
};
