/** A baseline that is not as integ left it gives a line and exit code 65, and never a row. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { ending, openAndClose, writeBaseline } from '../../support/baselines.ts';
import { forge } from '../../support/forged-baselines.ts';
import { asOrdinaryUser, isRoot } from '../../support/privileges.ts';
import { scratchDirectory } from '../../support/scratch.ts';

function written(): { readonly file: string; readonly bytes: Buffer; readonly seal: string } {
  const file = join(scratchDirectory(), 'baseline.db');
  const { seal } = writeBaseline(file);
  return { file, bytes: readFileSync(file), seal };
}

describe('a byte flipped anywhere is noticed', () => {
  test('in the first and last pages and the trailer every byte, in between one in eleven', () => {
    const { bytes } = written();
    const missed: number[] = [];
    for (let at = 0; at < bytes.length; at += at < 4096 || at > bytes.length - 600 ? 1 : 11) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      if (ending(() => openAndClose(copy))?.exit !== 65) missed.push(at);
    }
    expect(missed).toEqual([]);
  });

  test('on the disk too', () => {
    const { file, bytes } = written();
    for (const at of [0, 20, 100, 5000, bytes.length - 1]) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 0x20;
      writeFileSync(file, copy);
      expect(ending(() => openAndClose(file))?.exit).toBe(65);
    }
  });
});

test('a file cut at any page, or within one, or by its last byte is not trusted', () => {
  const { file, bytes } = written();
  for (let length = 0; length < bytes.length; length += 2048) {
    writeFileSync(file, bytes.subarray(0, length));
    expect(ending(() => openAndClose(file))).toMatchObject({ exit: 65 });
  }
  writeFileSync(file, bytes.subarray(0, -1));
  expect(ending(() => openAndClose(file))).toMatchObject({ exit: 65, line: expect.stringContaining('truncated') });
});

test('bytes after the end are not trusted', () => {
  const { file, bytes } = written();
  writeFileSync(file, Buffer.concat([bytes, Buffer.from('\n')]));
  expect(ending(() => openAndClose(file))?.exit).toBe(65);
});

describe('what is not a baseline is called so', () => {
  test.each([
    ['an empty file', Buffer.alloc(0), 'the file is empty'],
    ['a text', Buffer.from('version: 1\nname: mail-gateway\n'), 'not a baseline'],
    ['zeros', Buffer.alloc(8192), 'not a baseline'],
  ])('%s', (_, bytes, words) => {
    const file = join(scratchDirectory(), 'baseline.db');
    writeFileSync(file, bytes);
    const end = ending(() => openAndClose(file));
    expect(end?.exit).toBe(65);
    expect(end?.line).toContain(words);
    expect(end?.line).toContain(file);
  });

  test('the database of another program', () => {
    const file = join(scratchDirectory(), 'baseline.db');
    const database = new Database(file);
    database.exec('CREATE TABLE entries (path TEXT); INSERT INTO entries VALUES (1)');
    database.close();
    expect(ending(() => openAndClose(file))).toMatchObject({
      exit: 65,
      line: expect.stringContaining('not a baseline of integ'),
    });
  });

  test('a directory', () => {
    const file = join(scratchDirectory(), 'baseline.db');
    mkdirSync(file);
    expect(ending(() => openAndClose(file))).toMatchObject({ exit: 65 });
  });

  test('a fifo, without waiting for somebody to write into it', () => {
    const file = join(scratchDirectory(), 'baseline.db');
    execFileSync('mkfifo', [file]);
    expect(ending(() => openAndClose(file))).toMatchObject({ exit: 65 });
  });
});

test('a missing baseline is missing, not empty', () => {
  const file = join(scratchDirectory(), 'none.db');
  expect(ending(() => openAndClose(file))).toMatchObject({ exit: 66, line: `there is no baseline ${file}` });
  expect(ending(() => openAndClose(join(file, 'below.db')))?.exit).toBe(66);
});

test.skipIf(!isRoot())('a baseline that the user may not read says so (needs root to become another user)', () => {
  const { file } = written();
  chmodSync(file, 0o600);
  expect(asOrdinaryUser(() => ending(() => openAndClose(file)))?.exit).toBe(77);
});

test.each([1, 3])('a format of the past or the future says which version it has: %i', (version) => {
  const { file } = written();
  forge(file, `PRAGMA user_version = ${version}`);
  expect(ending(() => openAndClose(file))).toMatchObject({
    exit: 65,
    line: expect.stringContaining(`its format is version ${version}`),
  });
});

test('a row edited with sqlite3 is noticed by the checksum', () => {
  const { file } = written();
  execFileSync('sqlite3', [file, "UPDATE rules SET severity = 'info'"]);
  expect(ending(() => openAndClose(file))?.exit).toBe(65);
});

describe('who edits the tables and mends the checksum is found out by the seal', () => {
  test.each([
    ['a record', "UPDATE entries SET record = (SELECT record FROM entries WHERE dir = 0) WHERE name = x'6c73'"],
    ['a deleted object', "DELETE FROM entries WHERE name = x'6c73'"],
    [
      'a deleted object and the count',
      "DELETE FROM entries WHERE name = x'6c73'; UPDATE meta SET value = value - 1 WHERE key = 'entries'",
    ],
    ['a renamed directory', "UPDATE directories SET name = x'62' WHERE name = x'62696e'"],
    ['the rule of an object', 'UPDATE entries SET rule = 1'],
    ['the severity of a rule', "UPDATE rules SET severity = 'info'"],
    ['the policy text', "UPDATE policy_sources SET text = 'version: 1'"],
    ['the host', "UPDATE meta SET value = 'mail2' WHERE key = 'host'"],
    ['the sequence', "UPDATE meta SET value = 2 WHERE key = 'sequence'"],
    ['a failure', 'DELETE FROM failures'],
    ['a mount', 'DELETE FROM mounts WHERE position = 1'],
    ['a link of a rule', 'DELETE FROM start_links'],
    ['the seal itself', "UPDATE meta SET value = replace(value, 'a', 'b') WHERE key = 'seal'"],
    ['two objects with one id', 'UPDATE entries SET id = 0'],
    ['an id beyond the count', 'UPDATE entries SET id = id + 1'],
    ['a directory that hangs nowhere', 'UPDATE directories SET parent = 99 WHERE id = 2'],
    ['a name with a slash', "UPDATE entries SET name = x'612f62' WHERE name = x'6c73'"],
    ['a view that shows something else', "DROP VIEW objects; CREATE VIEW objects AS SELECT 'all is well' AS path"],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM entries; END'],
    ['another table', 'CREATE TABLE more (a)'],
    ['another index', 'CREATE INDEX entry_ids ON entries (id)'],
    ['a view in the place of a table', 'ALTER TABLE entries RENAME TO rows; CREATE VIEW entries AS SELECT * FROM rows'],
    ['a table of another shape', 'ALTER TABLE rules ADD COLUMN more TEXT'],
    ['no seal', "DELETE FROM meta WHERE key = 'seal'"],
  ])('%s', (_, sql) => {
    const { file } = written();
    forge(file, sql);
    const end = ending(() => openAndClose(file));
    expect(end?.exit).toBe(65);
    expect(end?.line).toContain(file);
  });
});

describe('values of other types than ours, which STRICT tables do not take by ordinary means', () => {
  test.each([
    ['a name as text', 'name = CAST(name AS TEXT)'],
    ['a record as text', 'record = CAST(record AS TEXT)'],
    ['an id as text with a comma', "id = '0,1'"],
    ['a rule that is no whole number', 'rule = 0.5'],
    ['a negative rule', 'rule = -1'],
    ['a rule beyond 32 bits', 'rule = 5000000000'],
    ['a rule beyond 2^53', 'rule = 9007199254740993'],
    ['a record that is too short', "record = x'00'"],
    ['a record of an unknown type of object', 'record = zeroblob(78)'],
  ])('%s', (_, assignment) => {
    const { file } = written();
    const strict = "') STRICT, WITHOUT'";
    const loose = "') WITHOUT'";
    const rewrite = (from: string, to: string) =>
      `UPDATE sqlite_schema SET sql = replace(sql, ${from}, ${to}) WHERE name = 'entries'`;
    forge(file, rewrite(strict, loose));
    forge(file, `UPDATE entries SET ${assignment} WHERE name = x'6c73'`);
    forge(file, rewrite(loose, strict));
    expect(ending(() => openAndClose(file))?.exit).toBe(65);
  });
});

describe('a journal beside the file', () => {
  test.each(['-journal', '-wal'])('%s: the baseline is not trusted, and the file stays as it is', (suffix) => {
    const { file, bytes } = written();
    writeFileSync(file + suffix, Buffer.from('d9d505f920a163d7', 'hex'));
    const end = ending(() => openAndClose(file));
    expect(end).toMatchObject({ exit: 65, line: expect.stringContaining(suffix) });
    expect(readFileSync(file)).toEqual(bytes);
  });
});

test('reading leaves nothing beside the file', () => {
  const { file } = written();
  openAndClose(file);
  expect(execFileSync('ls', ['-A', join(file, '..')], { encoding: 'utf8' })).toBe('baseline.db\n');
});

describe('the expected seal', () => {
  test('is met by the seal, its first 16 digits, and capitals', () => {
    const { file, seal } = written();
    expect(ending(() => openAndClose(file, seal))).toBeUndefined();
    expect(ending(() => openAndClose(file, seal.slice(0, 16)))).toBeUndefined();
    expect(ending(() => openAndClose(file, seal.toUpperCase()))).toBeUndefined();
  });

  test('another baseline, sound in itself, is not trusted', () => {
    const { file, seal } = written();
    const other = `${file}.other`;
    writeBaseline(other, []);
    copyFileSync(other, file);
    expect(ending(() => openAndClose(file))).toBeUndefined();
    expect(ending(() => openAndClose(file, seal))).toMatchObject({
      exit: 65,
      line: expect.stringContaining('not the expected'),
    });
  });

  test.each(['', '0123456789abcde', 'g'.repeat(16), '0'.repeat(65)])('"%s" is a mistake of usage', (text) => {
    const { file } = written();
    expect(ending(() => openAndClose(file, text))?.exit).toBe(64);
  });
});
