/**
 * Whether this integ is what its package or its kit installed. It asks the files on disk, by code that is among them:
 * one that was replaced can say anything.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { OWN_PACKAGE } from '../../system/own-code.ts';
import { ownKit } from '../../system/own-kit.ts';
import { takeTurns } from '../../system/turns.ts';
import { type Comparison, comparing } from './compare.ts';
import { MANIFEST } from './files.ts';

/** A package puts files into /usr/bin, /usr/share, /etc and so on, beside /usr/lib/integ. */
const ABOVE = 3;

export function hasManifest(): boolean {
  return existsSync(join(OWN_PACKAGE, MANIFEST));
}

/** Throws a UserError `missing` when no package has installed this integ, `untrusted` for a list that is none. */
export async function verifySelf(): Promise<Comparison> {
  const kit = ownKit();
  if (kit !== undefined) return takeTurns(comparing(kit, { above: 0, hasRights: false }));
  if (!hasManifest()) {
    const message = `this integ was not installed from a package: ${printableText(OWN_PACKAGE)} has no ${MANIFEST}`;
    throw new UserError('missing', message, {
      hint: 'in a checkout git status tells what differs; of an installation by npm, compare the digest in a report',
    });
  }
  return takeTurns(comparing(OWN_PACKAGE, { above: ABOVE, hasRights: true }));
}
