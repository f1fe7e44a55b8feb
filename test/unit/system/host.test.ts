import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { describeOperator, isoTime, liveHost } from '../../../src/system/host.ts';

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'root'],
  [1000, 'alice'],
]);
const operator = (uid: number, sudoUser?: string, loginUid?: number): string =>
  describeOperator({ uid, sudoUser, loginUid }, (id) => NAMES.get(id));

describe('who runs the program', () => {
  test('is the user, or the number of one without a name', () => {
    expect(operator(0)).toBe('root');
    expect(operator(77)).toBe('uid 77');
  });

  test('is told with the person behind sudo or behind the log-in', () => {
    expect(operator(0, 'alice')).toBe('root (sudo by alice)');
    expect(operator(0, 'alice', 1000)).toBe('root (sudo by alice)');
    expect(operator(0, undefined, 1000)).toBe('root (logged in as alice)');
    expect(operator(1000, undefined, 1000)).toBe('alice');
  });

  test('is told with both when the environment and the kernel disagree', () => {
    expect(operator(0, 'bob', 1000)).toBe('root (sudo by bob, logged in as alice)');
  });

  test('cannot bring control characters in through the environment', () => {
    expect(operator(0, 'x\x1b[2J\n')).toBe('root (sudo by x\\x1b[2J\\n)');
  });
});

describe('the host', () => {
  test('gives time as nanoseconds and as ISO 8601', () => {
    expect(isoTime(1_767_323_045_678_901_234n)).toBe('2026-01-02T03:04:05.678901234Z');
    expect(isoTime(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
    const before = BigInt(Date.now());
    const now = liveHost.now() / 1_000_000n;
    expect(now >= before && now <= BigInt(Date.now())).toBe(true);
  });

  test('gives its name, its boot id, who runs this and ids that differ', () => {
    expect(liveHost.hostName()).toBe(hostname());
    expect(liveHost.bootId()).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(liveHost.operator()).not.toBe('');
    const ids = Array.from({ length: 100 }, () => liveHost.randomId());
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
  });
});
