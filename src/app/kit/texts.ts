/**
 * What a kit says and how it starts: its README, and its scripts, in which nothing but builtins of the shell is used.
 */
import { KIT } from '../../system/own-kit.ts';

export interface KitFacts {
  readonly version: string;
  readonly node: string;
  readonly libc: string;
  readonly arch: string;
  /** Name of the dynamic loader. */
  readonly loader: string;
  readonly madeAt: string;
  /** Printable. */
  readonly madeOn: string;
  /** Printable. */
  readonly host: string;
  readonly sequence: number;
  readonly createdAt: string;
  readonly seal: string;
  /** Whether the list of signers is in the kit, and ssh-keygen with it. */
  readonly hasSigners: boolean;
}

export const KIT_BASELINE = 'baseline.db';
export const KIT_SIGNERS = 'allowed_signers';
export const KIT_SEAL = 'seal.txt';

/**
 * The beginning of both scripts. An exported variable makes the loader, the C library, OpenSSL or Node.js do something
 * else, and no list of such variables is complete: all of them go. Of a variable that may not be unset, `command` keeps
 * the shell from ending.
 */
const start = ({ loader }: KitFacts): string => `
unset -f command cd pwd echo integ 2>/dev/null
unset left line name newline
unset LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH LD_DEBUG LD_DEBUG_OUTPUT LD_PROFILE LD_BIND_NOW GLIBC_TUNABLES
unset NODE_OPTIONS NODE_PATH OPENSSL_CONF CDPATH ENV BASH_ENV
newline='
'
left=$(export -p)
while :; do
  case $left in '') break ;; esac
  line=\${left%%"$newline"*}
  case $left in *"$newline"*) left=\${left#*"$newline"} ;; *) left= ;; esac
  case $line in
    'export '*) name=\${line#export } ;;
    'declare -'*|'typeset -'*) name=\${line#* -* } ;;
    *) continue ;;
  esac
  name=\${name%%=*}
  case $name in ''|[0-9]*|*[!A-Za-z0-9_]*) continue ;; esac
  command unset "$name" 2>/dev/null
done
PATH=/dev/null
case $0 in */*) kit=\${0%/*}/ ;; *) kit=. ;; esac
kit=$(command cd -P -- "$kit" && command pwd -P) || exit 66
case $kit in
  *[:\\;\\$\\\\]*|*"$newline"*)
    echo "integ: the path of the kit has a character in it that the loader takes for its own: $kit" >&2
    exit 64 ;;
esac
# The C library would read the time zone from files of the system, also that of UTC.
TZ=UTC TZDIR=$kit/${KIT.runtime}
export TZ TZDIR
integ() {
  exec "$kit/${KIT.runtime}/${loader}" --inhibit-cache --library-path "$kit/${KIT.libraries}" \\
    "$kit/${KIT.node}" --openssl-config="$kit/${KIT.openssl}" "$kit/${KIT.integ}/bin/integ.js" "$@"
}
`;

export function checkScript(facts: KitFacts): string {
  const trust = facts.hasSigners ? `--signers "$kit/${KIT_SIGNERS}"` : `--expect-seal ${facts.seal}`;
  return `#!/bin/sh
# Examines the system with the baseline of this kit; options of integ check are passed on. See README.txt.
${start(facts)}
integ check --report-only --baseline "$kit/${KIT_BASELINE}" ${trust} "$@"
`;
}

export function runScript(facts: KitFacts): string {
  return `#!/bin/sh
# Runs the integ of this kit with any command: run-integ baseline show --baseline FILE. See README.txt.
${start(facts)}
integ "$@"
`;
}

export function readmeText(facts: KitFacts): string {
  const trust = facts.hasSigners
    ? `Its signature must be by one of those in ${KIT_SIGNERS}.`
    : 'The check wants a baseline with this seal and takes no other.';
  const keygen = facts.hasSigners ? ', ssh-keygen' : '';
  return `RESCUE KIT OF INTEG

Baseline of ${facts.host}, sequence ${facts.sequence}, made ${facts.createdAt}
Seal     ${facts.seal}
         ${trust}
Made     ${facts.madeAt} on ${facts.madeOn}
Holds    integ ${facts.version}, Node.js ${facts.node}${keygen}, glibc ${facts.libc} (${facts.arch})

TO CHECK A SYSTEM

  The system that runs:             DIR/check
  A disk, from a rescue system:     DIR/check --root /mnt
  Into a file, for programs:        DIR/check --format json --output report.json

  All options of integ check are taken. Exit code: the sum of 1 (added), 2 (removed), 4 (changed), 8 (a requirement
  violated), 16 (incomplete: something could not be examined); 0 if none; 65 when the baseline is not to be trusted.
  The check writes nothing but what --output names (and files without a name in memory, for ssh-keygen), reads no
  history and tells nobody.
  Any other command of integ: DIR/run-integ COMMAND …

IS THIS KIT WHAT IT WAS?

  On another machine: integ kit verify DIR --expect DIGEST, with the digest that was printed when it was made.
  Without integ:      cd DIR && sha256sum -c --quiet manifest.sha256 && sha256sum manifest.sha256
  Verify before you believe it, and after it was in a system that somebody else controls.

WHAT IT TAKES FROM THE SYSTEM IT STANDS IN

  The kernel, and the shell: the one that reads the scripts and the one in which you type. Both can lie. Whoever
  controls the kernel controls what every program sees, this one too: where that may be so, start a rescue system from
  another medium and give --root.
  Not from it: programs, libraries, /etc/ld.so.preload, the cache of the loader, modules for names of users and hosts,
  the configuration of OpenSSL, time zones, locales, variables of the environment.
  Its files are read as what is examined: also its package database, users and groups. ssh-keygen asks for the name
  of the user, which nscd is asked for where it runs, and looks at the configuration of SELinux where that is on.

  The C library is that of the system on which the kit was made, loaded by the loader of the kit and not linked
  statically. In the copies of both, the names of /etc/ld.so.preload, /etc/nsswitch.conf and of the directories of
  libraries are blanked, so that they differ from those of the distribution. They want a processor of the same kind
  and a kernel that is not much older than that system: Linux 3.2 (x86-64) or 3.7 (arm64) for glibc 2.26 or later.

  Programs that integ starts elsewhere are not started: getent (users and groups that are in no file stay numbers),
  rpm (changes are not explained by packages on such systems), ionice (--nice lowers the processor alone), ssh, flock,
  mailers and logger.

IF IT DOES NOT START

  "Permission denied": the medium is mounted noexec. mount -o remount,exec DIR, or copy the kit into memory.
  "can be changed by others": the medium belongs to an ordinary user; mount it as root, read-only.
`;
}
