/** Reports show what changed inside of text files, and nowhere does integ keep or show what not everybody may read. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { ContentChange, Report } from '../../src/model/report.ts';
import { type Box, box, expectFailure, PROGRAM, reportOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { noSshd, startSshd } from '../support/sshd.ts';

const PRIVATE = /^the content of files that not everybody may read is not kept/;

/** A box whose tree everybody may enter, watched with its texts. */
function open(...keys: readonly string[]): Box {
  const given = box();
  chmodSync(given.directory, 0o755);
  chmodSync(given.tree, 0o755);
  given.policy(...(keys.length === 0 ? ['watch: config', 'diff: true'] : keys));
  return given;
}

function publicFile(given: Box, name: string, content: string | Buffer): void {
  given.file(name, content, 0o644);
}

function contentAt(given: Box, report: Report, name: string): ContentChange | undefined {
  return given.change(report, name).content;
}

/** Everything that is stored beside a baseline, and what comes out of it when it is decompressed. */
function storedBytes(given: Box): Buffer {
  const pieces: Buffer[] = [];
  for (const name of readdirSync(given.state)) {
    const file = join(given.state, name);
    pieces.push(readFileSync(file));
    const database = new SqliteDatabase(file, { readonly: true });
    const isBaseline = !name.endsWith('.history');
    const query = isBaseline ? 'SELECT content FROM contents' : 'SELECT bytes FROM parts';
    for (const packed of database.prepare(query).pluck(true).all() as Buffer[]) {
      const part = inflateRawSync(packed);
      pieces.push(part);
      // The texts within the states are packed by themselves: try every place where one may begin.
      if (!isBaseline) for (let at = 0; at < part.length; at += 1) pieces.push(inflated(part.subarray(at)));
    }
    database.close();
  }
  return Buffer.concat(pieces);
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes);
  } catch {
    return Buffer.alloc(0);
  }
}

function accept(given: Box): void {
  expect(given.run(['accept', '--all', '--reason', 'meant'])).toMatchObject({ code: 0, stderr: '' });
}

test('an edited file of hosts has the lines in its report, and a report without diff has none', () => {
  const given = open();
  publicFile(given, 'hosts', '127.0.0.1 localhost\n');
  given.init();
  given.append('hosts', '10.6.6.6 update.example.org\n');
  expect(contentAt(given, given.check(), 'hosts')?.diff).toEqual([
    '@@ -1,1 +1,2 @@',
    ' 127.0.0.1 localhost',
    '+10.6.6.6 update.example.org',
  ]);
  given.policy('watch: config');
  given.init('--force');
  given.append('hosts', '10.6.6.7 mirror.example.org\n');
  expect(contentAt(given, given.check(), 'hosts')).toBeUndefined();
});

test('a rule whose only digests can be forged keeps no text, and its report says why', () => {
  const given = box();
  given.policyText(
    `version: 1\ndigests: [md5, sha1]\nrules:\n  - { name: r, paths: ['${given.tree}'], watch: config, diff: true }\n`,
  );
  publicFile(given, 'hosts', '127.0.0.1 localhost\n');
  given.init();
  given.append('hosts', '10.6.6.6 update.example.org\n');
  const report = given.check();
  expect(report.exitCode).toBe(4);
  const omitted = 'no digest of its rule proves which text was recorded; sha256 among what it watches does';
  expect(contentAt(given, report, 'hosts')).toEqual({ facts: [], omitted });
  expect(storedBytes(given).includes('localhost')).toBe(false);
});

