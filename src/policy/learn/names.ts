/**
 * Names that programs make by counting, dating or drawing lots, as globs: `app-2026-11-22.log` is one of
 * `app-[0-9]*.log`. What does not vary is kept, so that a glob stays as narrow as its names allow.
 */
import { isReadable, type Path } from '../../model/bytes.ts';
import { escapedGlob } from '../glob.ts';

// The order matters: what a longer form explains is not taken apart.
const UUID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9A-Za-z])/;
/** Digests, inode numbers in hex: with a digit, or it may be a word. */
const HEX = /^(?=[a-f]*[0-9])[0-9a-f]{8,}(?![0-9A-Za-z])/;
/** What mkstemp(3) and session handlers put at the end of a name. */
const LOTS = /^(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{6,32}$/;
/** Numbers, and dates and times as numbers with something between them. */
const NUMBERS = /^[0-9]+(?:[-_.:T+][0-9]+)*/;

const HEX_DIGIT = '[0-9a-fA-F]';

const FORMS: readonly { readonly form: RegExp; readonly glob: string; readonly behind: RegExp }[] = [
  { form: UUID, glob: `${HEX_DIGIT.repeat(8)}-*`, behind: /(?:^|[^0-9A-Za-z])$/ },
  { form: LOTS, glob: '*', behind: /[A-Za-z]{2}[._-]$/ },
  { form: HEX, glob: `${HEX_DIGIT.repeat(4)}*`, behind: /(?:^|[^0-9A-Za-z])$/ },
  { form: NUMBERS, glob: '[0-9]*', behind: /(?:^|[^0-9])$/ },
];

/** The glob that a name is one of, or undefined for one in which nothing varies or that cannot be written. */
export function generalName(name: Path): string | undefined {
  // A name with bytes that cannot be read cannot be written as a glob.
  if (!isReadable(name)) return undefined;
  let glob = '';
  let varies = false;
  for (let index = 0; index < name.length; ) {
    const rest = name.slice(index);
    const found = FORMS.find(({ form, behind }) => form.test(rest) && behind.test(name.slice(0, index)));
    if (found === undefined) {
      glob += escapedGlob(name.charAt(index));
      index += 1;
      continue;
    }
    glob += found.glob;
    varies = true;
    index += found.form.exec(rest)?.[0].length ?? 1;
  }
  return varies ? glob : undefined;
}
