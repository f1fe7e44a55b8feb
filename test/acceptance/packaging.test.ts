/**
 * Packages as they are released, but less compressed, installed on fresh systems without a network and started without
 * an environment.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FreshRoot, noFreshRoot, SUITES } from '../support/fresh-roots.ts';
import { box, REPOSITORY } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';
import { scratchDirectory, sharedDirectory } from '../support/scratch.ts';

const { version }: { version: string } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));

/** Why no package can be made here; undefined when it can. */
function cannotPack(): string | undefined {
  for (const program of ['patchelf', 'dpkg-deb', 'apt-get']) {
    if (!works(program, '--version')) return `needs ${program}`;
  }
  const isKnown = works('apt-get', 'download', '--print-uris', 'libatomic1');
  return isKnown ? undefined : 'needs the lists of apt, for libatomic1';
}

const WITHOUT = cannotPack();
const WITHOUT_RPM = WITHOUT ?? (works('rpmbuild', '--version') ? undefined : 'needs rpmbuild');
const folder = sharedDirectory();

/** Makes a package once for all tests of this file; gives back where it is. */
function made(kind: 'deb' | 'rpm' | 'tar'): string {
  const output = join(folder, kind);
  if (!existsSync(output)) {
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    tool(process.execPath, `.ci/package/${kind}.ts`, '--quick', '--arch', arch, '--output', output);
  }
  const [file = ''] = readdirSync(output);
  return join(output, file);
}

/** The same package with another version, and a file that the newer one has not. */
function older(deb: string): string {
  const unpacked = join(scratchDirectory(), 'older');
  tool('dpkg-deb', '--raw-extract', deb, unpacked);
  const control = join(unpacked, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, 'Version: 0.0.1'));
  writeFileSync(join(unpacked, 'usr/lib/integ/dist/of-old.js'), '// Gone in the newer one.\n');
  tool('dpkg-deb', '-Znone', '--root-owner-group', '--build', unpacked, join(unpacked, '../older.deb'));
  return join(unpacked, '../older.deb');
}

const ENABLED = 'etc/systemd/system/timers.target.wants/integ-check.timer';

test.skipIf(WITHOUT !== undefined || !works('lintian', '--version'))(
  `lintian finds no error in the package for Debian (${WITHOUT ?? 'needs lintian'})`,
  () => {
    const { stdout } = spawnSync('lintian', ['--allow-root', made('deb')], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => /^[EW]:/.test(line))).toEqual([]);
  },
);

