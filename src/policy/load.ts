/**
 * Loading a policy: the file that the administrator wrote with all that it includes, or the copies that a baseline
 * holds. Both give the same policy; the second touches no file and does not look at the system.
 */
import { createHash } from 'node:crypto';
import type { PolicySource } from '../model/baseline.ts';
import { printableText } from '../model/bytes.ts';
import { UserError } from '../model/errors.ts';
import type { Policy } from '../model/rule.ts';
import { BUILTIN_PREFIX, type OsFamily, readBuiltin } from './builtin.ts';
import { type CompiledPolicy, compileTree, type PolicyPlaces } from './compile.ts';
import { type FetchedText, type FetchText, readTree } from './includes.ts';
import { PolicyProblems } from './problems.ts';

/** What loading asks of its surroundings. */
export interface PolicyReader {
  /** The bytes of a policy file. Throws a UserError (missing, permission, io) that names the file. */
  readonly read: (file: string) => Uint8Array;
  /** ID and ID_LIKE of the examined system, asked only for builtin:default. */
  readonly osFamily: () => OsFamily;
}

/** Bytes of one policy file. A thousand rules are a tenth of it. */
export const LONGEST_POLICY = 4 * 1024 * 1024;

export interface LoadedPolicy {
  readonly policy: Policy;
  readonly places: PolicyPlaces;
  /** The main file first, then included ones in the order they were met, each once. */
  readonly sources: readonly PolicySource[];
  /**
   * Lower-case hex SHA-256 over "integ-policy/1\n" and the text of each source in order as a netstring: the length of
   * its UTF-8 form in decimal, ":", the UTF-8 form, ",". The names are not part of it, so a policy may be moved.
   */
  readonly sha256: string;
}

type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number; readonly column: number };

function decode(bytes: Uint8Array): Decoded {
  try {
    // A byte order mark at the start is dropped.
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const lossy = Buffer.from(bytes).toString('utf8');
    const again = Buffer.from(lossy, 'utf8');
    const wrong = again.findIndex((byte, index) => byte !== bytes[index]);
    const before = Buffer.from(bytes).toString('utf8', 0, Math.max(0, wrong)).split('\n');
    return { ok: false, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  }
}

function policySha256(sources: readonly PolicySource[]): string {
  const hash = createHash('sha256').update('integ-policy/1\n');
  for (const { text } of sources)
    hash
      .update(`${Buffer.byteLength(text, 'utf8')}:`)
      .update(text, 'utf8')
      .update(',');
  return hash.digest('hex');
}

function fetchText(source: string, reader: PolicyReader): FetchedText {
  if (source.startsWith(BUILTIN_PREFIX)) return readBuiltin(source.slice(BUILTIN_PREFIX.length), reader.osFamily);
  const decoded = decode(reader.read(source));
  if (decoded.ok) return decoded;
  const place = `${printableText(source)}:${decoded.line}:${decoded.column}`;
  throw new UserError('policy', `${place}: this byte is not UTF-8`, { hint: 'save the policy as UTF-8' });
}

function compileFrom(main: PolicySource, fetch: FetchText): CompiledPolicy {
  const problems = new PolicyProblems();
  const tree = readTree(main.name, main.text, fetch, problems);
  const compiled = tree && compileTree(tree, problems);
  problems.throwIfAny();
  if (compiled === undefined) throw new Error('a policy without problems did not compile');
  return compiled;
}

/**
 * Loads a policy file, or a shipped one as builtin:NAME. Throws a UserError: `policy` with a line for each thing that
 * is wrong, as FILE:LINE:COLUMN, or what `reader.read` throws for the main file.
 */
export function loadPolicy(file: string, reader: PolicyReader): LoadedPolicy {
  const fetchedMain = fetchText(file, reader);
  if (!fetchedMain.ok) throw new UserError('missing', `policy ${printableText(file)}: ${fetchedMain.problem}`);
  const main: PolicySource = { name: file, text: fetchedMain.text };
  const sources = new Map([[file, main]]);
  const compiled = compileFrom(main, (name) => {
    const known = sources.get(name);
    if (known !== undefined) return { ok: true, text: known.text };
    try {
      const fetched = fetchText(name, reader);
      if (fetched.ok) sources.set(name, { name, text: fetched.text });
      return fetched;
    } catch (error) {
      // An included file that cannot be had is a mistake at the place where it is included.
      if (error instanceof UserError) return { ok: false, problem: error.message };
      throw error;
    }
  });
  const inOrder = [...sources.values()];
  return { ...compiled, sources: inOrder, sha256: policySha256(inOrder) };
}

/**
 * Whether a policy file is, with what it includes, the same as these copies of it: without compiling it, so that false
 * may also mean that this cannot be told.
 */
export function isSameText(file: string, sources: readonly PolicySource[], reader: PolicyReader): boolean {
  // What is included is named as seen from the file that includes it.
  if (sources.length > 1 && sources[0]?.name !== file) return false;
  try {
    return sources.every(({ name, text }, index) => {
      const fetched = fetchText(index === 0 ? file : name, reader);
      return fetched.ok && fetched.text === text;
    });
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Compiles a policy again from the copies in a baseline alone. */
export function compilePolicy(sources: readonly PolicySource[]): LoadedPolicy {
  const [main] = sources;
  if (main === undefined) throw new UserError('policy', 'there is no policy to compile');
  const texts = new Map(sources.map(({ name, text }) => [name, text]));
  const compiled = compileFrom(main, (name) => {
    const text = texts.get(name);
    return text === undefined ? { ok: false, problem: 'it is not among the stored policy files' } : { ok: true, text };
  });
  return { ...compiled, sources, sha256: policySha256(sources) };
}
