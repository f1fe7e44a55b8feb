/** The playbooks of docs/examples/ansible, run as they are against this host, with all of their places in a box. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Box, box, type Outcome, PROGRAM, REPOSITORY } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { works } from '../support/programs.ts';

const EXAMPLES = join(REPOSITORY, 'docs/examples/ansible');

interface Played extends Outcome {
  /** Names of the tasks that changed something. */
  readonly changed: readonly string[];
}

/** A host of the playbooks: what they would put into /etc and /var/lib is in a box. */
class Host {
  readonly box: Box = box();
  readonly root = this.box.beside('host');
  readonly seal = this.box.beside('seals', 'localhost');
  readonly #variables: Readonly<Record<string, unknown>>;

  constructor() {
    this.box.file('a');
    mkdirSync(join(this.root, 'etc/cron.d'), { recursive: true });
    const program = this.box.beside('integ');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
    chmodSync(program, 0o755);
    this.#variables = {
      ansible_become: false,
      ansible_python_interpreter: '/usr/bin/python3',
      integ_program: program,
      integ_policy_source: this.box.policyFile,
      integ_policy: this.box.beside('installed.yaml'),
      integ_baseline: this.box.baseline,
      integ_schedule: ['--cron', '--root', this.root],
      integ_seals: this.box.beside('seals'),
      integ_paths: [this.box.tree],
      integ_reason: 'release 2.1',
    };
  }

  play(name: string, ...args: readonly string[]): Played {
    const variables = JSON.stringify(this.#variables);
    const words = ['-i', 'localhost,', '-c', 'local', '-e', variables, ...args, join(EXAMPLES, name)];
    const temporary = this.box.beside('ansible');
    const { status, stdout, stderr } = spawnSync('ansible-playbook', words, {
      encoding: 'utf8',
      env: {
        ...this.box.environment(),
        ANSIBLE_HOME: temporary,
        ANSIBLE_LOCAL_TEMP: temporary,
        ANSIBLE_REMOTE_TEMP: temporary,
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_PIPELINING: '1',
      },
    });
    const changed = [...stdout.matchAll(/^TASK \[(.*)\] \*+\n(?:(?!TASK).*\n)*?changed: /gm)].map(
      ([, task]) => task ?? '',
    );
    return { code: status ?? 1, stdout, stderr, changed };
  }
}

// The schedule is root's.
describe.skipIf(!isRoot() || !works('ansible-playbook', '--version'))('ansible (needs ansible-playbook, root)', () => {
  const FIRST = ['The policy is on the host, and valid', 'The first baseline is made', 'The check runs every night'];

  test('puts integ on a host, and changes nothing the second time', () => {
    const host = new Host();
    const asked = host.play('integ.yaml', '--check');
    expect(asked).toMatchObject({ code: 0, changed: FIRST });
    expect(existsSync(host.box.baseline)).toBe(false);

    const first = host.play('integ.yaml');
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(first.changed).toEqual(expect.arrayContaining(FIRST));
    expect(readFileSync(join(host.root, 'etc/cron.d/integ'), 'utf8')).toContain(' check --unattended ');
    const { seal } = JSON.parse(host.box.run(['baseline', 'show', '--format', 'json']).stdout);
    expect(readFileSync(host.seal, 'utf8')).toBe(`${seal}\n`);

    expect(host.play('integ.yaml')).toMatchObject({ code: 0, changed: [] });
    expect(host.play('integ.yaml', '--check')).toMatchObject({ code: 0, changed: [] });

    host.box.policy('watch: config');
    const policy = ['The policy is on the host, and valid', 'The policy is in force'];
    expect(host.play('integ.yaml').changed).toEqual([...policy, 'The seal is written down on the control node']);
    expect(readFileSync(host.seal, 'utf8')).not.toBe(`${seal}\n`);
    expect(host.play('integ.yaml').changed).toEqual([]);
  });

  test('puts no policy on a host that is not valid, and makes no baseline for one that is gone', () => {
    const host = new Host();
    host.box.policy('watch: read-onyl');
    const invalid = host.play('integ.yaml');
    expect(invalid.code).toBe(2);
    expect(invalid.stdout).toContain('did you mean');
    expect(existsSync(host.box.baseline)).toBe(false);

    host.box.policy('watch: read-only');
    expect(host.play('integ.yaml').code).toBe(0);
    rmSync(host.box.baseline);
    rmSync(`${host.box.baseline}.history`);
    const gone = host.play('integ.yaml');
    expect(gone.stdout).toContain('the baseline is gone');
    expect(gone.code).toBe(2);
    expect(existsSync(host.box.baseline)).toBe(false);
  });

  test('accepts what a deployment changed, once, and nothing where a person has to look', () => {
    const host = new Host();
    host.box.init();
    host.box.file('b');
    expect(host.play('accept.yaml', '--check').changed).toEqual(['What was reported is accepted']);
    expect(host.play('accept.yaml').changed).toEqual(['What was reported is accepted']);
    expect(host.play('accept.yaml')).toMatchObject({ code: 0, changed: [] });
    expect(host.box.check().exitCode).toBe(0);

    host.box.policy("require: { mode: '0700' }");
    host.box.run(['policy', 'update', '--reason', 'strict']);
    host.box.file('c');
    expect(host.play('accept.yaml')).toMatchObject({ code: 2, changed: [] });
  });
});