describe.each(SUITES)('on a fresh %s without a network', (suite) => {
  const without = WITHOUT ?? noFreshRoot(suite);

  test.skipIf(without !== undefined)(
    `the package installs, finds what was tampered with, is upgraded, removed and purged (${without ?? 'as root'})`,
    () => {
      const host = new FreshRoot(suite, join(scratchDirectory(), 'host'));
      const deb = made('deb');
      host.bring(older(deb), 'root/older.deb');
      host.bring(deb, 'root/newer.deb');
      expect(host.shell('dpkg -i /root/older.deb')).toMatchObject({ code: 0, stderr: '' });
      expect(host.run(['/usr/bin/integ', '--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
      expect(readdirSync(host.at('etc/integ'))).toEqual(['policy.yaml.example']);
      expect(host.shell('stat -c %a:%U /var/lib/integ').stdout).toBe('700:root\n');
      expect(host.exists(ENABLED)).toBe(false);
      expect(host.run(['/usr/bin/integ', 'policy', 'check', '/etc/integ/policy.yaml.example']).code).toBe(0);

      expect(host.shell('integ policy new --output /etc/integ/policy.yaml').code).toBe(0);
      expect(host.shell('integ init')).toMatchObject({ code: 0, stderr: '' });
      const schedule = host.shell('mkdir -p /etc/cron.d && integ schedule install --cron');
      expect(schedule).toMatchObject({ code: 0, stderr: '' });
      const line = /^30 2 \* \* \* root (.*)$/m.exec(host.read('etc/cron.d/integ'))?.[1] ?? '';
      expect(line).toBe('/usr/bin/integ check --unattended --nice');

      host.write('usr/bin/planted', 'planted\n');
      host.append('etc/passwd', 'mallory:x:0:0::/:/bin/sh\n');
      const found = host.run(['/bin/sh', '-c', line], { PATH: '' });
      expect(found).toMatchObject({ code: 5, stderr: '' });
      expect(found.stdout).toContain('/usr/bin/planted');
      expect(found.stdout).toContain('/etc/passwd');
      // What has Node.js run other code has no effect, and neither has a node of the host.
      host.write('tmp/planted.cjs', 'console.log("planted"); process.exit(0);\n');
      host.write('usr/local/bin/node', '#!/bin/sh\necho planted\n');
      const subverted = { NODE_OPTIONS: '--require /tmp/planted.cjs', PATH: '/usr/local/bin:/usr/bin:/bin' };
      expect(host.run(['/usr/bin/integ', '--version'], subverted).stdout).toBe(`${version}\n`);

      const kept = ['baseline.db', 'baseline.db.history'].map((name) => host.read(`var/lib/integ/${name}`));
      expect(host.shell('dpkg -i /root/newer.deb')).toMatchObject({ code: 0, stderr: '' });
      expect(['baseline.db', 'baseline.db.history'].map((name) => host.read(`var/lib/integ/${name}`))).toEqual(kept);
      expect(host.read('etc/cron.d/integ')).toContain(line);
      expect(host.exists(ENABLED)).toBe(false);
      expect(host.exists('usr/lib/integ/dist/of-old.js')).toBe(false);
      expect(host.shell('dpkg --verify integ')).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(host.run(['/usr/bin/integ', 'self', 'verify'])).toMatchObject({ code: 0, stderr: '' });
      // A file of the older version is among what is gone.
      expect(host.run(['/bin/sh', '-c', line]).code).toBe(7);
      host.append('usr/lib/integ/dist/scan/worker.js', '// \n');
      expect(host.run(['/usr/bin/integ', 'self', 'verify']).code).toBe(65);

      const removed = host.shell('dpkg --remove integ');
      expect(removed.code).toBe(0);
      expect(removed.stderr).toMatch(/\/etc\/cron\.d\/integ stays, and no nightly check can run without the package/);
      expect(host.exists('usr/lib/integ')).toBe(false);
      expect(readdirSync(host.at('etc/integ')).sort()).toEqual(['policy.yaml', 'policy.yaml.example']);
      const purged = host.shell('dpkg --purge integ');
      expect(purged.code).toBe(0);
      expect(purged.stderr).toMatch(/^integ: kept in \/etc\/integ: policy\.yaml $/m);
      expect(purged.stderr).toMatch(/^integ: kept in \/var\/lib\/integ: baseline\.db baseline\.db\.history $/m);
      expect(readdirSync(host.at('etc/integ'))).toEqual(['policy.yaml']);
      expect(host.read('var/lib/integ/baseline.db')).not.toBe('');
    },
  );

  test.skipIf(without !== undefined)(
    `a timer that was enabled stays so until the package is removed (${without ?? 'as root'})`,
    () => {
      const host = new FreshRoot(suite, join(scratchDirectory(), 'host'));
      const deb = made('deb');
      host.bring(older(deb), 'root/older.deb');
      host.bring(deb, 'root/newer.deb');
      host.shell('dpkg -i /root/older.deb');
      // As systemctl enable does, which these roots have not: older ones call the folder /lib.
      host.shell(`mkdir -p "$(dirname /${ENABLED})" && ln -s /lib/systemd/system/integ-check.timer /${ENABLED}`);
      expect(host.exists(ENABLED)).toBe(true);
      expect(host.shell('dpkg -i /root/newer.deb')).toMatchObject({ code: 0, stderr: '' });
      expect(host.exists(ENABLED)).toBe(true);
      expect(host.run(['/usr/bin/integ', 'schedule', 'show']).stdout).toMatch(
        /^systemd .* by the units of the package/,
      );
      expect(host.shell('dpkg --remove integ').code).toBe(0);
      expect(host.run(['/usr/bin/readlink', '/etc/systemd/system/integ-check.timer']).stdout).toBe('/dev/null\n');
      host.shell('dpkg -i /root/newer.deb');
      expect(host.exists('etc/systemd/system/integ-check.timer')).toBe(false);
      expect(host.shell('dpkg --purge integ').code).toBe(0);
      expect(host.exists(ENABLED)).toBe(false);
    },
  );

  test.skipIf(without !== undefined)(
    `a package that was never used leaves nothing behind (${without ?? 'as root'})`,
    () => {
      const host = new FreshRoot(suite, join(scratchDirectory(), 'host'));
      const files = () =>
        host.shell('find /etc /usr /var -xdev ! -path "/var/lib/dpkg/*" ! -path "/var/log/*" | sort').stdout;
      const before = files();
      host.bring(made('deb'), 'root/integ.deb');
      expect(host.shell('dpkg -i /root/integ.deb')).toMatchObject({ code: 0, stderr: '' });
      expect(host.shell('dpkg --purge integ')).toMatchObject({ code: 0, stderr: '' });
      expect(files()).toBe(before);
    },
  );
});

const withoutRpmRoot = WITHOUT_RPM ?? noFreshRoot('bookworm');

test.skipIf(withoutRpmRoot !== undefined)(
  `the package for rpm installs into a root, examines it, and leaves the baseline (${withoutRpmRoot ?? 'as root'})`,
  () => {
    const host = new FreshRoot('bookworm', join(scratchDirectory(), 'host'));
    const rpm = made('rpm');
    expect(tool('rpm', '-qp', '--requires', rpm)).toMatch(/^glibc >= 2\.28\n(?:.*\n)*libstdc\+\+ >= 5\.2$/m);
    // Of the packages it needs this root has none: it is one of Debian.
    const inRoot = (...words: readonly string[]) => tool('rpm', '--root', host.directory, ...words);
    inRoot('--install', '--nodeps', rpm);
    expect(inRoot('--verify', '--nodeps', 'integ')).toBe('');
    expect(host.shell('stat -c %a:%U /var/lib/integ').stdout).toBe('700:root\n');
    expect(host.run(['/usr/bin/integ', 'self', 'verify'])).toMatchObject({ code: 0, stderr: '' });
    expect(host.run(['/usr/bin/integ', 'init']).code).toBe(0);
    host.write('usr/bin/planted', 'planted\n');
    expect(host.run(['/usr/bin/integ', 'check'])).toMatchObject({ code: 1, stderr: '' });
    inRoot('--erase', '--nodeps', 'integ');
    expect(host.exists('usr/lib/integ')).toBe(false);
    expect(host.exists('etc/integ')).toBe(false);
    expect(readdirSync(host.at('var/lib/integ'))).toEqual(['baseline.db', 'baseline.db.history']);
  },
);

test.skipIf(WITHOUT !== undefined || !isRoot())(
  `the archive runs where it cannot be written, by any path to it (${WITHOUT ?? 'needs root'})`,
  () => {
    const it = box();
    it.file('watched');
    const medium = it.beside('medium');
    mkdirSync(medium);
    const top = join(medium, `integ-${version}-linux-${process.arch}`);
    symlinkSync(join(top, 'integ'), it.beside('absolute'));
    symlinkSync('absolute', it.beside('relative'));
    const where = `--baseline ${it.baseline} --policy ${it.policyFile}`;
    const script = `
      mount -t tmpfs none ${medium} && tar -C ${medium} -xf ${made('tar')} && mount -o remount,ro ${medium}
      touch ${top}/x 2>/dev/null && echo writable
      env -i ${top}/integ self verify >/dev/null || echo differs
      cd ${top} && env -i sh integ --version
      env -i ${it.beside('relative')} --version
      env -i PATH=${top} integ --version
      env -i ${top}/integ init ${where} >/dev/null && env -i ${top}/integ check ${where} >/dev/null
      echo "ends with $?"
      mkdir -p ${it.beside('host/etc/cron.d')}
      env -i ${top}/integ schedule install --cron --root ${it.beside('host')} >/dev/null`;
    const { stdout, stderr } = spawnSync('unshare', ['--mount', '--net', 'sh', '-c', script], { encoding: 'utf8' });
    const said = `${version}\n`;
    expect({ stdout, stderr }).toEqual({ stdout: `${said}${said}${said}ends with 0\n`, stderr: '' });
    expect(readFileSync(it.beside('host/etc/cron.d/integ'), 'utf8')).toContain(` root ${top}/integ check `);
  },
);
