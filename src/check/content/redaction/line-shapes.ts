/**
 * What a line looks like from afar: whether it has a name and a value of its own, whether it could be a value, and how
 * far it is indented.
 */

/** An operator at the end may be the padding of base64. */
const ASSIGNED =
  /^[ \t]*(?:[-+*]{1,2}[ \t]+|--?[A-Za-z][\w-]{0,40}[ \t]+|export[ \t]+)?["'$[<(]{0,3}[\w.$@/-]{1,80}(?:\[["']?[\w-]{0,40}["']?\]){0,4}["'\])]{0,3}[ \t]{0,40}(?:=>|:=|\?=|\+=|=(?![=\s"'`,;)\]]*$)|:(?:[ \t]|\r?$))/;
const SECTION = /^[ \t]*(?:[[<{}]|\w+[ \t]*\{[ \t]*\r?$)/;

/** `name = value`, `- name: value`, `-o name=value`, `'name' => value`. */
export function looksAssigned(line: string): boolean {
  return ASSIGNED.test(line.slice(0, 400));
}

/** `[section]`, `<tag>`, `{`, `}`. */
export function looksLikeSection(line: string): boolean {
  return SECTION.test(line.slice(0, 200));
}

/** One word, an option with one, or a quoted string: no directive of two words. */
export function looksLikeValue(line: string): boolean {
  const start = line.slice(0, 4096);
  return /^\s*(?:-{1,2}[ \t]+)?(?:[^\s"']*|-[^\s"']*[ \t]+[^\s"']+|[brufN@]{0,2}"[^"]*"|[brufN@]{0,2}'[^']*')[\s,;\])}\\]*(?:\s#.*)?$/.test(
    start,
  );
}

export function isComment(line: string): boolean {
  return /^[ \t]*(?:[#;]|\/\/|--[ \t])/.test(line);
}

/** Blanks and the dashes of a list in YAML, which count as blanks there. */
export function indentation(line: string): number {
  return /^[ \t]*(?:-[ \t]+)*/.exec(line)?.[0].length ?? 0;
}
