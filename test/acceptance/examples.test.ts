/** The other examples of docs/examples: each is read by the program that it is for, where that is here. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Box, box, PROGRAM, REPOSITORY, sealOf } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';

const example = (name: string): string => join(REPOSITORY, 'docs/examples', name);

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly permissions: string; readonly content: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

/** What a script of an example says, word by word, without what belongs to others than integ. */
function commandsOf(script: string): readonly string[] {
  return [...script.matchAll(/\binteg ((?:policy check|init|schedule install)(?: --[a-z]+)*)/g)].map(
    ([, words]) => words ?? '',
  );
}

test('cloud-init: writes a policy that is valid, and runs a script for the shell', () => {
  const text = readFileSync(example('cloud-init.yaml'), 'utf8');
  expect(text).toMatch(/^#cloud-config\n/);
  // Its shape is expected below.
  const config = parse(text) as CloudConfig;
  const [policy] = config.write_files;
  expect(policy).toMatchObject({ path: '/etc/integ/policy.yaml', permissions: '0644' });
  const given = box();
  given.policyText(policy?.content ?? '');
  expect(given.run(['policy', 'check', given.policyFile], { bare: true }).code).toBe(0);
  const [[shell = '', option, script = ''] = []] = config.runcmd;
  expect([shell, option]).toEqual(['sh', '-ec']);
  expect(spawnSync(shell, ['-n', '-c', script]).status).toBe(0);
  expect(commandsOf(script)).toEqual(['policy check', 'init --once', 'schedule install']);
});

test.skipIf(!works('cloud-init', '--version'))('cloud-init: knows every key (needs cloud-init)', () => {
  expect(tool('cloud-init', 'schema', '--config-file', example('cloud-init.yaml'))).toMatch(/Valid/);
});

test.skipIf(!works('puppet', '--version'))('Puppet: the manifest is one (needs puppet)', () => {
  tool('puppet', 'parser', 'validate', example('integ.pp'));
});

test.skipIf(!works('debconf-set-selections', '--checkonly', '/dev/null'))(
  'the installer of Debian: the answer is one, with a script for the shell (needs debconf)',
  () => {
    tool('debconf-set-selections', '--checkonly', example('preseed.cfg'));
    const answer = readFileSync(example('preseed.cfg'), 'utf8').replaceAll('\\\n', '');
    const [, script = ''] = /^d-i preseed\/late_command string +(.*)$/m.exec(answer) ?? [];
    expect(spawnSync('sh', ['-n', '-c', script]).status).toBe(0);
    expect(commandsOf(script)).toEqual(['policy check', 'schedule install --systemd']);
  },
);

test.skipIf(!works('systemd-analyze', '--version'))(
  'the unit for the first start is one that systemd understands (needs systemd-analyze)',
  () => {
    const unit = readFileSync(example('integ-first-baseline.service'), 'utf8');
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/integ init --once$/m);
    const file = box().beside('integ-first-baseline.service');
    // systemd looks whether the program is there.
    writeFileSync(file, unit.replace('/usr/bin/integ', '/bin/true'));
    expect(spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  },
);

describe.skipIf(!isRoot())('a container image (needs root)', () => {
  const SCRIPT = example('container-image/image.sh');

  /** An image as its archive, and the same after somebody was at it. */
  function images(given: Box): { readonly released: string; readonly tampered: string } {
    for (const directory of ['usr/bin', 'etc', 'dev']) mkdirSync(given.path(directory), { recursive: true });
    given.file('usr/bin/app', '#!/bin/sh\n', 0o755);
    given.file('etc/passwd', 'root:x:0:0::/root:/bin/sh\napp:x:501:501::/:/bin/sh\n');
    given.file('etc/hosts', '');
    tool('chown', '501:501', given.path('usr/bin/app'));
    const archive = (name: string): string => {
      const file = given.beside(name);
      tool('tar', '--create', '--file', file, '--directory', given.tree, '.');
      return file;
    };
    const released = archive('released.tar');
    given.append('usr/bin/app', 'evil\n');
    chmodSync(given.path('usr/bin/app'), 0o4755);
    given.append('etc/hosts', '10.0.0.1 engine\n');
    return { released, tampered: archive('tampered.tar') };
  }

  test('that is as it was released is clean, and one that is not is reported as SARIF', () => {
    const given = box();
    const { released, tampered } = images(given);
    const bin = given.beside('bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'integ'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`, { mode: 0o755 });
    const environment = given.environment();
    const env = { ...environment, PATH: `${bin}:${environment['PATH']}` };
    const run = (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(SCRIPT, args, { encoding: 'utf8', cwd: given.directory, env });
      return { code: status ?? 1, stdout, stderr };
    };
    const recorded = run('record', released, given.baseline);
    expect(recorded.code, recorded.stderr).toBe(0);
    const seal = sealOf(recorded);
    const clean = run('check', released, given.baseline, seal);
    expect(clean.code, clean.stdout + clean.stderr).toBe(0);
    expect(run('check', tampered, given.baseline, seal).code).toBe(4);
    const { runs } = JSON.parse(readFileSync(given.beside('integ.sarif'), 'utf8'));
    const places = runs[0].results.map(
      (result: {
        readonly locations: readonly {
          readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
        }[];
      }) => result.locations[0]?.physicalLocation.artifactLocation.uri,
    );
    expect(places).toEqual(['usr/bin/app']);
    expect(run('check', released, given.baseline, '0'.repeat(64)).code).toBe(65);
  });
});
