/**
 * The properties of Tripwire and what integ watches for each; the table in docs/import.md is this one. From twpolicy(4)
 * of Open Source Tripwire 2.4.3.
 */
import type { AttributeName } from '../../../model/attributes.ts';

export interface TripwireProperty {
  /** What integ watches; undefined for the growing file, which is a template. */
  readonly to: AttributeName | undefined;
  /** As twprint(8) writes it. */
  readonly label: string;
  /** Of the content; of a symbolic link, of where it points to. */
  readonly isDigest?: boolean;
}

const digest = (to: AttributeName, label: string): TripwireProperty => ({ to, label, isDigest: true });

const TRIPWIRE_PROPERTIES = {
  p: { to: 'mode', label: 'Mode' },
  i: { to: 'inode', label: 'Inode Number' },
  n: { to: 'nlink', label: 'Num Links' },
  u: { to: 'uid', label: 'UID' },
  g: { to: 'gid', label: 'GID' },
  t: { to: 'type', label: 'Object Type' },
  s: { to: 'size', label: 'Size' },
  b: { to: 'blocks', label: 'Blocks' },
  d: { to: 'dev', label: 'Device Number' },
  r: { to: 'rdev', label: 'File Device Number' },
  m: { to: 'mtime', label: 'Modify Time' },
  c: { to: 'ctime', label: 'Change Time' },
  a: { to: 'atime', label: 'Access Time' },
  l: { to: undefined, label: 'Growing Object Size' },
  C: digest('cksum', 'CRC32'),
  M: digest('md5', 'MD5'),
  S: digest('sha1', 'SHA'),
  H: digest('haval', 'HAVAL'),
} as const satisfies Record<string, TripwireProperty>;

export type TripwireLetter = keyof typeof TRIPWIRE_PROPERTIES;

// Object.keys loses the key type; the object above is closed.
export const TRIPWIRE_LETTERS = Object.keys(TRIPWIRE_PROPERTIES) as readonly TripwireLetter[];

/** One property of the table, with what only some of them have. */
export function tripwireProperty(letter: TripwireLetter): TripwireProperty {
  return TRIPWIRE_PROPERTIES[letter];
}

/** What cannot be assigned. Each ends with a minus, which holds for the letters that a mask adds behind it. */
export const PREDEFINED_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['ReadOnly', '+pinugtsdbmCM-rlacSH'],
  ['Dynamic', '+pinugtd-srlbamcCMSH'],
  ['Growing', '+pinugtdl-srbamcCMSH'],
  ['Device', '+pugsdr-intlbamcCMSH'],
  ['IgnoreAll', '-pinugtsdrlbamcCMSH'],
  ['IgnoreNone', '+pinugtsdrbamcCMSH-l'],
]);

export type Mask =
  | { readonly ok: true; readonly letters: ReadonlySet<TripwireLetter> }
  | { readonly ok: false; readonly problem: string };

function isLetter(text: string): text is TripwireLetter {
  return Object.hasOwn(TRIPWIRE_PROPERTIES, text);
}

/** Reads a mask from left to right: a sign holds until the next one. The type is watched whatever it says. */
export function readMask(text: string): Mask {
  const letters = new Set<TripwireLetter>();
  let isAdding = true;
  for (const character of text.replaceAll(/[ \t\r\n\v\f]/g, '')) {
    if (character === '+' || character === '-') isAdding = character === '+';
    else if (!isLetter(character)) return { ok: false, problem: character };
    else if (isAdding) letters.add(character);
    else letters.delete(character);
  }
  return { ok: true, letters: letters.add('t') };
}
