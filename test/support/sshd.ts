/** A real sshd on loopback, with keys of its own, for the user who runs the tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRoot } from './privileges.ts';
import { makeKey } from './ssh-keys.ts';

const SSHD = '/usr/sbin/sshd';
const PRIVILEGE_SEPARATION = '/run/sshd';

/** Why there can be no sshd here, or undefined. */
export const noSshd: string | undefined = [SSHD, '/usr/bin/ssh', '/usr/bin/ssh-keygen'].find(
  (file) => !existsSync(file),
);

export interface Sshd {
  /** For ssh -F; the server is the host `examined`; `stranger` is the same with a host key nobody knows. */
  readonly config: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'data');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Its files are in `directory`; `forced` is all that the key of the host `restricted` can run. */
export async function startSshd(directory: string, forced: string): Promise<Sshd> {
  const port = await freePort();
  const hostKey = makeKey(directory, 'host-key').publicKey;
  const key = makeKey(directory, 'key').publicKey;
  const restricted = `restrict,command="${forced}" ${makeKey(directory, 'scan-key').publicKey}`;
  writeFileSync(join(directory, 'authorized_keys'), `${key}\n${restricted}\n`);
  writeFileSync(join(directory, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(join(directory, 'no_known_hosts'), '');
  writeFileSync(
    join(directory, 'sshd_config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${directory}/host-key
AuthorizedKeysFile ${directory}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
LogLevel ERROR
`,
  );
  const host = (name: string, identity: string, knownHosts: string): string => `Host ${name}
  HostName 127.0.0.1
  Port ${port}
  User ${userInfo().username}
  IdentityFile ${directory}/${identity}
  IdentitiesOnly yes
  UserKnownHostsFile ${directory}/${knownHosts}
  GlobalKnownHostsFile /dev/null
`;
  const config = join(directory, 'ssh_config');
  const hosts = [
    host('examined', 'key', 'known_hosts'),
    host('restricted', 'scan-key', 'known_hosts'),
    host('stranger', 'key', 'no_known_hosts'),
  ];
  writeFileSync(config, hosts.join(''));
  // As root, sshd wants this directory, which the init script of the system makes otherwise.
  if (isRoot()) mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
  const server = spawn(SSHD, ['-D', '-e', '-f', join(directory, 'sshd_config')], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  };
  for (let attempt = 0; attempt < 100 && server.exitCode === null; attempt += 1) {
    if (await answers(port)) return { config, stop };
    await sleep(100);
  }
  await stop();
  throw new Error('sshd does not answer');
}
