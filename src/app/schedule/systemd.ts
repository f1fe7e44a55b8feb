/**
 * The systemd service and timer of a nightly check, as text (systemd.service(5), systemd.exec(5), systemd.timer(5)).
 * Pure: it writes nothing and asks nobody.
 */
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { EMAIL_DEFAULTS } from '../../model/notify.ts';
import type { Job } from './job.ts';
import { clockText } from './time.ts';
import { unitNames } from './unit-names.ts';

/** A word of ExecStart=: quotes and escapes of systemd.syntax(7), specifiers (%) and variables ($) taken literally. */
export function systemdWord(text: string): string {
  return quoted(text.replaceAll('$', '$$$$'));
}

/** What no line of a unit file can hold as it is: systemd refuses lines with code points that are no characters. */
const ESCAPED = /["\\\x00-\x1f\x7f\p{Noncharacter_Code_Point}]/gu;

function quoted(text: string): string {
  const escaped = text.replaceAll('%', '%%').replaceAll(ESCAPED, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return Array.from(Buffer.from(character, 'utf8'), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `"${escaped}"`;
}

/**
 * The first word, which systemd takes without variables and only without quotes, backslashes and control characters.
 */
function systemdProgram(path: string): string {
  if (/["'\\\x00-\x1f\x7f\p{Noncharacter_Code_Point}]/u.test(path)) {
    throw new UserError('cannotCreate', `systemd runs no program with such a name: ${printableText(path)}`, {
      hint: 'install Node.js under another path, or give --cron',
    });
  }
  return quoted(path);
}

/** Exit codes that mean that a check was made of everything: what it found is told by its report. */
const COMPLETE = Array.from({ length: 15 }, (_, index) => index + 1).join(' ');

/** Node.js ends with 1 where the script is gone, which would count as a check that found something added. */
function scriptTest(script: string | undefined): string {
  if (script === undefined) return '';
  const test = ['/bin/sh', '-c', '[ -r "$1" ] || exit 71', 'sh', script];
  return `ExecStartPre=${test.map(systemdWord).join(' ')}\n`;
}

export function serviceUnit({ program, script, parameters, name }: Job): string {
  return `[Unit]
Description=Check of this system against its integ baseline
# Reports may go out by mail or to a log host, and network file systems may be examined.
Wants=network-online.target
After=network-online.target remote-fs.target
# A check that could not even begin tells nobody itself.
OnFailure=${unitNames(name).failure}

[Service]
Type=oneshot
${scriptTest(script)}ExecStart=${[systemdProgram(program), ...parameters.map(systemdWord)].join(' ')}
# 1 to 15: everything was examined and something was found, which the report tells. 16 and more: the check is incomplete
# or could not be made, and the unit is failed, as systemctl --failed shows.
SuccessExitStatus=${COMPLETE}
# As long as it takes; --deadline of integ ends a check in an orderly way.
TimeoutStartSec=infinity
# A mail program may still be delivering when the check has ended.
KillMode=process
UMask=0077

# Everybody else goes first.
Nice=19
CPUWeight=10
IOSchedulingClass=idle
IOWeight=10

# Hardening that hides nothing. Not used, since each makes a mount namespace with mounts of its own, so that the check
# would see other files, rights and mount options than there are: PrivateTmp, PrivateDevices, PrivateMounts, PrivateUsers,
# ProtectSystem, ProtectHome, ProtectProc, ProtectKernelTunables, ProtectKernelModules, ProtectKernelLogs,
# ProtectControlGroups, ProtectClock, ReadOnlyPaths, InaccessiblePaths. Nor NoNewPrivileges, with which a set-group-ID
# sendmail cannot queue a mail; nor MemoryDenyWriteExecute, since Node.js compiles at run time.
# Of the capabilities, reading needs DAC_READ_SEARCH, keeping access times FOWNER, and attributes in trusted.* SYS_ADMIN;
# local delivery of mail needs those of users and files. These here nobody needs:
CapabilityBoundingSet=~CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_BOOT CAP_SYS_TIME CAP_SYS_PACCT CAP_NET_ADMIN CAP_NET_RAW
CapabilityBoundingSet=~CAP_MKNOD CAP_LINUX_IMMUTABLE CAP_AUDIT_CONTROL CAP_WAKE_ALARM CAP_BLOCK_SUSPEND
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
`;
}

/**
 * Where integ itself cannot be started, the system log and root are told by what every system has. The words of the
 * command come after the script.
 */
const TELL = [
  '"$@" && exit 0',
  'text="INCOMPLETE: the check of this system could not be made, and integ could not tell so (status $?)"',
  'logger -t integ -p authpriv.alert -- "$text"',
  `[ ! -x ${EMAIL_DEFAULTS.sendmail} ] || printf 'To: root\\nSubject: %s\\n\\n%s\\n' "$text" "$text" | ${EMAIL_DEFAULTS.sendmail} -i root`,
  'exit 1',
].join('; ');

export function failureUnit({ program, telling }: Job): string {
  const command = ['/bin/sh', '-c', TELL, 'sh', program, ...telling];
  return `[Unit]
Description=Tells that the check of this system could not be made

[Service]
Type=oneshot
ExecStart=${command.map(systemdWord).join(' ')}
TimeoutStartSec=10min
# A mail program may still be delivering when all is told.
KillMode=process
UMask=0077
`;
}

export function timerUnit({ at }: Job): string {
  return `[Unit]
Description=Nightly check of this system against its integ baseline

[Timer]
OnCalendar=*-*-* ${clockText(at)}:00
# Hosts that share disks or a network do not begin at the same moment.
RandomizedDelaySec=15min
AccuracySec=1min
# A night when the host was off is made up for at the next start.
Persistent=true

[Install]
WantedBy=timers.target
`;
}
