/**
 * Baselines that somebody changed who can compute the checksum at their end: refused, or taken for what they were. And
 * those of whom somebody recomputed the seal too: whatever they say is read, compared and shown, or refused.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { contentsOf } from '../../../src/app/check/examination.ts';
import { readHeader } from '../../../src/baseline/header.ts';
import { MalformedRows } from '../../../src/baseline/malformed.ts';
import { manifestOf } from '../../../src/baseline/manifest.ts';
import { BaselineReader } from '../../../src/baseline/reader.ts';
import { computeSeal } from '../../../src/baseline/seal.ts';
import { writeSignature } from '../../../src/baseline/signature-table.ts';
import { TRAILER_LENGTH, trailerOf } from '../../../src/baseline/trailer.ts';
import { BaselineWriter } from '../../../src/baseline/writer.ts';
import { buildReport } from '../../../src/check/build.ts';
import { runBaselineEntries } from '../../../src/cli/commands/baseline/entries.ts';
import { runBaselineShow } from '../../../src/cli/commands/baseline/show.ts';
import { runBaselineVerify } from '../../../src/cli/commands/baseline/verify.ts';
import type { BaselineHeader } from '../../../src/model/baseline.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { packContent } from '../../../src/model/content.ts';
import { unpackPaths } from '../../../src/model/packages.ts';
import { compilePolicy } from '../../../src/policy/load.ts';
import { render } from '../../../src/report/formats.ts';
import { withStartLinks } from '../../../src/scan/start-links.ts';
import { runSteps } from '../../../src/system/turns.ts';
import { HEADER, listing, TreeSource } from '../../support/baselines.ts';
import { compareTrees, record, type Tree } from '../../support/compared-trees.ts';
import { sampleReport } from '../../support/sample-reports.ts';
import { contextWith } from '../engine/context.ts';
import type { Random } from '../engine/random.ts';
import { mutatePages, mutateRows } from '../engine/sqlite.ts';
import type { Target } from '../engine/target.ts';

const POLICY = `version: 1
name: fuzz
rules:
  - { name: All, paths: [/], watch: read-only, diff: { private: true } }
  - { name: Logs, paths: [/var/log], watch: append-only, severity: low }
`;

const TREE: Tree = {
  '/': { type: 'directory', mode: 0o755 },
  '/etc': { type: 'directory', mode: 0o755 },
  '/etc/passwd': { content: 'root:x:0:0::/:/bin/sh\n', inode: 7 },
  '/etc/new\nline': { content: 'x', mode: 0o4755, inode: 8 },
  '/bin': { type: 'symlink', size: 7, values: { target: Buffer.from('usr/bin') } },
  '/var/log/a': { facts: { content: 'one\n', inode: 9 }, rule: 1 },
  '/var/log/\xff\xfe': { facts: { content: 'two\n', inode: 10 }, rule: 1 },
};
const NOW: Tree = {
  ...TREE,
  '/etc/passwd': { content: 'root:x:0:0::/:/bin/bash\n', inode: 7 },
  '/etc/moved': { content: 'x', mode: 0o4755, inode: 8 },
  '/var/log/a': { facts: { content: 'one\ntwo\n', inode: 9 }, rule: 1 },
};

function writeSeed(file: string, tree: Tree, header: Partial<BaselineHeader>): Buffer {
  const { policy, sha256 } = compilePolicy([{ name: '/etc/integ/policy.yaml', text: POLICY }]);
  const { rules } = withStartLinks(policy, header.startLinks ?? HEADER.startLinks);
  const first = rules.length - policy.rules.length;
  const writer = BaselineWriter.create(file, rules);
  const source = new TreeSource();
  for (const [path, value] of Object.entries(tree)) {
    const { facts, rule = 0 } = 'facts' in value ? value : { facts: value };
    writer.add(source.entry(path, record(facts), first + rule));
  }
  if ('/etc/passwd' in tree)
    writer.keepContent(pathFromLatin1('/etc/passwd'), packContent(Buffer.from('root:x:0:0::/:/bin/sh\n')));
  const sources = [{ name: '/etc/integ/policy.yaml', text: POLICY }];
  runSteps(writer.finish({ ...HEADER, policyName: 'fuzz', policySha256: sha256, policy: sources, ...header }));
  return readFileSync(file).subarray(0, -TRAILER_LENGTH);
}

function seeds(scratch: string): readonly Buffer[] {
  const file = join(scratch, 'seed.db');
  return [
    writeSeed(file, TREE, {}),
    writeSeed(file, {}, { packages: [], mounts: [], startLinks: [], failures: [], unavailable: [] }),
  ];
}

const WORDS = ['init', 'accept', 'policy update', 'critical', '/etc', '/', '..', '+sha512', 'version: 1', '\0', 'seal'];

function mutate(input: Buffer, random: Random): Buffer | undefined {
  return random.once(3) ? mutatePages(input, random) : (mutateRows(input, random, WORDS) ?? mutatePages(input, random));
}

function withTrailer(pages: Buffer): Buffer {
  return Buffer.concat([pages, runSteps(trailerOf(pages))]);
}

/** All that a baseline says, except the signature over it. */
function meaning(file: Buffer): string {
  const reader = BaselineReader.open(file);
  try {
    const contents = [...reader.contents()].map(({ path, content }) => [path, Buffer.from(content).toString('hex')]);
    return JSON.stringify([reader.header, reader.rules, reader.entryCount, reader.manifest, listing(file), contents]);
  } finally {
    reader.close();
  }
}

