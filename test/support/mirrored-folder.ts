/**
 * A file system that a program serves (bindfs, through FUSE) and that can be made to answer nothing, as that of a file
 * server which is gone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { works } from './programs.ts';
import { until } from './waiting.ts';

export const HAS_BINDFS = works('bindfs', '--version') && existsSync('/dev/fuse') && process.getuid?.() === 0;

export interface Mirror {
  /** Whoever touches it from now on waits. */
  die(): void;
  /** It answers again. */
  rise(): void;
}

/** Another user who may mount. */
const OTHER = [
  ...['setpriv', '--reuid', '1000', '--regid', '1000', '--clear-groups'],
  ...['--inh-caps', '+sys_admin,+dac_override', '--ambient-caps', '+sys_admin,+dac_override'],
];

/** Mounts at `place` what lies in `source`, until the test is over; with `refusesRoot` for a user who is not root. */
export async function mirror(source: string, place: string, refusesRoot = false): Promise<Mirror> {
  mkdirSync(place, { recursive: true });
  if (refusesRoot) chownSync(place, 1000, 1000);
  const [program = '', ...args] = refusesRoot ? [...OTHER, 'bindfs', '--no-allow-other'] : ['bindfs'];
  const server = spawn(program, [...args, '-f', source, place], { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const rise = (): void => {
    server.kill('SIGCONT');
  };
  onTestFinished(async () => {
    rise();
    spawnSync('umount', ['-l', place]);
    server.kill('SIGTERM');
    await ended;
  });
  await until(() => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${place} `), `${place} is mounted`);
  return { die: () => server.kill('SIGSTOP'), rise };
}
