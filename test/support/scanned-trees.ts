/** Small real trees for tests of the scan, and a scan of them by a policy written as text. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { printable } from '../../src/model/bytes.ts';
import { EntryPaths, type ScanSummary } from '../../src/model/entry.ts';
import type { Failure } from '../../src/model/errors.ts';
import { formatAttributes } from '../../src/model/values.ts';
import { compilePolicy } from '../../src/policy/load.ts';
import { scan } from '../../src/scan/scan.ts';
import { scratchDirectory } from './scratch.ts';

export interface Scanned {
  /** By printable path. */
  readonly entries: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly failures: readonly Failure[];
  readonly summary: ScanSummary;
}

/** A tree of files by name and content, gone after the test. */
export function tree(files: Readonly<Record<string, string>>): string {
  const root = scratchDirectory();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

export async function scanTree(
  root: string,
  rules: string,
  options: { readonly jobs?: number } = {},
): Promise<Scanned> {
  const { policy } = compilePolicy([{ name: 'test.yaml', text: `version: 1\nrules: ${rules}\n` }]);
  const entries = new Map<string, Readonly<Record<string, string>>>();
  const failures: Failure[] = [];
  const paths = new EntryPaths();
  const summary = await scan(
    { root, policy, jobs: options.jobs ?? 2, startLinks: [], scope: undefined, portable: false, progress: undefined },
    {
      entry: (entry) => {
        const path = printable(paths.of(entry));
        if (entries.has(path)) throw new Error(`${path} came twice`);
        entries.set(path, formatAttributes(entry.record));
      },
      listed: () => undefined,
      failure: (failure) => failures.push(failure),
    },
  );
  return { entries, failures, summary };
}