const meanings = new Map<string, string>();

function sealOf(file: Buffer): string {
  const reader = BaselineReader.open(file);
  reader.close();
  return reader.seal;
}

export const baseline: Target = {
  name: 'baseline',
  seeds: (scratch) => {
    const files = seeds(scratch);
    for (const pages of files) meanings.set(sealOf(withTrailer(pages)), meaning(withTrailer(pages)));
    return files;
  },
  mutate,
  read: (pages) => {
    const file = withTrailer(pages);
    const seal = sealOf(file);
    if (meanings.get(seal) !== meaning(file)) throw new Error(`another baseline is accepted, with the seal ${seal}`);
    return 'as it was';
  },
  isWhole: true,
  shortRuns: 120,
};

/**
 * The pages with the seal that fits what they say, and the manifest that fits that; as they are where that cannot be.
 */
function resealed(pages: Buffer): Buffer {
  try {
    const database = new SqliteDatabase(pages);
    try {
      database.pragma('trusted_schema = OFF');
      const { seal } = runSteps(computeSeal(database));
      database.prepare("UPDATE meta SET value = ? WHERE key = 'seal'").run(seal);
      const stored = readHeader(database);
      writeSignature(database, { manifest: manifestOf(stored), signature: stored.signed.signature });
      return database.serialize();
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof MalformedRows || error instanceof SqliteDatabase.SqliteError) return pages;
    throw error;
  }
}

const LAYOUT = { width: 100, color: false, verbose: true, isStored: true };

/** What a check does with a baseline, but for the scan. */
async function compare(file: string): Promise<string> {
  const reader = BaselineReader.open(file);
  try {
    const compiled = compilePolicy(reader.header.policy);
    const policy = withStartLinks(compiled.policy, reader.header.startLinks);
    for (const { files } of reader.header.packages) unpackPaths(files);
    const given = { recordedMounts: reader.header.mounts, options: { rules: policy.rules } };
    const comparison = compareTrees(reader, { tree: NOW, mounts: [] }, given);
    const { changes } = contentsOf({ baseline: reader, policy }, comparison, () => ({ text: Buffer.from('x\n') }));
    const report = buildReport({
      run: {
        ...sampleReport({ before: {}, now: {} }),
        baseline: { ...reader.header, file, seal: reader.seal, signature: { status: 'none' } },
      },
      rules: policy.rules,
      comparison,
      contents: changes,
      violations: [],
      failures: [],
      examined: { examined: 1, bytes: 1n },
      unavailable: [],
    });
    for (const piece of await render(report, 'text', LAYOUT)) if (piece === '') break;
    return `${report.changes.length} changes`;
  } finally {
    reader.close();
  }
}

export const resealedBaseline: Target = {
  name: 'baseline-resealed',
  seeds,
  mutate,
  read: async (pages, scratch) => {
    const file = join(scratch, 'baseline.db');
    writeFileSync(file, withTrailer(resealed(pages)));
    const context = contextWith({ baseline: file });
    await runBaselineShow(context, { format: 'text' });
    await runBaselineShow(context, { format: 'json' });
    await runBaselineEntries(context, { format: 'text' }, [['/**']]);
    await runBaselineEntries(context, { format: 'ndjson' }, [[]]);
    await runBaselineVerify(context, {}, [undefined]);
    return compare(file);
  },
  isWhole: true,
  shortRuns: 60,
};
