/**
 * From one policy file to the tree of files that it includes. Where the texts come from is the caller's affair: files
 * when a policy is loaded, the copies in a baseline when it is compiled again.
 */
import { posix } from 'node:path';
import { printableText } from '../model/bytes.ts';
import { BUILTIN_PREFIX } from './builtin.ts';
import { type PolicyDocument, readDocument } from './document.ts';
import type { PolicyProblems } from './problems.ts';
import { yamlBudget } from './yaml-bounds.ts';

/** A policy file with those that it includes, in the order of writing. */
export interface DocumentTree {
  readonly document: PolicyDocument;
  readonly includes: readonly DocumentTree[];
}

export type FetchedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };
export type FetchText = (source: string) => FetchedText;

const MAX_DEPTH = 16;
// Files that include one another in pairs stand for many more than there are.
const MAX_INCLUDES = 256;
/** Of all files together, in UTF-16 units. */
const MAX_TEXT = 4 * 1024 * 1024;

const TOO_LONG = `the policy with all that it includes is longer than ${MAX_TEXT >> 20} MiB`;

/** The source that an `include` names, seen from the file it stands in. Depends on the names alone. */
function resolveInclude(from: string, written: string): string {
  if (written.startsWith(BUILTIN_PREFIX) || posix.isAbsolute(written)) return written;
  return posix.join(posix.dirname(from), written);
}

/**
 * Reads a file and all that it includes. A file that cannot be read or is no policy becomes a problem and is left out.
 */
export function readTree(
  main: string,
  text: string,
  fetch: FetchText,
  problems: PolicyProblems,
): DocumentTree | undefined {
  const documents = new Map<string, PolicyDocument | undefined>();
  const budget = yamlBudget();
  let count = 0;
  let length = text.length;

  const readOnce = (source: string, content: string): PolicyDocument | undefined => {
    if (!documents.has(source)) documents.set(source, readDocument(source, content, problems, budget));
    return documents.get(source);
  };

  const include = (chain: readonly string[], document: PolicyDocument, index: number): DocumentTree | undefined => {
    const written = document.content.include?.[index] ?? '';
    const from = document.source;
    const source = resolveInclude(from, written);
    const report = (problem: string) => problems.add(from, document.positionOf(['include', index]), problem);
    count += 1;
    if (from.startsWith(BUILTIN_PREFIX) && !source.startsWith(BUILTIN_PREFIX)) {
      report(`a shipped policy can only include another, as ${BUILTIN_PREFIX}NAME`);
    } else if (chain.includes(source)) {
      report(`this policy includes itself: ${printableText([...chain, source].join(' -> '))}`);
    } else if (chain.length >= MAX_DEPTH) {
      report(`policies include one another more than ${MAX_DEPTH} deep`);
    } else if (count > MAX_INCLUDES) {
      report(`more than ${MAX_INCLUDES} includes in all`);
    } else {
      const fetched = fetch(source);
      if (!fetched.ok) {
        report(`cannot include '${printableText(written)}': ${fetched.problem}`);
        return undefined;
      }
      if (!documents.has(source)) length += fetched.text.length;
      if (length <= MAX_TEXT) return build([...chain, source], readOnce(source, fetched.text));
      report(TOO_LONG);
    }
    return undefined;
  };

  const build = (chain: readonly string[], document: PolicyDocument | undefined): DocumentTree | undefined => {
    if (document === undefined) return undefined;
    const includes = (document.content.include ?? []).map((_, index) => include(chain, document, index));
    return { document, includes: includes.filter((tree) => tree !== undefined) };
  };

  if (length > MAX_TEXT) {
    problems.add(main, { line: 1, column: 1 }, TOO_LONG);
    return undefined;
  }
  return build([main], readOnce(main, text));
}
