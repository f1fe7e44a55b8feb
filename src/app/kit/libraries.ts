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
  const { found, missing, problem } = listed(list, program);
  const [first] = missing;
  if (first !== undefined) throw lacking(program, `${first} is not there`);
  if (problem !== undefined) throw lacking(program, problem);
  return found;
}

interface Listed {
  readonly found: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
  /** What the loader said when it could not load the program. */
  readonly problem: string | undefined;
}

/** What the loader finds and what it does not. */
export function listed(list: StartedAs, program: string): Listed {
  const { status, stdout, stderr } = runLoader(list, program);
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const line of stdout.split('\n')) {
    const lost = NOT_FOUND.exec(line)?.[1];
    if (lost !== undefined) missing.push(lost);
    const [, name, file] = FOUND.exec(line) ?? [];
    // The loader lists itself by its path.
    if (name !== undefined && file !== undefined && !name.includes('/')) found.set(name, file);
  }
  return { found, missing, problem: status === 0 ? undefined : stderr.trim() };
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
