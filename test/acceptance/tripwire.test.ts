import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { box, expectFailure, PROGRAM } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { sharedDirectory } from '../support/scratch.ts';
import { noTripwire, type Tripwire, unpackTripwire } from '../support/tripwire-programs.ts';

function whyNot(): string | undefined {
  if (noTripwire !== undefined) return noTripwire;
  if (!isRoot()) return 'Tripwire reads the system as root';
  const mount = spawnSync('unshare', ['-mpf', '--mount-proc', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return mount.status === 0 ? undefined : 'nothing can be mounted here';
}

const reason = whyNot();

let tripwire: Tripwire | undefined;
const directory = sharedDirectory();

beforeAll(() => {
  if (reason !== undefined) return;
  tripwire = unpackTripwire(join(directory, 'package'));
});

/**
 * Runs a command with the programs of Tripwire in /usr/local/sbin, on this system as it is but for what would take
 * minutes to read: what root has collected, and most of /usr/lib. Processes are those of the run alone.
 */
function onThisSystem(command: readonly string[]) {
  const script = `
    set -e
    programs=$1; shift
    for each in /root /usr/lib/*/; do
      case "$1 $2" in *"$each"*) continue;; esac
      case "$each" in */systemd/|*-linux-gnu/) ;; *) mount -t tmpfs none "$each";; esac
    done
    mount -t tmpfs none /usr/local/sbin
    cp "$programs"/tripwire "$programs"/twadmin "$programs"/twprint /usr/local/sbin
    printf '%s\\n' "alias ll='ls -l'" > /root/.bashrc; mkdir -p /root/.gnome/a /root/new
    exec "$@"`;
  return spawnSync(
    'unshare',
    ['-mpf', '--mount-proc', 'sh', '-c', script, 'sh', tripwire?.programs ?? '', process.execPath, PROGRAM, ...command],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
}

describe.skipIf(reason !== undefined)(
  `the policy of Debian for Tripwire${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    test('selects the same objects with the same attributes once it is imported', () => {
      const { stdout, stderr } = onThisSystem([
        'policy',
        'import',
        '--from',
        'tripwire',
        '--compare',
        tripwire?.policy ?? '',
      ]);
      const summary = /(\S+) objects are selected by Tripwire or the policy; they disagree on (\S+) \(/.exec(stderr);
      const number = (text = ''): number => Number(text.replaceAll(',', ''));
      expect(number(summary?.[1]), stderr).toBeGreaterThan(5_000);
      // The processes of the two looks are not the same, programs of a live system write logs, and of a mount point,
      // for which docs/import.md gives the reason, Tripwire records the type alone. Nothing else may differ.
      const differing = stdout
        .split('\n')
        .filter((line) => line !== '' && !/^\/(?:proc|var\/log)\/|Tripwire: \+t$/.test(line));
      expect(differing).toEqual([]);
    });

    test('makes a policy that is valid', () => {
      const home = box();
      const output = join(home.directory, 'imported.yaml');
      const imported = home.run([
        'policy',
        'import',
        '--from',
        'tripwire',
        '--strict',
        '--output',
        output,
        tripwire?.policy ?? '',
      ]);
      expect(imported).toMatchObject({ code: 0, stdout: '' });
      expect(imported.stderr).toMatch(/imported \d+ rules; 0 things were not carried over exactly/);
      expect(home.run(['policy', 'check', output]).stdout).toMatch(/^The policy is valid/);
      expect(readFileSync(output, 'utf8').match(/ # twpol\.txt:\d+$/gm)?.length).toBeGreaterThanOrEqual(70);
    });
  },
);

describe('integ policy import --from tripwire', () => {
  test('says what is wrong with its line, and what cannot be asked', () => {
    const home = box();
    const file = join(home.directory, 'twpol.txt');
    writeFileSync(file, '/etc -> $(ReadOnly);\n/etc/ -> +p;\n');
    const from = ['policy', 'import', '--from', 'tripwire'];
    expectFailure(home.run([...from, file]), 78, /twpol\.txt:2: \/etc has a rule or stop point already, in line 1/);
    expectFailure(home.run([...from, '--aide-version', '0.19', file]), 64, /--aide-version is for --from aide/);
    writeFileSync(file, '/etc -> $(ReadOnly);\n');
    expect(home.run([...from, '--compare', '--root', home.tree, file])).toMatchObject({ code: 64 });
  });
});
