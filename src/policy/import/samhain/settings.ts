/** What samhainrc says beside files and policies, and what is told of it. */
import { shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';

/** Sections that ask for what a policy does not do. */
const LOST_SECTIONS: Readonly<Record<string, string>> = {
  suidcheck: 'a new setuid file is reported where a rule selects it, and nowhere else',
  mounts: 'mount options are not asked for; mounts that come and go are reported',
  userfiles: 'files in home directories are not looked for: add a rule with /home/*/ and their names',
  processcheck: 'no process is looked for',
  portcheck: 'no port is looked for',
  kernel: 'the kernel is not looked into',
  utmp: 'logins are not watched',
  logmon: 'the content of logs is not watched',
  registry: 'it is for Windows alone',
  inotify: 'integ checks when it is run, changes are told by the next check',
};

/** A setting in a section that is not for files. */
export function noteSection(section: string, place: Place, notes: Notes): void {
  const lost = Object.hasOwn(LOST_SECTIONS, section) ? LOST_SECTIONS[section] : undefined;
  if (lost === undefined) notes.add(`[${shown(section)}] is not carried over`, place, 'setting');
  else notes.add(`[${section}] is not carried over: ${lost}`, place);
}

const IGNORED: Readonly<Record<string, string>> = {
  ignoreadded: 'what came is reported all the same, unless a rule has new: false',
  ignoremissing: 'what went is reported all the same, unless a rule has gone: false',
  ignoremodified: 'what changed is reported all the same, unless a rule has watch: existence',
};

/** A setting of [Misc] that is not carried over. */
export function noteMisc(key: string, value: string, place: Place, notes: Notes): void {
  const ignored = Object.hasOwn(IGNORED, key) ? IGNORED[key] : undefined;
  if (ignored !== undefined) notes.add(`${key} is not carried over: ${ignored}`, place);
  else if (key === 'loosedircheck' && /^(true|yes|1)$/i.test(value)) {
    notes.add('LooseDirCheck is not carried over: integ folds times of a directory into what changed in it', place);
  } else notes.add(`[Misc] ${shown(key)} is not carried over`, place, 'setting');
}
