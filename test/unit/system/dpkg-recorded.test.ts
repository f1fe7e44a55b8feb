/** What a baseline remembers of packages does not depend on how much of their lists had to be looked at. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { baseName, pathFromText } from '../../../src/model/bytes.ts';
import { unpackPaths } from '../../../src/model/packages.ts';
import { DpkgDatabase } from '../../../src/system/packages/dpkg/database.ts';

const STATUS = `Package: tools
Status: install ok installed
Architecture: amd64
Version: 1
`;

test('paths are remembered under the directories and names that links and diversions give them', () => {
  const root = mkdtempSync(join(tmpdir(), 'integ-dpkg-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('usr/bin', join(root, 'bin'));
  mkdirSync(join(root, 'var/lib/dpkg/info'), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), STATUS);
  writeFileSync(join(root, 'var/lib/dpkg/diversions'), '/usr/bin/diverted\n/usr/bin/moved.real\nother\n');
  writeFileSync(join(root, 'var/lib/dpkg/info/tools.list'), '/.\n/bin/tool\n/usr/bin/diverted\n/usr/share/doc\n');
  const stored = new Set(['/usr/bin/tool', '/usr/bin/moved.real'].map(pathFromText));
  const names = new Set([...stored].map(baseName));
  const recorded = (mayHaveName: (name: string) => boolean) => {
    const database = DpkgDatabase.open(pathFromText(root));
    const found = [...(database?.recorded({ has: (path) => stored.has(path), mayHaveName }) ?? [])];
    return found.map(({ name, files }) => [name, unpackPaths(files)]);
  };
  expect(recorded(() => true)).toEqual([['tools', ['/usr/bin/tool', '/usr/bin/moved.real']]]);
  expect(recorded((name) => [...names].some((each) => each === name))).toEqual(recorded(() => true));
});
