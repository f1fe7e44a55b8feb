/** What an ELF file says of itself (elf(5)): the dynamic loader that it wants. Only 64 bits, little endian. */
import { closeSync, readSync } from 'node:fs';
import { openRegular } from './small-file.ts';

const MAGIC = '\x7fELF\x02\x01';
const HEADER = 64;
const PROGRAM_HEADER = 56;
const PT_INTERP = 3;
const LONGEST_NAME = 4096;

function readAt(descriptor: number, position: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const read = readSync(descriptor, bytes, { position });
  return bytes.subarray(0, read);
}

/** The loader that a program names; undefined for one that is linked statically, or none. Throws as `openRegular`. */
export function interpreterOf(file: string): string | undefined {
  const descriptor = openRegular(file);
  try {
    const header = readAt(descriptor, 0n, HEADER);
    if (header.length < HEADER || header.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
    const start = header.readBigUInt64LE(32);
    const count = header.readUInt16LE(56);
    if (header.readUInt16LE(54) !== PROGRAM_HEADER) return undefined;
    const table = readAt(descriptor, start, count * PROGRAM_HEADER);
    for (let at = 0; at + PROGRAM_HEADER <= table.length; at += PROGRAM_HEADER) {
      if (table.readUInt32LE(at) !== PT_INTERP) continue;
      const length = Number(table.readBigUInt64LE(at + 32));
      const name = readAt(descriptor, table.readBigUInt64LE(at + 8), Math.min(length, LONGEST_NAME));
      return name.toString('latin1').replace(/\0.*$/s, '');
    }
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
