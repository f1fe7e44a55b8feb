/** An image of a kit for a CD, made by xorriso(1): ISO 9660 with Rock Ridge, so that names and rights are kept. */
import { printableText } from '../../model/bytes.ts';
import { SystemError, UserError } from '../../model/errors.ts';
import { runChild } from '../../system/child-program.ts';

const XORRISO = '/usr/bin/xorriso';
const PATIENCE = 30 * 60 * 1000;
const NOTHING = new Uint8Array();

/** Throws a UserError `lacking` without xorriso. */
export async function requireXorriso(): Promise<void> {
  await run(['-version']);
}

/** Everybody may read what is on a CD: owner and rights are those of root, and nothing may be written. */
export async function writeImage(folder: string, image: string, seconds: number): Promise<void> {
  const date = isoDigits(seconds);
  await run([
    ...['-as', 'mkisofs', '-quiet', '-r', '-V', 'INTEG_KIT'],
    ...[`--modification-date=${date}`, '--set_all_file_dates', date],
    ...['-o', image, folder],
  ]);
}

/** `2026113016112500`: hundredths of seconds at the end (xorrisofs(1), --modification-date). */
function isoDigits(seconds: number): string {
  const digits = new Date(seconds * 1000).toISOString().replaceAll(/[^0-9]/g, '');
  return digits.slice(0, 16);
}

async function run(parameters: readonly string[]): Promise<void> {
  try {
    const { status, stderr } = await runChild(XORRISO, parameters, NOTHING, AbortSignal.timeout(PATIENCE));
    if (status === 0) return;
    throw new UserError('io', `${XORRISO} ended with status ${status}: ${printableText(stderr.trim().slice(-500))}`, {
      hint: 'run it by hand to see what it does',
    });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new UserError('lacking', `an image is made by xorriso: ${printableText(error.message)}`, {
      hint: 'install xorriso, or name a directory and burn that',
      cause: error,
    });
  }
}
