/**
 * A baseline that somebody else made: what it says has no effect outside of its report, and one that failed a test of
 * trust is used for nothing. The programs are real ones that leave a mark.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type Box, box, expectFailure, type Outcome, sealOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool } from '../support/programs.ts';
import { makeKey } from '../support/ssh-keys.ts';

/** A mail program of a box that notes that it ran, and what it was given. */
function mailer(it: Box, name: string): { readonly program: string; readonly ran: () => boolean; mail(): string } {
  const mark = it.beside(`${name}.ran`);
  const program = it.beside(`${name}.sh`);
  writeFileSync(program, `#!/bin/sh\necho "$@" > '${mark}'\ncat >> '${mark}'\n`, { mode: 0o755 });
  return { program, ran: () => existsSync(mark), mail: () => readFileSync(mark, 'utf8') };
}

function policyOf(it: Box, ...notify: readonly string[]): string {
  const told = notify.length === 0 ? '' : `notify:\n${notify.map((line) => `  ${line}\n`).join('')}`;
  return `version: 1\nname: test\nrules: [{ name: tree, paths: ['${it.tree}'] }]\n${told}`;
}

const mailBy = (program: string, to = 'root'): string =>
  `email: { to: ['${to}'], sendmail: '${program}', when: always }`;

/** A baseline of the tree of a box, made by somebody else with this policy and given away without its history. */
function foreign(it: Box, policy: string, generations = 1): string {
  const theirs = it.beside('theirs');
  mkdirSync(theirs, { mode: 0o700 });
  writeFileSync(join(theirs, 'p.yaml'), policy);
  const baseline = join(theirs, 'b.db');
  for (let made = 0; made < generations; made += 1) {
    const outcome = it.run(['init', '--force', '--policy', join(theirs, 'p.yaml'), '--baseline', baseline], {
      bare: true,
    });
    expect(outcome.code).toBe(0);
  }
  const given = it.beside('got.db');
  copyFileSync(baseline, given);
  return given;
}

function boxWithFile(): Box {
  const it = box();
  it.file('house');
  return it;
}

/** Runs a check with no policy file that names anybody. */
function check(it: Box, baseline: string, ...args: readonly string[]): Outcome {
  return it.run(['check', '--policy', it.policyFile, '--baseline', baseline, ...args], { bare: true });
}

describe('a baseline that was refused', () => {
  for (const [why, demand] of [
    ['has another seal than the expected one', () => ['--expect-seal', '0'.repeat(64)]],
    [
      'is not signed by those who were named',
      (it: Box) => {
        const { publicKey } = makeKey(it.directory, 'key');
        writeFileSync(it.beside('signers'), `admin@example.org ${publicKey}\n`);
        return ['--signers', it.beside('signers')];
      },
    ],
  ] as const) {
    test(`since it ${why} runs no program of its own and tells nobody whom it names`, () => {
      const it = boxWithFile();
      const evil = mailer(it, 'evil');
      const got = foreign(it, policyOf(it, mailBy(evil.program)));
      const outcome = check(it, got, '--unattended', ...demand(it));
      expect(outcome).toMatchObject({ code: 65, stdout: '' });
      expect(outcome.stderr).toMatch(/only the system log is told/);
      expect(outcome.stderr).not.toMatch(/nobody could be told/);
      expect(evil.ran()).toBe(false);
    });
  }

  test('is told to those whom the policy file names', () => {
    const it = boxWithFile();
    const [evil, good] = [mailer(it, 'evil'), mailer(it, 'good')];
    const got = foreign(it, policyOf(it, mailBy(evil.program)));
    it.policyText(policyOf(it, mailBy(good.program, 'admin@example.org')));
    expect(check(it, got, '--unattended', '--expect-seal', '0'.repeat(64)).code).toBe(65);
    expect(evil.ran()).toBe(false);
    expect(good.mail()).toMatch(/admin@example\.org[\s\S]*the expected 0000/);
  });

  test('is told to those whom the generation before it names, which came into force here', () => {
    const it = boxWithFile();
    const [evil, good] = [mailer(it, 'evil'), mailer(it, 'good')];
    it.policyText(policyOf(it, mailBy(good.program)));
    it.init();
    it.file('new');
    expect(it.run(['check', '--quiet', '--no-progress']).code).toBe(1);
    expect(it.run(['accept', '--all', '--reason', 'wanted']).code).toBe(0);
    rmSync(it.beside('good.ran'));
    const got = foreign(it, policyOf(it, mailBy(evil.program)), 2);
    copyFileSync(got, it.baseline);
    it.policyText(policyOf(it));
    const outcome = it.run(['check', '--unattended']);
    expect(outcome).toMatchObject({ code: 65, stdout: '' });
    expect(outcome.stderr).toMatch(/was replaced: sequence 2 had the seal/);
    expect(evil.ran()).toBe(false);
    expect(good.mail()).toMatch(/was replaced: sequence 2/);
  });

  test('is not used under the name of a generation before it either', () => {
    const it = boxWithFile();
    const evil = mailer(it, 'evil');
    it.init();
    const got = foreign(it, policyOf(it, mailBy(evil.program)));
    copyFileSync(got, it.baseline);
    copyFileSync(got, `${it.baseline}.gen-1`);
    expect(it.run(['check', '--unattended']).code).toBe(65);
    expect(evil.ran()).toBe(false);
  });
});

