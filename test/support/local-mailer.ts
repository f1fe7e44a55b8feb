/**
 * A real mailer, OpenSMTPD of Debian, for one command: in a mount namespace and root of its own, so that neither the
 * mailer of this system nor its users are touched. Mail for root arrives in a Maildir of the test.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './integ.ts';
import { ARCHIVES, archiveOf } from './package-archives.ts';
import { isRoot } from './privileges.ts';

const SMTPD = '/usr/sbin/smtpd';

function whyNot(): string | undefined {
  if (!isRoot()) return 'needs root';
  if (!existsSync(SMTPD) && archiveOf('opensmtpd') === undefined)
    return `neither ${SMTPD} nor its package in ${ARCHIVES}`;
  const probe = spawnSync('/usr/bin/unshare', ['-m', '/bin/mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return probe.status === 0 ? undefined : 'needs the right to mount';
}

/** Why there can be no mailer here, or undefined. */
export const noMailer: string | undefined = whyNot();

const SCRIPT = `set -e
directory=$1 repository=$2 package=$3 expected=$4
shift 4
mkdir -p "$directory/own"
mount -t tmpfs tmpfs "$directory/own"
cd "$directory/own"
mkdir upper work root package
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
for each in proc dev; do mount --rbind "/$each" "root/$each"; done
mount -t tmpfs tmpfs root/run
for each in "$directory" "$repository"; do mkdir -p "root$each"; mount --bind "$each" "root$each"; done
if [ -n "$package" ]; then
  dpkg -x "$package" package
  cp -a package/usr/. root/usr/
  cp -a package/var/. root/var/
fi
for each in opensmtpd:64990 opensmtpq:64991 reader:64992; do
  echo "\${each%:*}:x:\${each#*:}:\${each#*:}::/var/lib/opensmtpd/empty:/bin/sh" >> root/etc/passwd
  echo "\${each%:*}:x:\${each#*:}:" >> root/etc/group
done
chown 0:64991 root/usr/sbin/smtpctl
chmod 2555 root/usr/sbin/smtpctl
rm -rf root/var/spool/smtpd
for each in "" /tmp /new /cur; do install -d -o 64992 -g 64992 "$directory/mailbox$each"; done
cat > root/etc/smtpd.conf <<CONFIGURATION
table aliases { root = reader }
action "local" maildir "$directory/mailbox" alias <aliases>
match from local for any action "local"
listen on socket
CONFIGURATION
chroot root /usr/sbin/smtpd -d > "$directory/mailer.log" 2>&1 &
mailer=$!
for attempt in $(seq 100); do [ -S root/run/smtpd.sock ] && break; sleep 0.1; done
status=0
chroot root "$@" || status=$?
for attempt in $(seq 100); do
  [ "$(find "$directory/mailbox/new" -type f 2>/dev/null | wc -l)" -ge "$expected" ] && break
  sleep 0.1
done
kill "$mailer"
exit "$status"
`;

/**
 * Runs a command where that mailer is the one of the system, and waits until so many mails have arrived. `directory` is
 * seen under its own name by the command.
 */
export function withMailer(directory: string, expected: number, command: readonly string[], env: NodeJS.ProcessEnv) {
  const script = join(directory, 'mailer.sh');
  writeFileSync(script, SCRIPT);
  const archive = existsSync(SMTPD) ? undefined : archiveOf('opensmtpd');
  const parameters = [directory, REPOSITORY, archive ?? '', String(expected)];
  const result: SpawnSyncReturns<string> = spawnSync(
    '/usr/bin/unshare',
    ['-m', '--propagation', 'private', '/bin/sh', script, ...parameters, ...command],
    { env, encoding: 'utf8', timeout: 300_000 },
  );
  if (result.error !== undefined) throw result.error;
  return result;
}

/** The mails that have arrived. */
export function mailbox(directory: string): readonly Buffer[] {
  const folder = join(directory, 'mailbox', 'new');
  return readdirSync(folder).map((name) => readFileSync(join(folder, name)));
}
