/** Reports made by the real comparison, for tests of the formats. */
import { buildReport, type ReportInput } from '../../src/check/build.ts';
import { pathFromLatin1 } from '../../src/model/bytes.ts';
import type { Report } from '../../src/model/report.ts';
import { compareTrees, type Given, rule, type Scan, type Tree } from './compared-trees.ts';

const RUN: ReportInput['run'] = {
  id: '20260102-030405-a1b2',
  host: 'mail1',
  version: '0.1.0',
  tool: { version: '0.1.0', sha256: 'cd'.repeat(32), node: '20.19.0' },
  startedAt: '2026-01-02T03:04:05.000000000Z',
  finishedAt: '2026-01-02T03:05:17.000000000Z',
  baseline: {
    file: '/var/lib/integ/baseline.db',
    sequence: 3,
    createdAt: '2026-01-01T00:00:00.000000000Z',
    seal: '0123456789abcdef'.repeat(4),
    signature: { status: 'none' },
  },
  policy: { name: 'mail-gateway', sha256: 'ab'.repeat(32), matchesFile: true },
};

export interface Sample {
  readonly before: Tree;
  readonly now: Tree | Scan;
  readonly given?: Given;
  readonly input?: Partial<ReportInput>;
}

export function sampleReport({ before, now, given = {}, input = {} }: Sample): Report {
  return buildReport({
    run: RUN,
    rules: given.options?.rules ?? [rule()],
    comparison: compareTrees(before, now, given),
    violations: [],
    failures: [],
    examined: { examined: 4, bytes: 5_000_000n },
    unavailable: [],
    ...input,
  });
}

const DIRECTORY = { type: 'directory', mode: 0o755 } as const;

/** Something of everything: each kind, flags, a consequence, a violation, an error, a note. */
export function fullReport(): Report {
  return sampleReport({
    before: {
      '/etc': DIRECTORY,
      '/etc/old': { content: 'old', inode: 7 },
      '/etc/gone': { content: 'gone', inode: 8 },
      '/etc/motd': { content: 'hello' },
      '/etc/link': { type: 'symlink', size: 1, values: { target: Buffer.from('a') } },
    },
    now: {
      tree: {
        '/etc': { ...DIRECTORY, mtime: 2000 },
        '/etc/new': { content: 'old', inode: 7, mode: 0o600 },
        '/etc/motd': { content: 'hullo' },
        '/etc/link': { type: 'symlink', size: 1, values: { target: Buffer.from('\x1b]0;evil\x07') } },
        '/etc/su\xff\n': { content: 'x', mode: 0o4755, inode: 9 },
      },
      failures: [{ path: '/etc/shadow' }],
    },
    input: {
      violations: [
        {
          path: pathFromLatin1('/var/spool/q'),
          rule: 'Mail queue',
          severity: 'high',
          expected: { mode: '0770', owner: 'smmsp' },
          actual: { mode: '0755', owner: 'root' },
        },
      ],
      unavailable: [{ attribute: 'acl', fileSystem: 'vfat', example: pathFromLatin1('/boot/efi') }],
    },
  });
}