describe('a baseline that is not known here', () => {
  const METRICS = (it: Box): string => `metrics: { file: '${it.beside('figures.prom')}' }`;

  test('has no effect outside of its report, however often it was looked at', () => {
    const it = boxWithFile();
    const evil = mailer(it, 'evil');
    const got = foreign(it, policyOf(it, mailBy(evil.program), METRICS(it)));
    const own = join(it.state, 'got.db');
    copyFileSync(got, own);
    it.append('house', 'changed\n');
    for (const time of ['first', 'second']) {
      const outcome = check(it, own);
      expect(outcome.code, time).toBe(4);
      expect(outcome.stderr, time).toMatch(/warning: not notified: this baseline is not known here \(hint: [^\n]+\)\n/);
      expect(outcome.stdout, time).toMatch(/not notified: this baseline is not known here/);
    }
    expect(evil.ran()).toBe(false);
    expect(existsSync(it.beside('figures.prom'))).toBe(false);
    for (const args of [
      ['notify', 'test'],
      ['report', 'send'],
    ]) {
      expectFailure(it.run([...args, '--baseline', own], { bare: true }), 65, /not known here/);
    }
    expect(evil.ran()).toBe(false);
  });

  test('chooses no program from standard input either', () => {
    const it = boxWithFile();
    const evil = mailer(it, 'evil');
    const got = foreign(it, policyOf(it, mailBy(evil.program)));
    const outcome = it.run(['check', '--history', join(it.state, 'h'), '--policy', it.policyFile, '--baseline', '-'], {
      bare: true,
      input: readFileSync(got),
    });
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/not notified/);
    expect(evil.ran()).toBe(false);
  });

  test('is not made known by what lies below the examined root', () => {
    const it = boxWithFile();
    const evil = mailer(it, 'evil');
    const below = it.directoryAt('var/lib/integ');
    const policy = it.beside('theirs.yaml');
    writeFileSync(policy, policyOf(it, mailBy(evil.program)).replace(`'${it.tree}'`, '/house'));
    const own = join(below, 'baseline.db');
    const run = (command: string, ...args: readonly string[]): Outcome =>
      it.run([command, '--root', it.tree, '--baseline', own, ...args], { bare: true });
    expect(run('init', '--policy', policy).code).toBe(0);
    it.append('house', 'changed\n');
    const outcome = run('check', '--policy', it.policyFile);
    expect(outcome.code).toBe(4);
    expect(outcome.stderr).toMatch(/not notified/);
    expect(evil.ran()).toBe(false);
  });

  test('tells those of the policy file in an unattended check, who hear of it in its place', () => {
    const it = boxWithFile();
    const good = mailer(it, 'good');
    it.policyText(policyOf(it, mailBy(good.program, 'admin@example.org')));
    // Silent, so that it would tell nobody.
    const got = foreign(it, policyOf(it));
    it.append('house', 'changed\n');
    expect(check(it, got, '--unattended').code).toBe(4);
    expect(good.mail()).toMatch(/admin@example\.org[\s\S]*CHANGED/);
  });

  test('is known when its seal was expected', () => {
    const it = boxWithFile();
    const theirs = mailer(it, 'theirs');
    const got = foreign(it, policyOf(it, mailBy(theirs.program)));
    const shown = it.run(['baseline', 'show', '--baseline', got], { bare: true });
    const seal = /\b[0-9a-f]{64}\b/.exec(shown.stdout.slice(shown.stdout.indexOf('seal')))?.[0] ?? sealOf(shown);
    expect(check(it, got, '--expect-seal', seal).code).toBe(0);
    expect(theirs.ran()).toBe(true);
  });

  test('signed by itself is no better: whom its own policy lets sign it says its maker', () => {
    const it = boxWithFile();
    const evil = mailer(it, 'evil');
    const key = makeKey(it.directory, 'key');
    const signer = `admin@example.org ${key.publicKey}`;
    const policy = `${policyOf(it, mailBy(evil.program))}baseline: { signers: ['${signer}'] }\n`;
    const got = foreign(it, policy);
    const own = it.beside('own.db');
    renameSync(got, own);
    expect(it.run(['baseline', 'sign', '--key', key.file, '--baseline', own], { bare: true }).code).toBe(0);
    const bought = join(it.state, 'bought.db');
    copyFileSync(own, bought);
    const outcome = check(it, bought);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/signed by admin@example\.org|valid/);
    expect(evil.ran()).toBe(false);
    writeFileSync(it.beside('signers'), `${signer}\n`);
    expect(check(it, bought, '--signers', it.beside('signers')).code).toBe(0);
    expect(evil.ran()).toBe(true);
  });
});

