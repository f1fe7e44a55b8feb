import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Path, pathFromLatin1, ROOT } from '../../../src/model/bytes.ts';
import { EntryPaths, type ScanSummary } from '../../../src/model/entry.ts';
import type { Failure } from '../../../src/model/errors.ts';
import { LONGEST_RECORD } from '../../../src/wire/bounds.ts';
import {
  entryLine,
  failureLine,
  headerLine,
  prefixLine,
  pulseLine,
  refusalLine,
  summaryLine,
  violationLine,
} from '../../../src/wire/format.ts';
import { PrefixAnswers } from '../../../src/wire/prefixes.ts';
import { type ExpectedScan, RemoteScanReader } from '../../../src/wire/reader.ts';
import { decodeRequest, encodeRequest, type RemoteRequest, requestVersion } from '../../../src/wire/request.ts';
import { record } from '../../support/compared-trees.ts';

const SHA256 = 'a'.repeat(64);
const header = {
  host: 'mail1',
  version: '1.2.3',
  root: ROOT,
  policyName: 'p',
  policySha256: SHA256,
  rules: ['Tree', 'Logs'],
};
const HEADER = headerLine(header);
const RECORD = record({ content: 'x' });
const ENTRY = entryLine(path('/etc/x'), 0, RECORD, false);

function path(latin1: string): Path {
  return pathFromLatin1(latin1);
}

function summary(examined: number, more: Partial<ScanSummary> = {}): string {
  return summaryLine({ examined, bytes: 7n, failures: 0, mounts: [], unavailable: [], ...more });
}

/** Reads a stream in pieces of the given size, as a network would deliver it. */
function read(text: string | Buffer, piece = 1 << 16, more: Partial<ExpectedScan> = {}) {
  const entries: { path: Path; rule: number; record: string }[] = [];
  const failures: { failure: Failure; below: boolean }[] = [];
  const paths = new EntryPaths();
  const prefixes = new PrefixAnswers(
    [1n, 2n, 2n ** 63n].map((length) => ({ path: path('/log'), inode: 1n, length, algorithms: ['md5'] })),
  );
  const reader = new RemoteScanReader(
    {
      sender: 'root@mail1',
      version: '1.2.3',
      policySha256: SHA256,
      rules: [
        { name: 'Tree', isRequirement: false },
        { name: 'Logs', isRequirement: true },
      ],
      longest: 1 << 26,
      requested: { mayGovern: () => true, mayRequire: () => true },
      keep: () => undefined,
      ...more,
    },
    {
      entry: (entry) =>
        entries.push({
          path: paths.of(entry),
          rule: entry.rule,
          record: Buffer.from(entry.record).toString('hex'),
        }),
      listed: () => undefined,
      failure: (failure, below) => failures.push({ failure, below }),
    },
    prefixes,
  );
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += piece) reader.take(bytes.subarray(start, start + piece));
  return { ...reader.finish(), entries, told: failures, prefixes };
}

/** The first line of this kind with other values in it. */
function forged(line: string, values: object): string {
  return `${JSON.stringify({ ...(JSON.parse(line) as object), ...values })}\n`;
}

const names = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replace(/[/\0]/g, '_'))
  .filter((name) => name !== '.' && name !== '..');
const paths = fc.array(names, { maxLength: 6 }).map((parts) => path(`/${parts.join('/')}`));

