/**
 * How a message is kept in a file: a line of JSON about it, then its body and the smaller ones, to the end of the file;
 * and how what became of its attempts is kept in another, small file beside it. Nothing that is read is believed before
 * its form was looked at.
 */
import { createHash } from 'node:crypto';
import { CHANNEL_NAMES, type ChannelName, type Message } from './channel.ts';

const FORMAT = 'integ-message/2';
/** The same without smaller bodies. */
const FORMER_FORMAT = 'integ-message/1';
const NEWLINE = 0x0a;

/** Where a message comes from. */
export interface Postmark {
  /**
   * Which baseline: its file, or what stands for one that came through a pipe. Only its policy delivers the message.
   */
  readonly baseline: string;
  /** Id of the report. */
  readonly report: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the file of a message holds. */
export interface Kept {
  readonly message: Message;
  readonly postmark: Postmark;
}

/** What became of the attempts to deliver a message. */
export interface Attempts {
  readonly count: number;
  /** When the last one began, in milliseconds since the epoch. */
  readonly lastAt: number;
  /** Whether the last one has begun and nobody noted how it ended. */
  readonly isUnderWay: boolean;
  /** Why the last one failed; empty when that is not known. */
  readonly why: string;
  /** Whether it was refused for good: nobody tries again unless somebody asks for it. */
  readonly isRefused: boolean;
}

export const NO_ATTEMPTS: Attempts = { count: 0, lastAt: 0, isUnderWay: false, why: '', isRefused: false };

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The parts of the file. */
export function encodeMessage({ body, smaller = [], ...message }: Message, postmark: Postmark): readonly Uint8Array[] {
  const sizes = { bytes: body.length, smaller: smaller.map(({ length }) => String(length)) };
  const content = { ...message, ...postmark, ...sizes, sha256: sha256(Buffer.concat([body, ...smaller])) };
  const described = JSON.stringify({ format: FORMAT, ...content, check: sha256(Buffer.from(JSON.stringify(content))) });
  return [Buffer.from(`${described}\n`, 'utf8'), body, ...smaller];
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // What is no list and not null has members by name; each is looked at before it is used.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a Date can hold it: milliseconds since the epoch (ECMA-262, "Time Values and Time Range"). */
function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Math.abs(Number(value)) <= 8.64e15;
}

function isChannel(value: unknown): value is ChannelName {
  return CHANNEL_NAMES.some((name) => name === value);
}

function isEnvelope(value: unknown): value is Message['envelope'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => isText(item) || (Array.isArray(item) && item.every(isText)));
}

/** A message, or in words why the bytes are none. */
export function decodeMessage(bytes: Buffer): Kept | string {
  const end = bytes.indexOf(NEWLINE);
  const fields = end < 0 ? undefined : fieldsOf(bytes.toString('utf8', 0, end));
  if (fields === undefined) return 'it does not begin with a line about a message';
  const { format, check, ...content } = fields;
  if (format !== FORMAT && format !== FORMER_FORMAT) return `its format is not ${FORMAT}`;
  if (check !== sha256(Buffer.from(JSON.stringify(content)))) return 'the line about the message is damaged';
  const { id, channel, destination, envelope, baseline, report, at } = content;
  if (!isText(id) || !isChannel(channel) || !isText(destination) || !isEnvelope(envelope)) return 'it lacks something';
  if (!isText(baseline) || !isText(report) || !isTime(at)) return 'it lacks something';
  const rest = bytes.subarray(end + 1);
  const bodies = partsOf(rest, [content['bytes'], ...(format === FORMER_FORMAT ? [] : lengthsIn(content['smaller']))]);
  if (bodies === undefined || sha256(rest) !== content['sha256']) return 'its body is damaged';
  const [body = rest, ...smaller] = bodies;
  const kept = smaller.length === 0 ? {} : { smaller };
  return { message: { id, channel, destination, envelope, body, ...kept }, postmark: { baseline, report, at } };
}

function lengthsIn(smaller: unknown): readonly unknown[] {
  return Array.isArray(smaller) ? smaller.map((length) => (isText(length) ? Number(length) : undefined)) : [undefined];
}

/** The bytes cut into parts of these lengths; undefined where they are not all of it. */
function partsOf(bytes: Buffer, lengths: readonly unknown[]): readonly Buffer[] | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) return undefined;
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return at === bytes.length ? parts : undefined;
}

export function encodeState(attempts: Attempts): string {
  return `${JSON.stringify(attempts)}\n`;
}

/** Of a damaged note nothing is believed but that there was one, so that the message may have been taken. */
export function decodeState(text: string): Attempts {
  const { count, lastAt, isUnderWay, why, isRefused = false } = fieldsOf(text) ?? {};
  const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  if (isCount && isTime(lastAt) && typeof isUnderWay === 'boolean' && isText(why) && typeof isRefused === 'boolean') {
    return { count, lastAt, isUnderWay, why, isRefused };
  }
  return { count: 1, lastAt: 0, isUnderWay: true, why: '', isRefused: false };
}
