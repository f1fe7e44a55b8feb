/**
 * Changes a JSON value where its reader may not expect it: other types, extremes, members gone, doubled or exchanged.
 */
import type { Random } from './random.ts';

const TEXTS = [
  ...[
    '',
    ' ',
    '\u0000',
    '\u001b[2J',
    '\u202e',
    '\ud800',
    '\r\n',
    '../x',
    '/',
    '//',
    '/./x',
    '__proto__',
    '<b>',
    '=1+1',
  ],
  ...['1', 'true', 'null', '0'.repeat(64), '\u009b31m', 'x'.repeat(5000), '\\', '"', '|', '\u2028', '9'.repeat(30)],
];
const OTHERS: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 53, 1e308, -0, [], {}, [[]], [null], { a: 1 }, { length: 3 }, ''],
  ...[{ toString: 1 }, ['x'], [0], { constructor: null }, 4_294_967_296],
];

function otherValue(random: Random, words: readonly string[]): unknown {
  if (random.once(3)) return random.pick(OTHERS);
  return random.once(2) || words.length === 0 ? random.pick(TEXTS) : random.pick(words);
}

function changedText(text: string, random: Random, words: readonly string[]): string {
  const at = random.below(text.length + 1);
  const piece = random.once(2) || words.length === 0 ? random.pick(TEXTS) : random.pick(words);
  return random.once(3) ? text.slice(0, at) : text.slice(0, at) + piece + text.slice(random.once(2) ? at : at + 1);
}

function changedNode(value: unknown, random: Random, words: readonly string[]): unknown {
  if (typeof value === 'string' && random.once(2)) return changedText(value, random, words);
  if (Array.isArray(value) && value.length > 0 && random.once(2)) {
    const at = random.below(value.length);
    return random.once(2) ? value.toSpliced(at, 1) : value.toSpliced(at, 0, structuredClone(random.pick(value)));
  }
  if (typeof value === 'object' && value !== null && random.once(2)) {
    const members = Object.entries(value);
    if (members.length === 0) return { [random.pick(TEXTS)]: otherValue(random, words) };
    const [key, member] = random.pick(members);
    const rest = members.filter(([name]) => name !== key);
    if (random.once(2)) return Object.fromEntries(rest);
    const other = random.pick(members)[0];
    return Object.fromEntries([...rest, [random.once(2) ? other : changedText(key, random, words), member]]);
  }
  return otherValue(random, words);
}

/** Goes down some steps and changes what is there. Objects are made anew: the given value stays as it is. */
function changedWithin(value: unknown, random: Random, words: readonly string[], depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return changedNode(value, random, words);
  const keys = Object.keys(value);
  if (keys.length === 0) return changedNode(value, random, words);
  const key = random.pick(keys);
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === key ? changedWithin(item, random, words, depth - 1) : item));
  }
  const members = Object.entries(value).map(([name, member]) => {
    return [name, name === key ? changedWithin(member, random, words, depth - 1) : member] as const;
  });
  return Object.fromEntries(members);
}

const MOST_CHANGES = 4;
const DEEPEST = 8;

/** The value with a few changes. `words` are texts that mean something to its reader. */
export function mutateJson(value: unknown, random: Random, words: readonly string[]): unknown {
  let changed = value;
  for (let left = random.small(MOST_CHANGES); left > 0; left -= 1) {
    changed = changedWithin(changed, random, words, random.below(DEEPEST));
  }
  return changed;
}

function textsIn(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, member) => sum + textsIn(member), 0);
}

/** The value with one of its texts changed, counted in the order of writing: all types stay as they are. */
export function mutateText(value: unknown, random: Random, words: readonly string[]): unknown {
  let left = random.below(textsIn(value));
  const changed = (node: unknown): unknown => {
    if (typeof node === 'string') {
      left -= 1;
      return left === -1 ? changedText(node, random, words) : node;
    }
    if (Array.isArray(node)) return node.map(changed);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, changed(member)]));
  };
  return changed(value);
}