test('lines hold nothing that a terminal obeys, and a text that became binary says so', () => {
  const given = open();
  publicFile(given, 'a', 'a\r\n');
  publicFile(given, 'b', 'text\n');
  given.init();
  publicFile(given, 'a', Buffer.from(`\x1b]0;owned\x07\n\u202ebidi\n\xff\n${'x'.repeat(5000)}`, 'latin1'));
  publicFile(given, 'b', 'no\0text');
  const outcome = given.run(['check', '--format', 'json']);
  const report = reportOf(outcome);
  expect(outcome.stdout).not.toMatch(/[^\P{C}\n]/u);
  const { diff = [], omitted } = contentAt(given, report, 'a') ?? { facts: [] };
  expect(diff.slice(0, 3)).toEqual(['@@ -1,1 +1,4 @@', '-a\\r', '+\\x1b]0;owned\\x07']);
  expect(Math.max(...diff.map((line) => line.length))).toBeLessThanOrEqual(501);
  expect(omitted).toBe('1 line cut');
  expect(contentAt(given, report, 'b')).toEqual({ facts: [], omitted: 'it was text and is not any more' });
});

describe('a file that not everybody may read', () => {
  const SECRET = 'the-password-is-swordfish';

  test.each([
    ['because of its mode', 'secret', 0o640, undefined],
    ['because of a directory above it', 'private/secret', 0o644, 0o700],
  ])('%s leaves nothing of it in baseline, history or report', (_, name, mode, directoryMode) => {
    const given = open();
    given.file(name, `${SECRET}-1\n`, mode);
    if (directoryMode !== undefined) chmodSync(given.path('private'), directoryMode);
    given.init();
    writeFileSync(given.path(name), `${SECRET}-2\n`);
    const report = given.check();
    expect(contentAt(given, report, name)?.omitted).toMatch(PRIVATE);
    expect(JSON.stringify(report)).not.toContain(SECRET);
    accept(given);
    expect(storedBytes(given).includes(SECRET)).toBe(false);
  });

  test('and became readable, or the other way round, is shown on neither side', () => {
    const given = open();
    given.file('opened', `${SECRET}-1\n`, 0o600);
    given.file('closed', `${SECRET}-1\n`, 0o644);
    given.init();
    given.file('opened', 'harmless\n', 0o644);
    given.file('closed', `${SECRET}-2\n`, 0o600);
    const report = given.check();
    for (const name of ['opened', 'closed']) {
      expect(contentAt(given, report, name)).toEqual({ facts: [], omitted: expect.stringMatching(PRIVATE) });
    }
    accept(given);
    const stored = storedBytes(given);
    expect([stored.includes('harmless'), stored.includes(`${SECRET}-2`)]).toEqual([true, false]);
    given.append('opened', 'more\n');
    expect(contentAt(given, given.check(), 'opened')?.diff).toEqual(['@@ -1,1 +1,2 @@', ' harmless', '+more']);
  });

  test('is shown with private: true, without the hash of a password or a private key', () => {
    const given = open();
    const hash = (salt: string) => `$6$${salt}$${'h'.repeat(86)}`;
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n';
    given.policyText('version: 1\nrules:\n  - paths: [/etc]\n    watch: config\n    diff: { private: true }\n');
    given.file('etc/shadow', `root:${hash('aaaaaaaa')}:19000:0:99999:7:::\n`, 0o640);
    given.file('etc/tls.key', `# old\n${key}`, 0o600);
    given.init('--root', given.tree);
    given.file('etc/shadow', `root:${hash('bbbbbbbb')}:19000:0:99999:7:::\nguest:!:19000:0:99999:7:::\n`, 0o640);
    given.file('etc/tls.key', `# new\n${key}`, 0o600);
    const report = given.check(['--root', given.tree]);
    const shown = report.changes.flatMap(({ content }) => content?.diff ?? []).join('\n');
    expect(shown).toContain('+guest:');
    const facts = report.changes.find(({ path }) => path === '/etc/shadow')?.content?.facts.join('\n') ?? '';
    expect(facts).toMatch(/password of root/);
    expect(facts).toMatch(/guest/);
    expect(shown).toContain('+# new');
    const stored = storedBytes(given);
    for (const secret of ['h'.repeat(20), 'MIIEvQIBADANBg']) {
      expect(shown).not.toContain(secret);
      expect(stored.includes(secret)).toBe(false);
    }
  });
});

