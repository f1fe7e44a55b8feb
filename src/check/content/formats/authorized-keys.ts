/** sshd(8), AUTHORIZED_KEYS FILE FORMAT: which keys let somebody in, and what each is restricted to. */
import { createHash } from 'node:crypto';
import { allKeys, append, type Fact, type Format, groupBy, listChange, type Understood } from './change.ts';
import { linesOf, saysNothing } from './config-lines.ts';
import { shown } from './wording.ts';

interface Key {
  readonly type: string;
  /** Base64 of the public key. */
  readonly blob: string;
  readonly comment: string;
  readonly options: readonly string[];
}

interface Keys extends Understood {
  readonly keys: readonly Key[];
}

const TYPE =
  /^(?:ssh-(?:rsa|dss|ed25519|ed448|xmss)|ecdsa-sha2-nistp\d{3}|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com|(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256))-cert-v01@openssh\.com)$/;
const LENGTH_BYTES = 4;

/** RFC 4253, 6.6: the blob begins with the name of its type. */
function isKeyOf(type: string, blob: string): boolean {
  if (!TYPE.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return false;
  const bytes = Buffer.from(blob, 'base64');
  if (bytes.length < LENGTH_BYTES) return false;
  return bytes.toString('latin1', LENGTH_BYTES, LENGTH_BYTES + bytes.readUInt32BE(0)) === type;
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(blob: string): string {
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** End of the options: the first white space outside of double quotes, in which \" is a quote. */
function optionsEnd(line: string): number {
  let isQuoted = false;
  let index = 0;
  for (; index < line.length && (isQuoted || !/[ \t]/.test(line[index] ?? '')); index++) {
    if (line[index] === '\\' && line[index + 1] === '"') index += 1;
    else if (line[index] === '"') isQuoted = !isQuoted;
  }
  return index;
}

function splitOptions(text: string): string[] {
  const options: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\' && text[index + 1] === '"') index += 1;
    else if (text[index] === '"') isQuoted = !isQuoted;
    else if (text[index] === ',' && !isQuoted) {
      options.push(text.slice(start, index));
      start = index + 1;
    }
  }
  options.push(text.slice(start));
  // Names of options do not care for case, their values do.
  return options
    .filter((option) => option !== '')
    .map((option) => option.replace(/^[^=]*/, (name) => name.toLowerCase()));
}

function bareKey(text: string): { type: string; blob: string; comment: string } | undefined {
  const [, type = '', blob = '', comment = ''] = /^(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/.exec(text) ?? [];
  return isKeyOf(type, blob) ? { type, blob, comment: comment.trim() } : undefined;
}

function parse(text: string): Keys {
  const keys: Key[] = [];
  const entries: string[] = [];
  const unknown: string[] = [];
  for (const line of linesOf(text)) {
    if (saysNothing(line)) continue;
    const trimmed = line.trim();
    const end = optionsEnd(trimmed);
    const plain = bareKey(trimmed);
    const key = plain ?? bareKey(trimmed.slice(end).trimStart());
    if (key === undefined) {
      unknown.push(line);
      continue;
    }
    const options = plain === undefined ? splitOptions(trimmed.slice(0, end)) : [];
    keys.push({ ...key, options });
    entries.push(`${options.join(',')} ${key.type} ${key.blob} ${key.comment}`);
  }
  return { keys, entries, unknown };
}

function shortType(type: string): string {
  const isHardware = type.startsWith('sk-');
  const base = /rsa/.test(type)
    ? 'RSA'
    : /dss/.test(type)
      ? 'DSA'
      : /ecdsa/.test(type)
        ? 'ECDSA'
        : /ed25519/.test(type)
          ? 'ED25519'
          : type;
  return `${base}${isHardware ? '-SK' : ''}${type.includes('-cert-') ? '-CERT' : ''}`;
}

function shownKey(key: Key): string {
  const comment = key.comment === '' ? 'no comment' : shown(key.comment);
  return `${fingerprint(key.blob)} ${comment} (${shortType(key.type)})`;
}

/** Options that narrow what a key may do; without them it may do more. */
const NARROWING = /^(?:restrict|no-|command=|from=|expiry-time=|principals=|permitopen=|permitlisten=|verify-required)/;

function added(key: Key): Fact {
  const what = key.options.includes('cert-authority') ? 'certificate authority' : 'key';
  const options = key.options.length === 0 ? 'without restrictions' : `with ${key.options.map(shown).join(', ')}`;
  return { rank: 0, text: `${what} added: ${shownKey(key)}, ${options}` };
}

function changed(before: Key, after: Key): Fact[] {
  const options = listChange(before.options, after.options);
  const key = shownKey(after);
  const facts: Fact[] = [
    ...options.removed.map((option): Fact => {
      return { rank: NARROWING.test(option) ? 0 : 1, text: `${shown(option)} removed from key ${key}` };
    }),
    ...options.added.map((option): Fact => {
      return { rank: NARROWING.test(option) ? 1 : 0, text: `${shown(option)} added to key ${key}` };
    }),
  ];
  if (before.options.length > 0 && after.options.length === 0) {
    facts.push({ rank: 0, text: `key ${key} has no restrictions any more` });
  }
  if (before.comment !== after.comment) {
    const text = `comment of key ${fingerprint(after.blob)} changed from ${shown(before.comment)} to ${shown(after.comment)}`;
    facts.push({ rank: 2, text });
  }
  return facts;
}

function describe(before: string, after: string) {
  const old = parse(before);
  const now = parse(after);
  const keyOf = (key: Key) => `${key.type} ${key.blob}`;
  const oldKeys = groupBy(old.keys, keyOf);
  const keys = groupBy(now.keys, keyOf);
  const facts: Fact[] = [];
  for (const name of allKeys(oldKeys, keys)) {
    const previous = oldKeys.get(name) ?? [];
    const present = keys.get(name) ?? [];
    const [first] = previous;
    const [key] = present;
    if (key === undefined && first !== undefined) facts.push({ rank: 1, text: `key removed: ${shownKey(first)}` });
    if (key === undefined) continue;
    append(facts, first === undefined ? [added(key)] : changed(first, key));
    if (present.length !== previous.length && (present.length > 1 || previous.length > 1)) {
      const times = present.length === 1 ? 'only once' : `${present.length} times`;
      facts.push({ rank: 1, text: `key ${shownKey(key)} stands ${times} now; the first that fits is used` });
    }
  }
  return { facts, before: old, after: now };
}

export const authorizedKeys: Format = { order: 'the first line that has the key and fits is used', describe };
