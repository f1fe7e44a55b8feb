/** Reads the certificate authorities that a server of a channel is verified with. */
import { printableText } from '../model/bytes.ts';
import { readSmallFile, shortProblem } from '../system/small-file.ts';
import { DeliveryError } from './channel.ts';

/** Ten times what a whole distribution trusts. */
const LONGEST_BYTES = 4 * 1024 * 1024;

/** In PEM; undefined, for those of Node.js, when the settings name no file. Throws a DeliveryError. */
export function readAuthorities(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readSmallFile(file, LONGEST_BYTES);
  } catch (error) {
    const why = `certificate authorities ${printableText(file)} cannot be read (${shortProblem(error)})`;
    throw new DeliveryError(why, true, { cause: error });
  }
}
