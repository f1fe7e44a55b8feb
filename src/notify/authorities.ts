/** Reads the certificate authorities that a server of a channel is verified with. */
import { readFileSync } from 'node:fs';
import { printableText } from '../model/bytes.ts';
import { errorCode } from '../model/errors.ts';
import { DeliveryError } from './channel.ts';

/** In PEM; undefined, for those of Node.js, when the settings name no file. Throws a DeliveryError. */
export function readAuthorities(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    const why = `certificate authorities ${printableText(file)} cannot be read (${errorCode(error)})`;
    throw new DeliveryError(why, true, { cause: error });
  }
}
