/** Compiled policies for tests, written down without YAML. */
import { OBJECT_TYPES } from '../../src/model/attributes.ts';
import { type Path, pathFromText } from '../../src/model/bytes.ts';
import { UserError } from '../../src/model/errors.ts';
import type { MatchPattern, PathPattern, Policy, Rule } from '../../src/model/rule.ts';
import { parsePattern } from '../../src/policy/glob.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { parseMatch } from '../../src/policy/match.ts';

export function pattern(text: string): PathPattern {
  const parsed = parsePattern(text, 'anywhere');
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem}`);
  return parsed.pattern;
}

function expression(text: string): MatchPattern {
  const parsed = parseMatch(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem}`);
  return parsed.pattern;
}

export const path = (text: string): Path => pathFromText(text);

export type RuleSketch = Partial<Omit<Rule, 'paths' | 'match' | 'exclude' | 'index'>> & {
  readonly paths: readonly string[];
  readonly match?: readonly string[];
  readonly exclude?: readonly string[];
};

export function policyOf(rules: readonly RuleSketch[], ignore: readonly string[] = []): Policy {
  return {
    name: 'test',
    digests: ['sha256'],
    ignore: ignore.map(pattern),
    signers: [],
    notify: {},
    rules: rules.map((sketch, index) => ({
      name: `rule ${index}`,
      severity: 'medium',
      watch: { attributes: ['type'], growing: false, appendOnly: false, digests: [] },
      depth: Infinity,
      types: OBJECT_TYPES,
      crossMounts: false,
      require: undefined,
      notify: [],
      diff: undefined,
      ...sketch,
      index,
      paths: sketch.paths.map(pattern),
      match: (sketch.match ?? []).map(expression),
      exclude: (sketch.exclude ?? []).map(pattern),
    })),
  };
}

/** A reader over texts by name, as if they were files of a Debian host. */
export function readerOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  family = { id: 'debian', idLike: [] as string[] },
) {
  return {
    osFamily: () => family,
    read: (file: string): Uint8Array => {
      const content = files[file];
      if (content === undefined) throw new UserError('missing', `policy ${file}: no such file`);
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
  };
}

/** Compiles the text of one policy file, `p.yaml`. */
export function compile(text: string): Policy {
  return loadPolicy('p.yaml', readerOf({ 'p.yaml': text })).policy;
}
