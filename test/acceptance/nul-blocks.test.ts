/** Files as crashes and full disks leave them, among files that hold NUL bytes by their nature. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { box } from '../support/integ.ts';

const NULS = Buffer.alloc(4096);
const TEXT = Buffer.from('From: ann@example.org\n'.repeat(400));

/** Cut to whole blocks. */
function blocks(text: Buffer, count: number): Buffer {
  return text.subarray(0, count * 4096);
}

test('files that a crash filled with NUL bytes bear a flag, and programs, images and texts do not', () => {
  const it = box();
  it.file('spool/message', 'Subject: test\n');
  it.file('etc/conf', TEXT);
  it.policyText(`version: 1\nrules:\n  - { name: all, paths: ['${it.tree}'], watch: config }\n`);
  it.init();
  const image = Buffer.alloc(8192);
  image.write('SWAPSPACE2', 4086, 'latin1');
  const program = Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), NULS, NULS, Buffer.from('\x03\x00code'), NULS]);
  const damaged = {
    'spool/message': Buffer.alloc(14),
    'spool/new': Buffer.concat([NULS, TEXT]),
    'etc/conf': Buffer.concat([blocks(TEXT, 1), NULS, TEXT]),
    // Longer than what is read of every file at first, and the hole is behind it.
    'etc/long': Buffer.concat([Buffer.from('a line of text\n'.repeat(8192)), Buffer.alloc(8192), TEXT]),
  };
  const sound = {
    image,
    program,
    'log/lastlog': Buffer.concat([NULS, TEXT]),
    text: TEXT,
    table: Buffer.from('00000000010000000000000062310500', 'hex'),
  };
  for (const [name, content] of Object.entries({ ...damaged, ...sound })) it.file(name, content);
  const flagged = it.check().changes.filter(({ flags }) => flags.includes('nul-blocks'));
  expect(flagged.map(({ path }) => path).sort()).toEqual(
    Object.keys(damaged)
      .map((name) => it.path(name))
      .sort(),
  );
  expect(it.run(['report', 'show']).stdout).toContain('whole blocks of NUL bytes where text should be');
});

test('a content requirement may forbid NUL bytes, and the path of a rule cannot hold any', () => {
  const it = box();
  writeFileSync(it.file('queue'), 'a line\n\0\0\0\n');
  const rule = (key: string) => `version: 1\nrules:\n  - { paths: ['${it.tree}/queue'], ${key} }\n`;
  it.policyText(rule(`require: { content: { not_matches: '\\x00' } }`));
  const live = it.run(['policy', 'check', '--live', it.policyFile]);
  expect(live.code).toBe(8);
  expect(live.stdout).toContain('line 2 must not be there');
  expect(live.stdout).toContain('no line that matches \\x00\n');
  it.policyText(rule(`match: ['/x\\x00']`));
  expect(it.run(['policy', 'check', it.policyFile])).toMatchObject({ code: 78 });
});
