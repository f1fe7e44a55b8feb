/** Signing, exporting and refusing, through the command line, with the real ssh-keygen and ssh-agent. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRoot } from '../../support/privileges.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { CAN_SIGN, type Key, makeKey, signText } from '../../support/ssh-keys.ts';

const PROGRAM = resolve('bin/integ.js');

interface Outcome {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** A small host: a tree, a policy for it, a baseline and a history of its own. */
class Site {
  readonly directory: string;
  readonly baseline: string;
  readonly policy: string;
  readonly tree: string;

  constructor() {
    this.directory = scratchDirectory();
    this.baseline = join(this.directory, 'state/baseline.db');
    this.policy = join(this.directory, 'policy.yaml');
    this.tree = join(this.directory, 'tree');
    mkdirSync(this.tree);
    writeFileSync(join(this.tree, 'file'), 'one\n');
    this.demand([]);
  }

  demand(signers: readonly string[]): void {
    const demand =
      signers.length === 0 ? '' : `baseline:\n  signers:\n${signers.map((line) => `    - '${line}'\n`).join('')}`;
    writeFileSync(
      this.policy,
      `version: 1\nname: site\n${demand}rules:\n  - paths: [${this.tree}]\n    watch: config\n`,
    );
  }

  run(
    parameters: readonly string[],
    options: { input?: string | Buffer; env?: Record<string, string>; before?: string } = {},
  ): Outcome {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: this.directory,
      INTEG_BASELINE: this.baseline,
      INTEG_POLICY: this.policy,
    };
    const command = [process.execPath, PROGRAM, ...parameters];
    const [program = '', ...rest] =
      options.before === undefined
        ? command
        : ['/usr/bin/unshare', '-m', '/bin/sh', '-c', `${options.before} && exec "$@"`, 'sh', ...command];
    const result = spawnSync(program, rest, {
      encoding: 'latin1',
      cwd: this.directory,
      env: {
        ...env,
        XDG_STATE_HOME: join(this.directory, 'own'),
        INTEG_HISTORY: join(this.directory, 'history.db'),
        ...options.env,
      },
      input: options.input ?? '',
    });
    return { exit: result.status, out: result.stdout, err: result.stderr };
  }
}

function by(name: string, key: Key): string {
  return `${name} ${key.publicKey}`;
}

