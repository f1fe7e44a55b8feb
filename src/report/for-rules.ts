/**
 * The report as those may see it who answer for some rules only: no name, count or path of another rule. That not
 * everything could be examined stays visible to all, since nobody knows what is where nobody could look: of such errors
 * all are counted, and those at objects of these rules are shown.
 */
import { type Path, pathFromBytes, pathFromText } from '../model/bytes.ts';
import type { Report, ReportChange, ReportError } from '../model/report.ts';
import type { Severity } from '../model/severity.ts';
import { exitCodeOf, statusOf, summarize } from '../model/summary.ts';

export interface RuleView {
  /** Names of rules, as reports have them. */
  readonly rules: ReadonlySet<string>;
  /** Name of the rule that governs an object at a path. */
  readonly ruleAt: (path: Path) => string | undefined;
  readonly severityOf: (rule: string) => Severity;
}

function exact(path: string, base64: string | undefined): Path {
  return base64 === undefined ? pathFromText(path) : pathFromBytes(Buffer.from(base64, 'base64'));
}

/** What restricts the report: the patterns of `--paths` may be names out of other rules. */
function limitsOf({ limits = [] }: Report, rules: ReadonlySet<string>): readonly string[] {
  const names = [...rules].join(', ');
  const others = limits.map((limit) => (limit.startsWith('--paths ') ? '--paths …' : limit));
  return [`${rules.size === 1 ? 'rule' : 'rules'} ${names}`, ...others];
}

export function reportForRules(report: Report, view: RuleView): Report {
  const changes = new RuleChanges(report, view).seen();
  const violations = report.violations.filter(({ rule }) => view.rules.has(rule));
  const errors = report.errors.filter((error) => isOurs(error, view));
  const { examined, bytes } = report.summary;
  const counted = { changes, violations, errors: report.summary.errors };
  const summary = summarize(counted, { examined, bytes: BigInt(bytes) });
  const exitCode = exitCodeOf(summary);
  // They tell of all rules, and are only there where nobody is notified.
  const { requirements: _, verdicts: __, ...rest } = report;
  return {
    ...rest,
    limits: limitsOf(report, view.rules),
    status: statusOf(exitCode),
    exitCode,
    summary,
    changes,
    violations,
    errors,
    // They are texts, and may name anything.
    notes: report.notes.length === 0 ? [] : ['the remarks on the whole run are not shown here'],
  };
}

function isOurs({ path, pathBase64 }: ReportError, { rules, ruleAt }: RuleView): boolean {
  const rule = ruleAt(exact(path, pathBase64));
  return rule !== undefined && rules.has(rule);
}

/** What moved over the border of the rules came or went for those who see only one side of it. */
class RuleChanges {
  readonly #report: Report;
  readonly #view: RuleView;
  readonly #ownPaths: ReadonlySet<string>;
  /** Where something is now that moved within the rules, other than along with a directory. */
  readonly #movedWithin: ReadonlySet<string>;
  /** Where something was that others answer for now. */
  readonly #left: ReadonlySet<string>;

  constructor(report: Report, view: RuleView) {
    this.#report = report;
    this.#view = view;
    const own: string[] = [];
    const movedWithin: string[] = [];
    const left: string[] = [];
    for (const change of report.changes) {
      const isOwn = view.rules.has(change.rule);
      if (isOwn) own.push(change.path);
      if (change.kind !== 'moved' || this.#originRule(change) === undefined) continue;
      if (!isOwn) left.push(change.from ?? '');
      else if (change.consequence !== true) movedWithin.push(change.path);
    }
    this.#ownPaths = new Set(own);
    this.#movedWithin = new Set(movedWithin);
    this.#left = new Set(left);
  }

  /** In the order of the report. */
  seen(): readonly ReportChange[] {
    return this.#report.changes.flatMap((change) => {
      if (this.#view.rules.has(change.rule)) return [this.#visible(change)];
      const gone = this.#gone(change);
      return gone === undefined ? [] : [gone];
    });
  }

  /** The rule that governs where a moved object was, when it is one of these. */
  #originRule({ from, fromBase64 }: ReportChange): string | undefined {
    if (from === undefined) return undefined;
    const rule = this.#view.ruleAt(exact(from, fromBase64));
    return rule !== undefined && this.#view.rules.has(rule) ? rule : undefined;
  }

  /** A change of these rules without what is not theirs. Most are as they are: then nothing is copied. */
  #visible(change: ReportChange): ReportChange {
    const shown = this.#withOwnLinks(change);
    if (change.kind === 'moved' && this.#originRule(change) === undefined) return arrived(shown);
    return change.consequence === true && !this.#isFolded(change) ? counting(shown) : shown;
  }

  #withOwnLinks(change: ReportChange): ReportChange {
    const { links } = change;
    if (links === undefined || links.every((link) => this.#ownPaths.has(link))) return change;
    const { links: _, ...rest } = change;
    const own = links.filter((link) => this.#ownPaths.has(link));
    return own.length === 0 ? rest : { ...rest, links: own };
  }

  /** Whether what a consequence follows from can be seen too; if not, it is a finding of its own. */
  #isFolded({ kind, path }: ReportChange): boolean {
    if (kind !== 'moved') return !this.#left.has(path);
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      if (this.#movedWithin.has(path.slice(0, slash))) return true;
    }
    return false;
  }

  /** What these rules governed and others govern now is gone from here, unless something else took its place. */
  #gone(change: ReportChange): ReportChange | undefined {
    const { from, fromBase64, type, kind } = change;
    const rule = this.#originRule(change);
    if (kind !== 'moved' || from === undefined || rule === undefined || this.#ownPaths.has(from)) return undefined;
    const pathBase64 = fromBase64 === undefined ? {} : { pathBase64: fromBase64 };
    const severity = this.#view.severityOf(rule);
    return { kind: 'removed', path: from, ...pathBase64, type, rule, severity, attributes: {}, flags: [] };
  }
}

function counting({ consequence: _, ...change }: ReportChange): ReportChange {
  return change;
}

/** Of what came from elsewhere only what it is now is told; a diff would show what it was. */
function arrived({ from: _, fromBase64: __, content: ___, ...change }: ReportChange): ReportChange {
  const attributes = Object.entries(change.attributes).flatMap(([name, { after }]) =>
    after === undefined ? [] : [[name, { after }] as const],
  );
  return { ...counting(change), kind: 'added', attributes: Object.fromEntries(attributes) };
}
