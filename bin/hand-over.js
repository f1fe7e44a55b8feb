/**
 * Runs integ on the runtime of its checkout when the Node.js that started it is too old. Such a Node.js cannot replace
 * itself (it has no process.execve), so it stays: it passes signals on and ends as the runtime ends, which never
 * outlives it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'];

const fail = (what, hint) => {
  process.stderr.write(`integ: ${what} (hint: ${hint})\n`);
  process.exitCode = 70;
};

/** @param {string} wanted The versions of Node.js on which integ runs, in words. */
export function handOver(wanted) {
  const runtime = fileURLToPath(new URL(`../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url));
  if (!existsSync(runtime)) {
    fail(
      `Node.js ${process.versions.node} is too old`,
      `install Node.js ${wanted}, or a package of integ, which needs none`,
    );
    return;
  }
  const program = fileURLToPath(new URL('./integ.js', import.meta.url));
  const child = spawn(runtime, [program, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, INTEG_PARENT: String(process.pid) },
  });
  const passOn = (signal) => child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, passOn);
  child.on('error', (error) => fail(`cannot start ${runtime}: ${error.message}`, 'npm ci installs it anew'));
  child.on('exit', (code, signal) => {
    for (const passed of PASSED_ON) process.removeListener(passed, passOn);
    if (signal !== null) process.kill(process.pid, signal);
    // What the dynamic loader ends with (ld.so(8)) after its own line, and what integ never ends with.
    else if (code === 127)
      fail(`${runtime} does not start`, 'it needs libatomic.so.1, of the package libatomic1 in Debian');
    else process.exitCode = code;
  });
}

/** In the runtime: the kernel kills it when the Node.js that handed over to it ends (PR_SET_PDEATHSIG, prctl(2)). */
export function endWithParent() {
  const parent = Number(process.env.INTEG_PARENT);
  // For this process alone, and not for the programs that it starts.
  delete process.env.INTEG_PARENT;
  const libc = createRequire(import.meta.url)('koffi').load(null);
  const PR_SET_PDEATHSIG = 1;
  libc.func('int prctl(int option, long value, long third, long fourth, long fifth)')(
    PR_SET_PDEATHSIG,
    constants.signals.SIGKILL,
    0,
    0,
    0,
  );
  // It may have ended before.
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}