describe.skipIf(!CAN_SIGN)('signatures (need ssh-keygen)', () => {
  test('a baseline that must be signed is used only when it is', () => {
    const site = new Site();
    const [key, other] = [makeKey(site.directory, 'key'), makeKey(site.directory, 'other')];
    site.demand([by('admin@example.org', key)]);
    expect(site.run(['init']).out).toContain('demands a signature');
    expect(site.run(['check'])).toMatchObject({ exit: 65, out: '', err: expect.stringContaining('not signed') });
    expect(site.run(['baseline', 'verify']).exit).toBe(65);
    const before = readFileSync(site.baseline);
    expect(site.run(['baseline', 'sign', '--key', 'other']).exit).toBe(65);
    expect(site.run(['baseline', 'sign', '--key', 'nothing']).exit).toBe(74);
    expect(readFileSync(site.baseline)).toEqual(before);
    expect(site.run(['baseline', 'sign', '--key', 'key'])).toMatchObject({ exit: 0 });
    expect(statSync(site.baseline).mode & 0o777).toBe(0o600);
    expect(site.run(['baseline', 'verify']).out).toContain('signature valid, by admin@example.org');
    const checked = site.run(['check', '--format', 'json']);
    expect(checked.exit).toBe(0);
    expect(JSON.parse(checked.out).baseline.signature).toEqual({ status: 'valid', signer: 'admin@example.org' });
    expect(site.run(['check']).out).toContain('signature valid by admin@example.org');
    // Signers that are kept elsewhere come on top of those in the policy.
    writeFileSync(join(site.directory, 'signers'), `# those\n${by('somebody', other)}\n`);
    expect(site.run(['check', '--signers', 'signers']).exit).toBe(65);
    expect(site.run(['baseline', 'verify', '--signers', 'signers']).exit).toBe(65);
  });

  test('the manifest can be signed elsewhere, and what comes back must be over it', () => {
    const site = new Site();
    const key = makeKey(site.directory, 'key');
    site.run(['init']);
    const manifest = site.run(['baseline', 'sign', '--manifest']).out;
    expect(manifest).toMatch(/^integ-manifest\/1\nhost: /);
    const attach = (signature: string) => site.run(['baseline', 'sign', '--signature', '-'], { input: signature });
    expect(attach(signText(`${manifest}x`, key)).exit).toBe(65);
    expect(attach(signText(manifest, key, 'file')).exit).toBe(65);
    expect(site.run(['check']).out).toContain('not signed');
    expect(attach(signText(manifest, key)).exit).toBe(0);
    // Nobody was named who may sign: the report does not claim that it is valid.
    expect(JSON.parse(site.run(['check', '--format', 'json']).out).baseline.signature).toEqual({
      status: 'unverified',
    });
    writeFileSync(join(site.directory, 'signers'), by('me', key));
    const verdict = JSON.parse(site.run(['check', '--format', 'json', '--signers', 'signers']).out).baseline.signature;
    expect(verdict).toEqual({ status: 'valid', signer: 'me' });
  });

  test('a public key signs when the agent holds the private one', () => {
    const site = new Site();
    const key = makeKey(site.directory, 'key');
    const socket = join(site.directory, 'agent');
    const started = execFileSync('/usr/bin/ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
    onTestFinished(() => {
      process.kill(pid);
    });
    execFileSync('/usr/bin/ssh-add', ['-q', key.file], { env: { SSH_AUTH_SOCK: socket } });
    rmSync(key.file);
    site.demand([by('admin', key)]);
    site.run(['init']);
    expect(site.run(['baseline', 'sign', '--key', 'key.pub']).exit).toBe(74);
    expect(site.run(['baseline', 'sign', '--key', 'key.pub'], { env: { SSH_AUTH_SOCK: socket } }).exit).toBe(0);
    expect(site.run(['check']).exit).toBe(0);
  });

  test('what was accepted takes force when it is signed, and until then the old baseline holds', () => {
    const site = new Site();
    const [key, other] = [makeKey(site.directory, 'key'), makeKey(site.directory, 'other')];
    site.demand([by('admin', key)]);
    site.run(['init']);
    site.run(['baseline', 'sign', '--key', 'key']);
    writeFileSync(join(site.directory, 'tree/new'), 'two\n');
    expect(site.run(['check']).exit).toBe(1);
    expect(site.run(['accept', '--all', '--reason', 'new file'])).toMatchObject({ exit: 0 });
    const candidate = `${site.baseline}.candidate`;
    expect(existsSync(candidate)).toBe(true);
    expect(site.run(['check']).exit).toBe(1);
    expect(site.run(['baseline', 'verify', candidate]).exit).toBe(65);
    expect(site.run(['baseline', 'sign', '--key', 'other']).exit).toBe(65);
    expect(existsSync(candidate)).toBe(true);
    expect(site.run(['baseline', 'sign', '--key', 'key']).out).toContain('now in force');
    expect(existsSync(candidate)).toBe(false);
    expect(existsSync(`${site.baseline}.gen-1`)).toBe(true);
    expect(site.run(['check'])).toMatchObject({ exit: 0 });
    // A policy that appoints somebody else needs the consent of those who are appointed.
    site.demand([by('intruder', other)]);
    expect(site.run(['policy', 'update', '--reason', 'mine']).exit).toBe(0);
    expect(site.run(['baseline', 'sign', '--key', 'other']).exit).toBe(65);
    expect(site.run(['baseline', 'sign', '--key', 'key']).exit).toBe(65);
  });

  test.skipIf(!isRoot())('without ssh-keygen a demanded signature counts for nothing (needs root)', () => {
    const site = new Site();
    const key = makeKey(site.directory, 'key');
    site.demand([by('admin', key)]);
    site.run(['init']);
    site.run(['baseline', 'sign', '--key', 'key']);
    const hidden = site.run(['check'], { before: 'mount --bind /dev/null /usr/bin/ssh-keygen' });
    expect(hidden).toMatchObject({ exit: 65, out: '', err: expect.stringContaining('could not be verified') });
  });

  test('one of the three ways to sign has to be named', () => {
    const site = new Site();
    site.run(['init']);
    expect(site.run(['baseline', 'sign']).exit).toBe(64);
    expect(site.run(['baseline', 'sign', '--manifest', '--key', 'k']).exit).toBe(64);
    expect(site.run(['baseline', 'sign', '--key', 'k', '--baseline', '-']).exit).toBe(64);
  });

  test('a line of signers that is none is told where it stands', () => {
    const site = new Site();
    site.demand(['ssh-ed25519 AAAA']);
    expect(site.run(['init'])).toMatchObject({
      exit: 78,
      err: expect.stringMatching(/policy\.yaml:5:7: .*names a key but no signer/),
    });
  });
});

describe('exports', () => {
  test('an export is the baseline to the byte, private, and used from a file and from standard input', () => {
    const site = new Site();
    site.run(['init']);
    const target = join(site.directory, 'copy.db');
    expect(site.run(['baseline', 'export', 'copy.db']).exit).toBe(0);
    expect(readFileSync(target)).toEqual(readFileSync(site.baseline));
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(site.run(['check', '--baseline', target]).exit).toBe(0);
    const streamed = site.run(['baseline', 'export', '-']);
    expect(Buffer.from(streamed.out, 'latin1')).toEqual(readFileSync(site.baseline));
    const piped = { input: readFileSync(target), env: { INTEG_HISTORY: join(site.directory, 'piped.history') } };
    expect(site.run(['check', '--baseline', '-'], piped).exit).toBe(0);
    expect(site.run(['baseline', 'export', 'again.db', '--baseline', '-'], { input: readFileSync(target) }).exit).toBe(
      0,
    );
    expect(readFileSync(join(site.directory, 'again.db'))).toEqual(readFileSync(target));
  });

  test('a damaged baseline is not exported, and nothing is left of the attempt', () => {
    const site = new Site();
    site.run(['init']);
    const bytes = readFileSync(site.baseline);
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    writeFileSync(site.baseline, bytes);
    expect(site.run(['baseline', 'export', 'copy.db'])).toMatchObject({ exit: 65, out: '' });
    expect(site.run(['baseline', 'export', '-'])).toMatchObject({ exit: 65, out: '' });
    expect(existsSync(join(site.directory, 'copy.db'))).toBe(false);
    expect(site.run(['baseline', 'export', 'no/where.db', '--baseline', '-'], { input: bytes }).exit).toBe(65);
  });

  test.skipIf(!isRoot())('from a read-only mount it is used as it is (needs the right to mount)', () => {
    const site = new Site();
    site.run(['init']);
    const medium = join(site.directory, 'medium');
    mkdirSync(medium);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', 'integ-test', medium]);
    expect(mounted.status).toBe(0);
    onTestFinished(() => {
      execFileSync('umount', [medium]);
    });
    expect(site.run(['baseline', 'export', 'medium/b.db']).exit).toBe(0);
    // As on a CD, where everything belongs to everybody.
    chmodSync(join(medium, 'b.db'), 0o666);
    expect(site.run(['check', '--baseline', join(medium, 'b.db')]).exit).toBe(77);
    execFileSync('mount', ['-o', 'remount,ro', medium]);
    expect(site.run(['check', '--baseline', join(medium, 'b.db')])).toMatchObject({ exit: 0 });
    expect(site.run(['baseline', 'verify', join(medium, 'b.db')]).exit).toBe(0);
    expect(site.run(['baseline', 'export', 'medium/c.db']).exit).toBe(73);
  });
});

describe('unsafe permissions', () => {
  test('a policy, an include or a baseline that others may write is refused, unless that is allowed', () => {
    const site = new Site();
    const included = join(site.directory, 'more.yaml');
    writeFileSync(included, `version: 1\nrules:\n  - paths: [${site.tree}]\n`);
    writeFileSync(site.policy, 'version: 1\ninclude: [more.yaml]\n');
    for (const file of [site.policy, included]) {
      chmodSync(file, 0o666);
      expect(site.run(['init'])).toMatchObject({ exit: 77, err: expect.stringContaining(`chmod o-w ${file}`) });
      expect(existsSync(site.baseline)).toBe(false);
      chmodSync(file, 0o644);
    }
    expect(site.run(['init']).exit).toBe(0);
    chmodSync(join(site.directory, 'state'), 0o777);
    const refused = site.run(['check']);
    expect(refused).toMatchObject({
      exit: 77,
      out: '',
      err: expect.stringContaining(`chmod o-w ${site.directory}/state`),
    });
    const allowed = site.run(['check', '--allow-unsafe-permissions']);
    expect(allowed).toMatchObject({
      exit: 0,
      err: expect.stringContaining('warning: baseline can be changed by others'),
    });
    expect(site.run(['check', '--baseline', '/dev/fd/0'], { input: '' }).exit).not.toBe(77);
  });
});

test('a report names the code that made it and what could have changed that', () => {
  const site = new Site();
  site.run(['init']);
  const report = JSON.parse(site.run(['check', '--format', 'json'], { env: { NODE_OPTIONS: '--no-warnings' } }).out);
  expect(report.tool).toEqual({
    version: report.version,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    node: process.versions.node,
  });
  expect(report.notes).toContain('the environment can change what integ does: NODE_OPTIONS is set');
  expect(site.run(['check', '--verbose']).out).toContain(`code sha256 ${report.tool.sha256}`);
});