describe('files that the settings of a channel name', () => {
  test.skipIf(!isRoot())('are not used when others could have changed them', () => {
    const it = boxWithFile();
    const folder = it.beside('open');
    const good = mailer(it, 'good');
    mkdirSync(folder, { mode: 0o777 });
    tool('chmod', '0777', folder);
    const program = join(folder, 'mailer.sh');
    renameSync(good.program, program);
    it.policyText(policyOf(it, mailBy(program)));
    it.init();
    const outcome = it.run(['check']);
    expect(outcome.code).toBe(69);
    expect(outcome.stderr).toMatch(/mailer can be changed by others: [^\n]*open may be written by everybody/);
    expect(good.ran()).toBe(false);
    expect(it.run(['check', '--allow-unsafe-permissions']).code).toBe(0);
    expect(good.ran()).toBe(true);
  });
});

describe('a baseline with a higher number than any known', () => {
  const history = (it: Box): string => `${it.baseline}.history`;

  /** Makes a generation in which one more file is accepted. */
  function accept(it: Box, name: string): void {
    it.file(name);
    expect(it.run(['check', '--quiet']).code).toBe(1);
    expect(it.run(['accept', '--all', '--reason', name]).code).toBe(0);
  }

  test('that does not follow it makes the check incomplete, is not remembered, and nothing is built on it', () => {
    const it = boxWithFile();
    it.init();
    const own = readFileSync(it.baseline);
    copyFileSync(foreign(it, policyOf(it), 3), it.baseline);
    const outcome = it.run(['check']);
    expect(outcome.code).toBe(16);
    expect(outcome.stdout).toMatch(/^INCOMPLETE/);
    expect(outcome.stdout).toMatch(/is sequence 3 and does not follow 1, the last one known here: sequence 2 between/);
    it.file('new');
    expect(it.run(['check', '--quiet']).code).toBe(17);
    const refused = it.run(['accept', '--all', '--reason', 'x']);
    expect(refused.code).toBe(65);
    expect(refused.stderr).toMatch(/does not follow/);
    rmSync(it.path('new'));
    writeFileSync(it.baseline, own, { mode: 0o600 });
    expect(it.run(['check']).code).toBe(4);
  });

  test('follows through the generations that lie beside it, and not without them', () => {
    const it = boxWithFile();
    it.init();
    const early = readFileSync(history(it));
    accept(it, 'two');
    accept(it, 'three');
    writeFileSync(history(it), early);
    const outcome = it.run(['check']);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/sequence 3 was not put into force with this history, which knows 1/);
    writeFileSync(history(it), early);
    rmSync(`${it.baseline}.gen-2`);
    expect(it.run(['check']).code).toBe(16);
  });

  test('cannot be made to look unknown by removing rows of the history, so that an older one counts', () => {
    const it = boxWithFile();
    it.init();
    accept(it, 'two');
    copyFileSync(`${it.baseline}.gen-1`, it.baseline);
    rmSync(it.path('two'));
    expect(it.run(['check']).code).toBe(65);
    const database = new SqliteDatabase(history(it));
    database.exec('DELETE FROM generations WHERE sequence > 1');
    database.close();
    const outcome = it.run(['check']);
    expect(outcome.code & 16).toBe(16);
    expect(outcome.stdout).toMatch(/^INCOMPLETE/);
    expect(outcome.stdout).toMatch(/history .* was edited/);
  });
});
