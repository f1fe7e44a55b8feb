/**
 * Makes copies of a dynamic loader and a C library that take no code from the system on which they run. Which files
 * they would open there is compiled into them, and no option says otherwise: /etc/ld.so.preload is read whatever the
 * parameters are (ld.so(8)), and is what malware that has no place in the kernel likes best. Bytes are exchanged for
 * as many others, so that nothing moves. Pure.
 */
import { UserError } from '../../model/errors.ts';

const PRELOAD = '/etc/ld.so.preload';
const NAME_SERVICES = '/etc/nsswitch.conf';
/** A list of directories, each with an end of its own, as the loader has it: /lib64/, /usr/lib64/. */
const DIRECTORIES = /(?<=\0)(?:\/(?:usr\/)?lib[\w.-]*\/(?:[\w.-]+\/)*\0)+/g;
/** Where nobody but the kernel makes names. Not /proc, which is longer than the shortest. */
const NOWHERE = '/sys';

function unknown(what: string): UserError {
  return new UserError('lacking', `no rescue kit can be made here: ${what}`, {
    hint: 'make it on a system with another version of glibc, of the same kind of processor',
  });
}

/** Opening the empty name fails, as if the file were not there. */
function blank(bytes: Buffer, name: string, file: string): Buffer {
  const text = `${name}\0`;
  const at = bytes.indexOf(text, 0, 'latin1');
  if (at < 0 || bytes.indexOf(text, at + 1, 'latin1') >= 0) throw unknown(`${file} does not name ${name} once`);
  const blanked = Buffer.from(bytes);
  blanked[at] = 0;
  return blanked;
}

/** A loader that preloads nothing, and searches only where its parameters say. Throws a UserError `lacking`. */
export function closedLoader(bytes: Buffer): Buffer {
  let text = blank(bytes, PRELOAD, 'its dynamic loader').toString('latin1');
  const lists = new Set(text.match(DIRECTORIES) ?? []);
  if (lists.size === 0) throw unknown('its dynamic loader names no directories of libraries');
  // A list is there more than once, and anything may stand before it.
  for (const list of lists) {
    text = text.replaceAll(
      list,
      list.replaceAll(/[^\0]+/g, (directory) => NOWHERE.padEnd(directory.length, '/')),
    );
  }
  return Buffer.from(text, 'latin1');
}

/** A C library that loads no modules for the names of users and hosts (nsswitch.conf(5)). Throws as closedLoader. */
export function closedLibc(bytes: Buffer): Buffer {
  return blank(bytes, NAME_SERVICES, 'its C library');
}