describe('a scan that comes from another host', () => {
  test('gives back every path and record whatever bytes they hold, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(paths, { maxLength: 20 }), fc.integer({ min: 1, max: 500 }), (all, piece) => {
        const lines = all.map((at, index) => entryLine(at, index % 2, record({ content: at }), index % 3 === 0));
        const result = read(HEADER + lines.join('') + summary(all.length), piece);
        expect(result.entries).toEqual(
          all.map((at, index) => ({
            path: at,
            rule: index % 2,
            record: Buffer.from(record({ content: at })).toString('hex'),
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('gives back failures, violations, digests of logs and the summary', () => {
    const failure = { path: path('/a\n\xff'), operation: 'open', code: 'EACCES', message: 'no' } as const;
    const violation = { path: path('/b'), rule: 1, expected: { mode: '0600' }, actual: { mode: '0644' } };
    const mount = { path: path('/m \\'), type: 'ext4', source: '/dev/sda1', options: 'ro', entered: true };
    const unavailable = { attribute: 'caps', fileSystem: 'tmpfs', example: path('/t') };
    const log = { path: path('/log'), length: 2n ** 63n, algorithms: ['md5'] as const };
    const digest = Buffer.alloc(16, 3);
    const result = read(
      HEADER +
        failureLine(failure, true, 'scan') +
        failureLine(failure, false, 'requirements') +
        violationLine(violation) +
        prefixLine({ ...log, outcome: digest }) +
        prefixLine({ ...log, length: 1n, outcome: failure }) +
        summary(0, { failures: 1, mounts: [mount], unavailable: [unavailable], bytes: 2n ** 60n }),
    );
    expect(result.told).toEqual([{ failure, below: true }]);
    expect(result.failures).toEqual([failure]);
    expect(result.violations).toEqual([violation]);
    expect(result.summary).toEqual({
      examined: 0,
      bytes: 2n ** 60n,
      failures: 1,
      mounts: [mount],
      unavailable: [unavailable],
    });
    expect(result.prefixes.digestPrefix(log.path, log.length, log.algorithms)).toEqual(digest);
    expect(result.prefixes.digestPrefix(log.path, 1n, log.algorithms)).toEqual({ ...failure, path: log.path });
    expect(result.prefixes.digestPrefix(log.path, 2n, log.algorithms)).toMatchObject({ code: 'UNANSWERED' });
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /ended before the scan did/],
    ['no last line', HEADER + ENTRY, /ended before the scan did/],
    ['a last line that is cut off', HEADER + ENTRY + summary(1).slice(0, -1), /ended before the scan did/],
    ['a greeting', `Welcome!\n${HEADER}`, /line 1: it is not JSON/],
    ['an empty line', `${HEADER}\n`, /line 2: it is not JSON/],
    ['an object of another kind', '{}\n', /line 1: it is no scan of integ/],
    ['a list', `${HEADER}[]\n`, /it is not an object/],
    ['an unknown line', `${HEADER}{"x":1}\n`, /neither an entry/],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x0a]), /not UTF-8/],
    ['a line that never ends', Buffer.alloc(1 << 25, 0x20), /longer than/],
    ['another version', headerLine({ ...header, version: '9.9.9' }), /has integ 9\.9\.9, and this is integ 1\.2\.3/],
    ['a refusal of another version', refusalLine('mail1', '9.9.9'), /has integ 9\.9\.9/],
    ['another policy', headerLine({ ...header, policySha256: 'b' }), /another policy/],
    ['other rules', headerLine({ ...header, rules: ['Tree'] }), /another policy/],
    ['a host name that a terminal obeys', headerLine({ ...header, host: 'x\x1b[2J' }), /cannot be printed/],
    ['no host name', headerLine({ ...header, host: '' }), /no name of a host/],
    ['fewer objects than announced', HEADER + summary(1), /1 objects announced, 0 received/],
    ['more objects than announced', HEADER + ENTRY + summary(0), /0 objects announced, 1 received/],
    ['fewer failures than announced', HEADER + summary(0, { failures: 1 }), /1 failures announced/],
    ['something after the end', HEADER + summary(0) + ENTRY, /after the end/],
    ['an entry before the first line', ENTRY, /no scan of integ/],
    [
      'a mount that a terminal obeys',
      `${HEADER}${summary(0, { mounts: [{ path: ROOT, type: '\x1b', source: '', options: '', entered: true }] })}`,
      /cannot be printed/,
    ],
    [
      'a violation of a rule without requirements',
      HEADER + violationLine({ path: ROOT, rule: 0, expected: {}, actual: {} }),
      /requires nothing/,
    ],
    [
      'a violation of something unknown',
      HEADER + violationLine({ path: ROOT, rule: 1, expected: { evil: 'x' }, actual: {} }),
      /no requirement/,
    ],
    [
      'digests of a wrong length',
      HEADER + prefixLine({ path: ROOT, length: 1n, algorithms: ['md5'], outcome: Buffer.alloc(3) }),
      /another length/,
    ],
    [
      'an unknown digest',
      HEADER +
        prefixLine({ path: ROOT, length: 1n, algorithms: ['md5'], outcome: Buffer.alloc(16) }).replace('md5', 'md9'),
      /unknown digest/,
    ],
    [
      'a failure of no part',
      HEADER +
        forged(failureLine({ path: ROOT, operation: '', code: 'EIO', message: '' }, true, 'scan'), {}).replace(
          '"scan"',
          '"x"',
        ),
      /neither scan nor/,
    ],
  ])('ends the check when it is %s', (_, text, words) => {
    expect(() => read(text)).toThrowError(words);
  });

  const failure = { path: path('/f'), operation: 'open', code: 'EACCES', message: 'no' } as const;
  const mount = { path: path('/m'), type: 'ext4', source: '/dev/sda1', options: 'ro', entered: true };
  const long = 'x'.repeat(4097);

  test.each<[string, string, RegExp]>([
    ['a name longer than any', entryLine(path(`/${long}`), 0, RECORD, false), /path is too long/],
    ['a path longer than any', entryLine(path(`/${'name/'.repeat(500_000)}x`), 0, RECORD, false), /path is too long/],
    ['more directories than any', entryLine(path('/d'.repeat(70_000)), 0, RECORD, false), /path is too long/],
    [
      'attributes longer than any',
      entryLine(path('/x'), 0, record({ values: { xattrs: Buffer.alloc(LONGEST_RECORD) } }), false),
      /record is longer/,
    ],
    [
      'a long message',
      forged(failureLine(failure, false, 'scan'), { failure: { ...failure, message: long } }),
      /longer/,
    ],
    ...['LOST', 'ENOENT\x1b[2J', 'toString', ''].map((code): [string, string, RegExp] => [
      `a code that no scan gives: ${JSON.stringify(code)}`,
      forged(failureLine(failure, false, 'scan'), { failure: { ...failure, below: false, part: 'scan', code } }),
      /code is none that a scan gives/,
    ]),
    ['a long operation', failureLine({ ...failure, operation: long }, false, 'scan'), /operation is longer/],
    [
      'a long value',
      `${JSON.stringify({ violation: { path: '/b', rule: 1, expected: { mode: long }, actual: {} } })}\n`,
      /expected is longer/,
    ],
    ['brackets in brackets', `{"record":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`, /nested too deep/],
    ['a million values', `{"record":[${'{},'.repeat(1_100_000)}{}]}\n`, /more than 1000000 values/],
    ['a number of a million digits', `{"path":"/x","rule":${'9'.repeat(1_000_000)},"record":""}\n`, /rule is not/],
    ['more rules than asked for', forged(HEADER, { rules: ['Tree', 'Logs', 'More'] }), /more than 2 items/],
    ['mounts in no order', summary(0, { mounts: [mount, mount] }), /mounts are not in order/],
    [
      'more mounts than Linux allows',
      forged(summary(0), { summary: { examined: 0, bytes: '0', failures: 0, mounts: Array(100_001).fill(0) } }),
      /more than 100000 items/,
    ],
    ['a long name of a device', summary(0, { mounts: [{ ...mount, source: 'x'.repeat(70_000) }] }), /source is longer/],
    ['a sign of life out of turn', pulseLine(2), /not the next one/],
    [
      'digests that nobody asked for',
      prefixLine({ path: path('/log'), length: 7n, algorithms: ['md5'], outcome: Buffer.alloc(16) }),
      /none that was asked for/,
    ],
    [
      'digests told twice',
      prefixLine({ path: path('/log'), length: 1n, algorithms: ['md5'], outcome: Buffer.alloc(16) }).repeat(2),
      /none that was asked for/,
    ],
  ])('is not kept in memory when it holds %s', (_, line, words) => {
    expect(() => read(line.startsWith('{"schema"') ? line : HEADER + line)).toThrowError(words);
  });

  test('may say that it goes on, as often as it likes', () => {
    expect(read(HEADER + pulseLine(1) + ENTRY + pulseLine(2) + summary(1)).entries).toHaveLength(1);
  });

  test('is over when all of it is longer than it may be', () => {
    const endless = HEADER + ENTRY.repeat(1000);
    expect(() => read(endless, 100, { longest: 10_000 })).toThrowError(/all of it is longer than 10000 bytes/);
  });

  test('has every failure, violation and digest counted before it is kept', () => {
    const counted: [string, number][] = [];
    const keep = (at: Path, bytes: number): void => {
      counted.push([at, bytes]);
    };
    const violation = { path: path('/v'), rule: 1, expected: { mode: '0600' }, actual: { mode: '0644' } };
    const log = { path: path('/log'), length: 1n, algorithms: ['md5'] as const, outcome: Buffer.alloc(16) };
    read(
      HEADER + failureLine(failure, false, 'requirements') + violationLine(violation) + prefixLine(log) + summary(0),
      99,
      {
        keep,
      },
    );
    expect(counted).toEqual([
      ['/f', 'open'.length + 'EACCES'.length + 'no'.length],
      ['/v', 2 * 'mode0600'.length],
      ['/log', 0],
    ]);
  });

  test('may violate any requirement there is', () => {
    const values = { no_setuid: true, parents_not_writable: true, max_age: 'at most 1h', content: 'a line' };
    const violation = { path: path('/b'), rule: 1, expected: values, actual: values };
    expect(read(HEADER + violationLine(violation) + summary(0)).violations).toEqual([violation]);
  });

  test('has its longest texts cut where it is made, so that they are not refused', () => {
    const words = 'w'.repeat(9000);
    const violation = { path: path('/b'), rule: 1, expected: { content: words }, actual: { content: words } };
    const text = failureLine({ ...failure, message: words }, false, 'scan') + violationLine(violation);
    const result = read(HEADER + text + summary(0, { failures: 1 }));
    expect(result.told[0]?.failure.message).toHaveLength(4096);
    expect(result.violations[0]?.actual).toEqual({ content: `${'w'.repeat(4095)}…` });
  });

  test.each<[object, RegExp]>([
    ...[99, -1, 0.5, '0', null, 2 ** 60].map((rule): [object, RegExp] => [{ rule }, /rule is/]),
    [{ record: '' }, /not in the form of a record/],
    [{ record: 'AAAA' }, /not in the form of a record/],
    [{ record: Buffer.alloc(300, 0xff).toString('base64') }, /not in the form of a record/],
    [{ record: Buffer.from(RECORD).subarray(0, -1).toString('base64') }, /not in the form of a record/],
    [{ record: '%%%%' }, /not base64/],
    [{ record: `${Buffer.from(RECORD).toString('base64')}\n` }, /not base64/],
    [{ record: 7 }, /not text/],
    ...['relative', '/a/../b', '/a//b', '/a/', '/a/./b', '/..', '/a\0b', '', '//'].map((bad): [object, RegExp] => [
      { path: bad },
      /not an absolute path/,
    ]),
    [{ path: 7 }, /not text/],
    [{ pathBase64: Buffer.from('/bin/sh').toString('base64') }, /not the same path/],
    [{ pathBase64: '*' }, /not base64/],
    [{ path: '../x', pathBase64: Buffer.from('../x').toString('base64') }, /not an absolute path/],
  ])('makes no finding of an entry with %j', (values, words) => {
    expect(() => read(HEADER + forged(ENTRY, values) + summary(1))).toThrowError(words);
  });

  test('is refused or read, but breaks nothing, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(400), (noise, at) => {
        const text = HEADER + ENTRY + summary(1);
        const damaged = text.slice(0, at) + noise + text.slice(at);
        try {
          read(damaged);
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError', code: 'io' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('builds a chain of thousands of directories', () => {
    const deep = path('/d'.repeat(20_000));
    expect(read(HEADER + entryLine(deep, 0, RECORD, false) + summary(1)).entries[0]?.path).toBe(deep);
  });
});

describe('a request for a scan', () => {
  test('comes over as it was', () => {
    const request: RemoteRequest = {
      version: '1.2.3',
      policy: [{ name: 'p.yaml', text: 'version: 1\n# \u2028 ü' }],
      startLinks: [{ rule: 0, path: path('/bin'), target: path('/usr/b\xffin') }],
      root: '/mnt/ü',
      scope: ['/etc/**'],
      jobs: 3,
      portable: false,
      nice: true,
      maxRate: 52_428_800,
      deadline: 14_400,
      stall: 600,
      skipped: [{ path: path('/big\xff'), times: 2 }],
      prefixes: [{ path: path('/l\n'), inode: 2n ** 64n - 1n, length: 2n ** 63n, algorithms: ['sha256', 'xxh64'] }],
      requirements: true,
    };
    expect(decodeRequest(Buffer.from(encodeRequest(request)))).toEqual(request);
    const whole = { ...request, scope: undefined, jobs: undefined, maxRate: undefined, deadline: undefined };
    expect(decodeRequest(Buffer.from(encodeRequest(whole)))).toEqual(whole);
  });

  test.each<[object, RegExp]>([
    [{ schema: 'x' }, /not in the form/],
    [{ schema: { toString: 1 } }, /not in the form/],
    [{ root: 'relative' }, /root is not/],
    [{ jobs: 0 }, /jobs is not/],
    [{ maxRate: 0 }, /maxRate is 0/],
    [{ deadline: -1 }, /deadline is not/],
    [{ stall: 0 }, /stall is 0/],
    [{ stall: -1 }, /stall is not/],
    [{ leftOut: [{ path: '/x', times: 9 }] }, /times is not/],
    [{ policy: 'x' }, /policy is not a list/],
    [{ prefixes: [{ path: '/l', inode: '-1', length: '1', algorithms: [] }] }, /64 bits/],
    [{ prefixes: [{ path: '/l', inode: '18446744073709551616', length: '1', algorithms: [] }] }, /64 bits/],
  ])('is refused with %j', (values, words) => {
    const sound = encodeRequest({
      version: '1',
      policy: [],
      startLinks: [],
      root: '/',
      scope: undefined,
      jobs: undefined,
      portable: false,
      nice: false,
      maxRate: undefined,
      deadline: undefined,
      stall: 600,
      skipped: [],
      prefixes: [],
      requirements: false,
    });
    expect(() => decodeRequest(Buffer.from(forged(sound, values)))).toThrowError(words);
  });

  test.each([{ toString: 1 }, 'integ-scan', null])('of no schema tells no version: %j', (schema) => {
    expect(() => requestVersion(Buffer.from(forged('{}', { schema, version: '1' })))).toThrowError(/it is no request/);
  });
});
