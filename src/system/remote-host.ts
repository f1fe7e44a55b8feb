/** The host that `check --host` examines, as it was typed: nothing in it may mean anything else to ssh or a shell. */
import { resolve } from 'node:path';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';

export interface RemoteHost {
  /** [user@]host, as ssh takes it. */
  readonly destination: string;
  /** What the shell of the other host runs, followed by the words of the scan. */
  readonly command: string;
  /** A file for ssh -F, absolute. */
  readonly sshConfig: string | undefined;
  /** Whether every other process of that host goes first. */
  readonly nice: boolean;
  /** Bytes of file content that may be read there a second. */
  readonly maxRate: number | undefined;
}

// Names, aliases of ssh_config(5), IPv4 and IPv6 addresses. No slash: ssh would take ssh://… for an address of its own.
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*\$?$/;
const HOST = /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/;

/** Throws UserError usage. */
export function remoteHost(
  destination: string,
  options: {
    readonly remoteCommand: string;
    readonly sshConfig?: string;
    readonly nice?: boolean | undefined;
    readonly maxRate?: number | undefined;
  },
): RemoteHost {
  const at = destination.lastIndexOf('@');
  const host = destination.slice(at + 1);
  const isUserSound = at < 0 || USER.test(destination.slice(0, at));
  if (!isUserSound || !HOST.test(host)) {
    throw new UserError('usage', `--host ${printableText(destination)}: this is not [user@]host`, {
      hint: 'give port, key and all else in ~/.ssh/config, or in a file named with --ssh-config',
    });
  }
  if (options.remoteCommand.trim() === '') throw new UserError('usage', '--remote-command is empty');
  return {
    destination,
    command: options.remoteCommand,
    sshConfig: options.sshConfig === undefined ? undefined : resolve(options.sshConfig),
    nice: options.nice === true,
    maxRate: options.maxRate,
  };
}
