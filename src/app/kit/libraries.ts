/** Which libraries programs need, as the dynamic loader itself finds them (ld.so(8), --list). */
import { printableText } from '../../model/bytes.ts';
import { SystemError, UserError } from '../../model/errors.ts';
import { runHelper } from '../../system/helper-program.ts';
import type { StartedAs } from '../../system/own-kit.ts';

/** `	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)`; what comes from the kernel has no arrow. */
const FOUND = /^\t(\S+) => (\/.*) \(0x[0-9a-f]+\)$/;
const NOT_FOUND = /^\t(\S+) => not found$/;

/** By the name under which each is asked for. Throws a UserError `lacking` when one is missing. */
export function librariesOf(list: StartedAs, program: string): ReadonlyMap<string, string> {
  const { status, stdout, stderr } = runLoader(list, program);
  const libraries = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const missing = NOT_FOUND.exec(line)?.[1];
    if (missing !== undefined) throw lacking(program, `${missing} is not there`);
    const [, name, file] = FOUND.exec(line) ?? [];
    // The loader lists itself by its path.
    if (name !== undefined && file !== undefined && !name.includes('/')) libraries.set(name, file);
  }
  if (status !== 0) throw lacking(program, stderr.trim());
  return libraries;
}

function runLoader({ file, parameters, environment }: StartedAs, program: string): ReturnType<typeof runHelper> {
  try {
    return runHelper(file, parameters, { environment });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw lacking(program, error.message);
  }
}

function lacking(program: string, problem: string): UserError {
  return new UserError(
    'lacking',
    `the libraries of ${printableText(program)} were not found: ${printableText(problem)}`,
    {
      hint: 'make the kit on a file system from which programs may be started, of a system with glibc',
    },
  );
}
