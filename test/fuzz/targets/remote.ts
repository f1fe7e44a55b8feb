/** What another host answers to a check, and what it asks for a scan: well-formed, or the end of the reading. */
import { pathFromLatin1, printable, ROOT } from '../../../src/model/bytes.ts';
import { EntryPaths } from '../../../src/model/entry.ts';
import { formatAttributes } from '../../../src/model/values.ts';
import {
  entryLine,
  failureLine,
  headerLine,
  prefixLine,
  summaryLine,
  violationLine,
} from '../../../src/wire/format.ts';
import { Malformed } from '../../../src/wire/json.ts';
import { PrefixAnswers } from '../../../src/wire/prefixes.ts';
import { RemoteScanReader } from '../../../src/wire/reader.ts';
import { decodeRequest, encodeRequest, requestVersion } from '../../../src/wire/request.ts';
import { record } from '../../support/compared-trees.ts';
import { mutateJson } from '../engine/json.ts';
import type { Random } from '../engine/random.ts';
import { refusing, requirePrintable, type Target } from '../engine/target.ts';

const SHA256 = 'a'.repeat(64);
const path = pathFromLatin1;
const FAILURE = { path: path('/a\n\xff'), operation: 'open', code: 'EACCES', message: 'no' } as const;
const MOUNT = { path: path('/m \\'), type: 'ext4', source: '/dev/sda1', options: 'ro', entered: true };

function answer(entries: number): Buffer {
  const header = {
    host: 'mail1',
    version: '1.2.3',
    root: ROOT,
    policyName: 'p',
    policySha256: SHA256,
    rules: ['Tree', 'Logs'],
  };
  const log = { path: path('/log'), length: 2n ** 63n, algorithms: ['md5'] as const };
  const lines = [
    headerLine(header),
    ...Array.from({ length: entries }, (_, at) =>
      entryLine(path(`/etc/${at}\xff`), at % 2, record({ content: `${at}` }), at % 2 === 0),
    ),
    failureLine(FAILURE, true, 'scan'),
    failureLine(FAILURE, false, 'requirements'),
    violationLine({ path: path('/b'), rule: 1, expected: { mode: '0600' }, actual: { mode: '0644' } }),
    prefixLine({ ...log, outcome: Buffer.alloc(16, 3) }),
    prefixLine({ ...log, length: 1n, outcome: FAILURE }),
    summaryLine({
      ...{ examined: entries, bytes: 7n, failures: 1, mounts: [MOUNT] },
      unavailable: [{ attribute: 'caps', fileSystem: 'tmpfs', example: path('/t') }],
    }),
  ];
  return Buffer.from(lines.join(''));
}

/** Whatever is sent was asked for. */
const EVERYTHING = { mayGovern: () => true, mayRequire: () => true };

/** Changes the JSON of a line, or of several. */
function changedLines(input: Buffer, random: Random): Buffer {
  const lines = input.toString('utf8').split('\n');
  for (let left = random.small(3); left > 0; left -= 1) {
    const at = random.below(lines.length);
    try {
      lines[at] = JSON.stringify(
        mutateJson(JSON.parse(lines[at] ?? ''), random, ['/etc/x', '0', 'scan', 'md5', SHA256]),
      );
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return Buffer.from(lines.join('\n'));
}

export const remoteAnswer: Target = {
  name: 'remote-answer',
  seeds: () => [answer(3), answer(0), answer(12)],
  mutate: (input, random) => (random.once(3) ? undefined : changedLines(input, random)),
  read: (input) => {
    const paths = new EntryPaths();
    const seen: string[] = [];
    const rules = [
      { name: 'Tree', isRequirement: false },
      { name: 'Logs', isRequirement: true },
    ];
    const reader = new RemoteScanReader(
      {
        ...{ sender: 'root@mail1', version: '1.2.3', policySha256: SHA256, rules },
        ...{ longest: 1 << 24, requested: EVERYTHING, keep: () => undefined },
      },
      {
        entry: (entry) => {
          seen.push(printable(paths.of(entry)), JSON.stringify(formatAttributes(entry.record)));
        },
        listed: () => undefined,
        failure: ({ path: failed }) => {
          seen.push(printable(failed));
        },
      },
      new PrefixAnswers([
        { path: path('/log'), inode: 5n, length: 2n ** 63n, algorithms: ['md5'] },
        { path: path('/log'), inode: 5n, length: 1n, algorithms: ['md5'] },
      ]),
    );
    const middle = Math.floor(input.length / 2);
    reader.take(input.subarray(0, middle));
    reader.take(input.subarray(middle));
    const { host, summary, violations } = reader.finish();
    for (const text of [host, ...seen]) requirePrintable(text, 'what was read');
    return `${summary.mounts.length} ${violations.length} ${seen.length}`;
  },
  shortRuns: 600,
};

const REQUEST = encodeRequest({
  version: '1.2.3',
  policy: [{ name: 'p', text: 'version: 1\n' }],
  startLinks: [{ rule: 0, path: path('/bin'), target: path('/usr/bin\xff') }],
  root: '/',
  scope: ['/etc/**'],
  jobs: 2,
  portable: false,
  nice: true,
  maxRate: 1 << 20,
  deadline: 90,
  stall: 60,
  skipped: [{ path: path('/var/left\xff'), times: 2 }],
  prefixes: [{ path: path('/log'), inode: 5n, length: 9n, algorithms: ['md5'] }],
  requirements: true,
});

export const scanRequest: Target = {
  name: 'scan-request',
  seeds: () => [Buffer.from(REQUEST)],
  mutate: (input, random) => (random.once(3) ? undefined : changedLines(input, random)),
  read: (input) => {
    const read = refusing([Malformed], () => {
      requestVersion(input);
      return decodeRequest(input);
    });
    const again = encodeRequest(read);
    if (encodeRequest(decodeRequest(Buffer.from(again))) !== again)
      throw new Error('a request does not come back as it was');
    return `${read.policy.length} ${read.startLinks.length} ${read.prefixes.length}`;
  },
  shortRuns: 1000,
};
