/** Which texts of a rule are kept: `diff` with its defaults, and what is wrong with it beyond its shape. */
import { isCryptographic } from '../model/attributes.ts';
import { LONGEST_CONTENT } from '../model/content.ts';
import type { DiffSettings, Watch } from '../model/rule.ts';
import type { RuleFile } from './schema.ts';
import { bytesOf } from './size.ts';

const DEFAULT_BYTES = 64 * 1024;

export function diffSettings(written: RuleFile['diff']): DiffSettings | undefined {
  if (written === undefined || written === false) return undefined;
  const { private: isPrivate = false, max = DEFAULT_BYTES } = written === true ? {} : written;
  return { isPrivate, max: bytesOf(max) };
}

/** What keeps the settings from working with what the rule watches; undefined when nothing does. */
export function diffProblem({ max }: DiffSettings, { digests }: Watch): string | undefined {
  if (max > LONGEST_CONTENT) return `the max of diff is ${LONGEST_CONTENT / 1024 / 1024}M at most`;
  // One that is broken by now stays valid, since baselines hold such policies; its texts are told to be unproved.
  if (digests.some(isCryptographic)) return undefined;
  return 'diff needs a digest that proves which text was recorded: add sha256 to what the rule watches';
}
