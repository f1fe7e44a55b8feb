/**
 * Lets be what came or went where the rules say so (`new: false`, `gone: false`): archives, maildirs and spools are
 * watched for change only. What bears a flag, and a device node, is told all the same, since whoever may put files
 * there must not gain rights by it; so is what happens to a path that the rule itself names.
 */
import type { AttributeName } from '../model/attributes.ts';
import { type Path, parentPath, printableText } from '../model/bytes.ts';
import { recordType } from '../model/record.ts';
import type { Rule } from '../model/rule.ts';
import { compilePattern, matchesPath } from '../policy/glob.ts';
import { FOLLOWING, mayFollow } from './consequences.ts';
import type { Finding, RecordArena } from './finding.ts';
import { ruleAt } from './judge.ts';

export interface ComingsContext {
  readonly rules: readonly Rule[];
  readonly recordedRules: readonly Rule[];
  readonly records: RecordArena;
  /** Index of the rule under which an object was recorded. */
  readonly recordedRule: (path: Path) => number | undefined;
}

export interface ToldFindings {
  readonly told: readonly Finding[];
  /** Directories in which something came or went that is let be: their own differences follow from that. */
  readonly stirred: ReadonlySet<Path>;
  /** How much was let be, and what that means. */
  readonly notes: readonly string[];
}

/** Differences that an object has for no other reason than that it was moved. */
const BY_MOVING: ReadonlySet<AttributeName> = new Set([
  ...(['mtime', 'ctime', 'atime', 'btime', 'inode', 'dev', 'nlink', 'blocks'] as const),
]);

/** Whether a rule names the path itself; a pattern that ends in ** names what is below the rest of it. */
function names({ paths }: Rule, path: Path): boolean {
  return paths.some((pattern) =>
    compilePattern(pattern).some(
      (alternative) => alternative.at(-1)?.kind !== 'globstar' && matchesPath([alternative], path),
    ),
  );
}

class Comings {
  readonly #context: ComingsContext;
  readonly #counts = new Map<string, { added: number; removed: number }>();
  readonly #stirred = new Set<Path>();
  /** Where what moved unseen was. */
  readonly #left = new Set<Path>();

  constructor(context: ComingsContext) {
    this.#context = context;
  }

  judge(findings: readonly Finding[]): ToldFindings {
    const rest = findings.filter((finding) => !this.#isLetBe(finding));
    const told = rest.filter((finding) => !this.#isOwnStir(finding)).map((finding) => this.#standing(finding));
    const notes = [...this.#counts].map(([rule, { added, removed }]) => {
      const hint =
        added === 0 ? '' : '; what is new is not watched until it is recorded, see integ check --new-and-gone';
      return `rule ${printableText(rule)} lets be what came or went: ${added} new, ${removed} gone${hint}`;
    });
    return { told, stirred: this.#stirred, notes };
  }

  #isLetBe(finding: Finding): boolean {
    const { kind, path, from } = finding;
    if (finding.mount !== undefined || finding.flags.length > 0 || this.#isDevice(finding)) return false;
    if (kind === 'changed') return false;
    const came = kind === 'removed' ? undefined : ruleAt(this.#context.rules, finding.rule);
    const went = this.#ruleLeft(finding);
    if (came !== undefined && (came.letsBe?.new !== true || names(came, path))) return false;
    if (kind !== 'added' && (went?.letsBe?.gone !== true || names(went, from ?? path))) return false;
    if (kind === 'moved' && !this.#isAsItWas(finding)) return false;
    if (came !== undefined) this.#count(came, path, 'added');
    if (went !== undefined) this.#count(went, from ?? path, 'removed');
    if (from !== undefined) this.#left.add(from);
    return true;
  }

  #ruleLeft({ kind, rule, from }: Finding): Rule | undefined {
    const { recordedRules, recordedRule } = this.#context;
    if (kind === 'removed') return ruleAt(recordedRules, rule);
    const recorded = from === undefined ? undefined : recordedRule(from);
    return recorded === undefined ? undefined : ruleAt(recordedRules, recorded);
  }

  #isDevice(finding: Finding): boolean {
    const handle = finding.after ?? finding.before;
    const type = handle === undefined ? undefined : recordType(this.#context.records.get(handle));
    return type === 'block' || type === 'char';
  }

  #isAsItWas({ after, differences }: Finding): boolean {
    const isDirectory = after !== undefined && recordType(this.#context.records.get(after)) === 'directory';
    return differences.every((name) => BY_MOVING.has(name) || (isDirectory && FOLLOWING.has(name)));
  }

  #count({ name }: Rule, path: Path, which: 'added' | 'removed'): void {
    const counts = this.#counts.get(name) ?? { added: 0, removed: 0 };
    counts[which] += 1;
    this.#counts.set(name, counts);
    this.#stirred.add(parentPath(path));
  }

  /**
   * The times of a directory in which objects may come and go tell of those that did, also of those that are gone
   * again. A new log in the place of one that was let be follows from it.
   */
  #isOwnStir(finding: Finding): boolean {
    if (finding.kind === 'changed' && finding.isConsequence && this.#left.has(finding.path)) return true;
    if (!mayFollow(finding, this.#context.records)) return false;
    return ruleAt(this.#context.rules, finding.rule).letsBe !== undefined;
  }

  /** What moved along with a directory that is let be, and is not let be itself, follows from nothing that is told. */
  #standing(finding: Finding): Finding {
    const { kind, from, isConsequence } = finding;
    const isOrphan = kind === 'moved' && isConsequence && from !== undefined && this.#left.has(parentPath(from));
    return isOrphan ? { ...finding, isConsequence: false } : finding;
  }
}

/** The findings without those that rules let be. */
export function letBe(findings: readonly Finding[], context: ComingsContext): ToldFindings {
  const hasSuch = [context.rules, context.recordedRules].some((rules) =>
    rules.some((rule) => rule.letsBe !== undefined),
  );
  return hasSuch ? new Comings(context).judge(findings) : { told: findings, stirred: new Set(), notes: [] };
}
