/**
 * The Tripwire of this host. It has no dry run: it makes a database, with keys and a configuration of its own in a
 * directory that is removed, and the database is printed.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../model/errors.ts';
import { DatabaseReader } from '../../policy/import/tripwire/database.ts';
import type { TripwireLetter } from '../../policy/import/tripwire/properties.ts';
import type { Context } from '../context.ts';
import { requireSafeFile } from '../safe-files.ts';
import { runForeignProgram } from './foreign-program.ts';

const PLACES = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin'];

/** What each object is recorded with, by its path as Tripwire has it, one character a byte. */
export async function tripwireDatabase(
  context: Context,
  policy: string,
): Promise<ReadonlyMap<string, ReadonlySet<TripwireLetter>>> {
  if (context.root !== '/') {
    throw new UserError('usage', '--compare: Tripwire examines the running system and no other', {
      hint: 'leave out --root',
    });
  }
  const place = PLACES.find((directory) => existsSync(join(directory, 'tripwire')));
  if (place === undefined) {
    throw new UserError('missing', `--compare: Tripwire is not installed: looked for it in ${PLACES.join(', ')}`);
  }
  requireSafeFile(context, tmpdir(), 'the temporary directory');
  const directory = mkdtempSync(join(tmpdir(), 'integ-tripwire-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const forget = context.onSignal(remove);
  try {
    return await databaseIn(context, directory, place, policy);
  } finally {
    forget();
    remove();
  }
}

async function databaseIn(
  context: Context,
  directory: string,
  place: string,
  policy: string,
): Promise<ReadonlyMap<string, ReadonlySet<TripwireLetter>>> {
  const file = (name: string): string => join(directory, name);
  // It protects nothing: the keys go with the directory when the database has been printed.
  const passphrase = context.host.randomId() + context.host.randomId();
  const settings = {
    ROOT: place,
    POLFILE: file('tw.pol'),
    DBFILE: file('tw.twd'),
    REPORTFILE: file('tw.twr'),
    SITEKEYFILE: file('site.key'),
    LOCALKEYFILE: file('local.key'),
    EDITOR: '/bin/false',
    SYSLOGREPORTING: 'false',
    TEMPDIRECTORY: directory,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file('twcfg.txt'), lines.join(''), { mode: 0o600 });
  const ignore = (): void => undefined;
  const run = async (program: string, parameters: readonly string[]) =>
    runForeignProgram(context, join(place, program), parameters, parameters[0] ?? '', ignore);
  const [site, local] = [
    ['-S', file('site.key'), '-Q', passphrase],
    ['-L', file('local.key'), '-P', passphrase],
  ] as const;
  await run('twadmin', ['--generate-keys', ...site, ...local]);
  await run('twadmin', ['--create-cfgfile', '-c', file('tw.cfg'), ...site, file('twcfg.txt')]);
  await run('twadmin', ['--create-polfile', '-c', file('tw.cfg'), '-p', file('tw.pol'), ...site, policy]);
  const init = ['--init', '-c', file('tw.cfg'), ...local];
  // With 8 it has made a database, without what it could not read: what had gone meanwhile, for example.
  const isMade = (status: number | null): boolean => (status === 0 || status === 8) && existsSync(file('tw.twd'));
  await runForeignProgram(context, join(place, 'tripwire'), init, '--init', ignore, isMade);
  const reader = new DatabaseReader();
  const print = ['--print-dbfile', '-c', file('tw.cfg'), '-d', file('tw.twd'), '-L', file('local.key')];
  await runForeignProgram(context, join(place, 'twprint'), print, '--print-dbfile', (line) => reader.line(line));
  return reader.entries;
}