test('of files of secrets nothing is kept or shown, and of others what their secrets are called, whatever the rule says', () => {
  const given = open();
  given.policyText('version: 1\nrules:\n  - paths: [/etc, /root]\n    watch: config\n    diff: { private: true }\n');
  const write = (secret: string) => {
    given.file('root/.pgpass', `db:5432:*:eve:${secret}\n`, 0o644);
    given.file('etc/openvpn/auth.txt', `eve\n${secret}\n`, 0o600);
    given.file('etc/ssl/private/site.key', `${secret}\n`, 0o600);
    given.file(
      'etc/app/wp-config.php',
      `define('DB_PASSWORD', '${secret}');\ndefine('DB_USER', '${secret.length}');\n`,
      0o640,
    );
    given.file('etc/app/values.yaml', `db:\n  password:\n    ${secret}\n  port: ${secret.length}\n`, 0o640);
  };
  write('swordfish7');
  given.init('--root', given.tree);
  write('whalebone-8');
  const report = given.check(['--root', given.tree]);
  const contentOf = (path: string) => report.changes.find((change) => change.path === path)?.content;
  for (const path of ['/root/.pgpass', '/etc/openvpn/auth.txt', '/etc/ssl/private/site.key']) {
    expect(contentOf(path)).toEqual({
      facts: [],
      omitted: 'it is a file of secrets: its content is never kept or shown',
    });
  }
  expect(contentOf('/etc/app/wp-config.php')?.diff).toContain("+define('DB_USER', '11');");
  expect(contentOf('/etc/app/values.yaml')?.diff).toContain('+  port: 11');
  expect(given.run(['accept', '--all', '--reason', 'meant', '--root', given.tree])).toMatchObject({ code: 0 });
  for (const shown of [JSON.stringify(report), storedBytes(given).toString('latin1')]) {
    expect(shown).not.toContain('swordfish7');
    expect(shown).not.toContain('whalebone-8');
  }
});

describe('accepting', () => {
  test('takes the text that was reported, whatever is on disk by then', () => {
    const given = open();
    publicFile(given, 'f', 'one\n');
    given.init();
    given.append('f', 'two\n');
    given.check();
    const reported = readFileSync(given.path('f'));
    given.append('f', 'three\n');
    accept(given);
    expect(contentAt(given, given.check(), 'f')?.diff).toEqual(['@@ -1,2 +1,3 @@', ' one', ' two', '+three']);
    publicFile(given, 'f', reported);
    given.append('f', 'four\n');
    expect(contentAt(given, given.check(), 'f')?.diff).toEqual(['@@ -1,2 +1,3 @@', ' one', ' two', '+four']);
  });

  test('of a new, a moved and a vanished file is followed by a clean check, and the next diff is against the new text', () => {
    const given = open();
    for (const name of ['a', 'b']) publicFile(given, name, `${name}\n`.repeat(3));
    given.init();
    publicFile(given, 'new', 'new\n');
    renameSync(given.path('a'), given.path('moved'));
    rmSync(given.path('b'));
    const report = given.check();
    expect(contentAt(given, report, 'b')?.diff).toEqual(['@@ -1,3 +0,0 @@', '-b', '-b', '-b']);
    expect(contentAt(given, report, 'new')?.diff).toEqual(['@@ -0,0 +1,1 @@', '+new']);
    expect(contentAt(given, report, 'moved')).toBeUndefined();
    accept(given);
    expect(given.check()).toMatchObject({ status: 'clean' });
    given.append('moved', 'c\n');
    given.append('new', 'c\n');
    const next = given.check();
    expect(contentAt(given, next, 'moved')?.diff).toEqual(['@@ -1,3 +1,4 @@', ' a', ' a', ' a', '+c']);
    expect(contentAt(given, next, 'new')?.diff).toEqual(['@@ -1,1 +1,2 @@', ' new', '+c']);
  });
});

