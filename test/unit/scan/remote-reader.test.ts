import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Path, pathFromLatin1, ROOT } from '../../../src/model/bytes.ts';
import { EntryPaths, type ScanSummary } from '../../../src/model/entry.ts';
import type { Failure } from '../../../src/model/errors.ts';
import {
  entryLine,
  failureLine,
  headerLine,
  prefixLine,
  refusalLine,
  summaryLine,
  violationLine,
} from '../../../src/scan/remote-format.ts';
import { PrefixAnswers } from '../../../src/scan/remote-prefixes.ts';
import { RemoteScanReader } from '../../../src/scan/remote-reader.ts';
import { decodeRequest, encodeRequest, type RemoteRequest, requestVersion } from '../../../src/scan/remote-request.ts';
import { record } from '../check/trees.ts';

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
function read(text: string | Buffer, piece = 1 << 16) {
  const entries: { path: Path; rule: number; record: string }[] = [];
  const failures: { failure: Failure; below: boolean }[] = [];
  const paths = new EntryPaths();
  const prefixes = new PrefixAnswers();
  const reader = new RemoteScanReader(
    {
      sender: 'root@mail1',
      version: '1.2.3',
      policySha256: SHA256,
      rules: [
        { name: 'Tree', isRequirement: false },
        { name: 'Logs', isRequirement: true },
      ],
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
  it('gives back every path and record whatever bytes they hold, in pieces of any size', () => {
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

  it('gives back failures, violations, digests of logs and the summary', () => {
    const failure = { path: path('/a\n\xff'), operation: 'open', code: 'EACCES', message: 'no' };
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
    expect(result.prefixes.digestPrefix(log.path, 2n, log.algorithms)).toMatchObject({ code: 'LOST' });
  });

  it.each<[string, string | Buffer, RegExp]>([
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
        forged(failureLine({ path: ROOT, operation: '', code: '', message: '' }, true, 'scan'), {}).replace(
          '"scan"',
          '"x"',
        ),
      /neither scan nor/,
    ],
  ])('ends the check when it is %s', (_, text, words) => {
    expect(() => read(text)).toThrowError(words);
  });

  it.each<[object, RegExp]>([
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

  it('is refused or read, but breaks nothing, whatever bytes come', () => {
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

  it('builds a chain of thousands of directories', () => {
    const deep = path('/d'.repeat(20_000));
    expect(read(HEADER + entryLine(deep, 0, RECORD, false) + summary(1)).entries[0]?.path).toBe(deep);
  });
});

describe('a request for a scan', () => {
  it('comes over as it was', () => {
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
      prefixes: [{ path: path('/l\n'), inode: 2n ** 64n - 1n, length: 2n ** 63n, algorithms: ['sha256', 'xxh64'] }],
      requirements: true,
    };
    expect(decodeRequest(encodeRequest(request))).toEqual(request);
    const whole = { ...request, scope: undefined, jobs: undefined, maxRate: undefined };
    expect(decodeRequest(encodeRequest(whole))).toEqual(whole);
  });

  it.each<[object, RegExp]>([
    [{ schema: 'x' }, /not in the form/],
    [{ schema: { toString: 1 } }, /not in the form/],
    [{ root: 'relative' }, /root is not/],
    [{ jobs: 0 }, /jobs is not/],
    [{ maxRate: 0 }, /maxRate is 0/],
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
      prefixes: [],
      requirements: false,
    });
    expect(() => decodeRequest(forged(sound, values))).toThrowError(words);
  });

  it.each([{ toString: 1 }, 'integ-scan', null])('of no schema tells no version: %j', (schema) => {
    expect(() => requestVersion(forged('{}', { schema, version: '1' }))).toThrowError(/it is no request/);
  });
});
