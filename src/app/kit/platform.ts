/** What a kit can be made of here: the processor, the dynamic loader and the C library of the Node.js that runs. */
import { basename } from 'node:path';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { interpreterOf } from '../../system/elf.ts';
import { ownKit } from '../../system/own-kit.ts';

export interface Platform {
  readonly arch: 'x64' | 'arm64';
  /** Absolute path of the dynamic loader. */
  readonly loader: string;
  readonly libc: string;
}

export function lacking(problem: string, hint: string): UserError {
  return new UserError('lacking', `no rescue kit can be made here: ${problem}`, { hint });
}

/** Throws a UserError `lacking` where none can be made. */
export function platform(): Platform {
  const { arch } = process;
  if (arch !== 'x64' && arch !== 'arm64') throw lacking(`it is for x86-64 and arm64, and not ${arch}`, 'make it there');
  if (ownKit() !== undefined) throw lacking('this integ runs from one', 'copy it, or make one with an installed integ');
  const loader = interpreterOf(process.execPath);
  if (loader === undefined || !basename(loader).startsWith('ld-linux')) {
    const what = loader === undefined ? 'is linked statically' : `wants ${printableText(loader)}`;
    throw lacking(
      `its C library is not glibc (${printableText(process.execPath)} ${what})`,
      'make it where it is glibc',
    );
  }
  return { arch, loader, libc: glibcVersion() };
}

function glibcVersion(): string {
  // Else it looks up the names of all peers. @types/node knows neither this switch nor what a report holds.
  const report = process.report as { excludeNetwork?: boolean; getReport(): object };
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime ?? 'of unknown version';
}