describe('a new policy', () => {
  test('that turns diff on takes the texts of files that are as they were recorded, and of no others', () => {
    const given = open('watch: config');
    publicFile(given, 'same', 'same\n');
    publicFile(given, 'other', 'recorded\n');
    given.init();
    publicFile(given, 'other', 'since then\n');
    given.policy('watch: config', 'diff: true');
    expect(given.run(['policy', 'update', '--reason', 'see what changes'])).toMatchObject({ code: 0 });
    given.append('same', 'more\n');
    const report = given.check();
    expect(contentAt(given, report, 'same')?.diff).toEqual(['@@ -1,1 +1,2 @@', ' same', '+more']);
    expect(contentAt(given, report, 'other')).toEqual({ facts: [], omitted: 'its text is not in the baseline' });
  });

  test('that takes private: true back drops the texts of files that not everybody may read', () => {
    const given = open('watch: config', 'diff: { private: true }');
    given.file('secret', 'swordfish\n', 0o600);
    given.file('dir/secret', 'swordfish\n', 0o644);
    chmodSync(given.path('dir'), 0o700);
    publicFile(given, 'public', 'plain\n');
    given.init();
    const count = () => /texts kept +(\d+)/.exec(given.run(['baseline', 'show']).stdout)?.[1];
    expect(count()).toBe('3');
    given.policy('watch: config', 'diff: true');
    expect(given.run(['policy', 'update', '--reason', 'no secrets'])).toMatchObject({ code: 0 });
    expect(count()).toBe('1');
  });

  test('in which diff could not work is refused with line and column', () => {
    const given = open('watch: dynamic', 'diff: true');
    expectFailure(given.run(['init']), 78, /policy\.yaml:7:11: diff needs a digest/);
  });
});

test('two baselines are compared with the texts that they keep, and an exported one has them too', () => {
  const given = open();
  publicFile(given, 'f', 'one\n');
  given.init();
  const older = join(given.directory, 'older.db');
  expect(given.run(['baseline', 'export', older])).toMatchObject({ code: 0 });
  given.append('f', 'two\n');
  given.check();
  accept(given);
  const report = reportOf(given.run(['baseline', 'diff', older, given.baseline, '--format', 'json']));
  expect(contentAt(given, report, 'f')?.diff).toEqual(['@@ -1,1 +1,2 @@', ' one', '+two']);
});

test('of a flood of new files the report shows some, and says that the rest is left out', () => {
  const given = open();
  mkdirSync(given.path('d'));
  given.init();
  const text = `${'x'.repeat(99)}\n`.repeat(100);
  for (let index = 0; index < 700; index += 1) given.file(`d/${index}`, `${index}\n${text}`, 0o644);
  const contents = given.check().changes.flatMap(({ content }) => (content === undefined ? [] : [content]));
  expect(contents).toHaveLength(700);
  const full = contents.filter(({ omitted }) => omitted === 'the diffs of this report are full');
  expect(full.length).toBeGreaterThan(0);
  expect(full.length).toBeLessThan(600);
  accept(given);
  expect(given.check()).toMatchObject({ status: 'clean' });
});

test.skipIf(!isRoot())('a file that its owner alone may read is as private for root (needs root)', () => {
  const given = open();
  given.file('f', 'mine\n', 0o600);
  given.init();
  expect(given.run(['baseline', 'show']).stdout).toMatch(/texts kept +0/);
});

test.skipIf(noSshd !== undefined)(
  `of another host no text is fetched, which is said (needs ${noSshd ?? 'ssh'})`,
  async () => {
    const server = await startSshd(scratchDirectory(), `${process.execPath} ${PROGRAM} scan --stdin-policy`);
    try {
      const given = open();
      publicFile(given, 'gone', 'gone\n');
      publicFile(given, 'other', 'one\n');
      given.init();
      rmSync(given.path('gone'));
      publicFile(given, 'other', 'two\n');
      const command = `'${process.execPath}' '${PROGRAM}'`;
      const over = ['--host', 'examined', '--ssh-config', server.config, '--remote-command', command];
      const report = given.check(over);
      expect(contentAt(given, report, 'gone')?.diff).toEqual(['@@ -1,1 +0,0 @@', '-gone']);
      expect(contentAt(given, report, 'other')?.omitted).toBe('it was examined over ssh: content is not fetched');
      accept(given);
      expect(given.check()).toMatchObject({ status: 'clean' });
    } finally {
      await server.stop();
    }
  },
);
