/**
 * What AIDE makes of the text of an expression apart from matching it: the directory of the rule tree under which it is
 * kept, and, for negative rules, what lies below what it matches. It works on the text, one character a byte.
 */

export interface TreePlace {
  /** Path of the directory, '/' for the root. Literal: AIDE takes `.` and `+` there for themselves. */
  readonly directory: string;
  /** The part of the expression that the directory was read from, and the rest of it, from the slash on. */
  readonly head: string;
  readonly rest: string;
}

/**
 * Where the rule tree keeps an expression: read up to the first of ( ^ $ ? * [, a backslash taken away, cut at the last
 * slash. An object is only held against the expressions kept in its directory and those above.
 */
export function treePlace(regex: string): TreePlace {
  let literal = '/';
  let directory = '/';
  let cut = 0;
  for (let at = 1; at < regex.length && !'(^$?*['.includes(regex.charAt(at)); at += 1) {
    if (regex.charAt(at) === '/') {
      directory = literal;
      cut = at;
    } else if (regex.charAt(at) === '\\') {
      at += 1;
    }
    literal += regex.charAt(at);
  }
  return { directory, head: regex.slice(0, cut), rest: regex.slice(cut) };
}

const ENDS: ReadonlySet<string> = new Set(['$', '\\z', '\\Z']);

/** Replaces each anchor that stands for the end. */
function replaceEnds(regex: string, replacement: string): string {
  let result = '';
  for (let at = 0; at < regex.length; ) {
    // An escape, a class, or one character.
    const element =
      /^(?:\\[\s\S]|\[\^?\]?(?:\[:[^\]]*:\]|\\[\s\S]|[^\]])*\]|[\s\S])/.exec(regex.slice(at))?.[0] ?? regex.charAt(at);
    result += ENDS.has(element) ? replacement : element;
    at += element.length;
  }
  return result;
}

/**
 * Matches what the expression matches, and everything below it. Without an anchor at the end it does that by itself.
 */
export function withBelow(regex: string): string {
  return replaceEnds(regex, '(/|$)');
}

/** Matches everything below what the expression matches. */
export function onlyBelow(regex: string): string {
  return replaceEnds(regex, '/');
}
