/**
 * From the entries of samhainrc to rules of integ: the deepest directory governs what lies in it, and `file=` the
 * object itself before any directory. Of two entries for one path the first counts there, the last here.
 */
import type { AttributeName } from '../../../model/attributes.ts';
import { groupAtoms } from '../grouping.ts';
import type { Notes } from '../notes.ts';
import { type Placement, placementAtoms } from '../placements.ts';
import type { ImportedRule, RuleSettings } from '../policy-text.ts';
import { watchTerms } from '../watch-terms.ts';
import { globOfWildcards, hasWildcard } from '../wildcards.ts';
import { SAMHAIN_POLICIES, SAMHAIN_TESTS, type SamhainTest } from './policies.ts';
import type { SamhainEntry, Samhainrc } from './samhainrc.ts';

class Translation {
  readonly #config: Samhainrc;
  readonly #isLink: (path: string) => boolean;
  readonly #notes: Notes;

  constructor(config: Samhainrc, isLink: (path: string) => boolean, notes: Notes) {
    this.#config = config;
    this.#isLink = isLink;
    this.#notes = notes;
  }

  rules(): ImportedRule[] {
    const placed = this.#first().toReversed();
    const of = (kind: SamhainEntry['kind']): Placement[] =>
      placed.filter((entry) => entry.kind === kind).flatMap((entry) => this.#placement(entry));
    const directories = placementAtoms(of('dir'));
    const objects = placementAtoms(of('file')).map((atom) => ({ ...atom, order: directories.length + atom.order }));
    return groupAtoms([...directories, ...objects]);
  }

  /** Each path once for either kind, as it is first named. */
  #first(): readonly SamhainEntry[] {
    const seen = new Set<string>();
    return this.#config.entries.filter(({ kind, path, place }) => {
      const key = `${kind} ${path}`;
      const isFirst = !seen.has(key);
      if (!isFirst) this.#notes.add('the path is named before: Samhain, too, takes the first', place);
      seen.add(key);
      return isFirst;
    });
  }

  #placement(entry: SamhainEntry): Placement[] {
    const { kind, path, policy, place, written } = entry;
    const glob = hasWildcard(path) ? globOfWildcards(path) : undefined;
    if (hasWildcard(path) && glob === undefined) {
      this.#notes.add(`wildcards that the policy does not have: the entry is left out: ${path}`, place);
      return [];
    }
    const { name, isExistence = false } = SAMHAIN_POLICIES[policy] ?? { name: policy };
    const severity = this.#config.severities.get(policy) ?? (isExistence ? 'info' : undefined);
    const settings: RuleSettings = {
      ...(severity === undefined ? {} : { severity }),
      ...(entry.tests.has('TXT') && entry.tests.has('CHK') ? { keepsText: true } : {}),
    };
    const isLink = glob === undefined && this.#isLink(path);
    // What it leads to must not go unseen because of a link that is ignored.
    const isObject = isLink && (kind === 'file' || isExistence);
    if (isLink && !isObject) {
      this.#notes.add(`${path} is a symbolic link, which the policy follows and Samhain does not`, place);
    }
    return [
      {
        path,
        ...(glob === undefined ? {} : { glob, translatedFrom: written }),
        ...(isObject ? { isObject, translatedFrom: written } : {}),
        isLink,
        depth: kind === 'file' ? 0 : (entry.depth ?? this.#config.depth) + 1,
        watch: isExistence && entry.tests.size === 0 ? ['existence'] : this.#watch(entry),
        types: [],
        label: name,
        isLabelKept: true,
        place,
        ...(Object.keys(settings).length === 0 ? {} : { settings }),
      },
    ];
  }

  #watch({ tests, place }: SamhainEntry): readonly string[] {
    if (tests.has('PRE')) this.#notes.add('prelink is not asked: the file as it is must stay', place);
    if (tests.has('AUDIT')) this.#notes.add('who changed a file is not told: integ checks when it is run', place);
    const watched = new Set<AttributeName>(['type']);
    for (const [test, attribute] of Object.entries(SAMHAIN_TESTS) as [SamhainTest, AttributeName][]) {
      if (tests.has(test)) watched.add(attribute);
    }
    if (this.#config.withAcl) watched.add('acl');
    if (this.#config.withSelinux) watched.add('selinux');
    if (!tests.has('SGROW')) return watchTerms(watched);
    // The log that follows a rotated one has another inode, which Samhain allows.
    for (const name of ['size', 'mtime', 'ctime', 'atime', 'inode', 'sha256'] as const) watched.delete(name);
    return watchTerms(watched, tests.has('CHK') ? 'append-only' : 'growing');
  }
}

/** `isLink`: whether a path is a symbolic link on the host that the policy is for. */
export function translateSamhainrc(config: Samhainrc, isLink: (path: string) => boolean, notes: Notes): ImportedRule[] {
  return new Translation(config, isLink, notes).rules();
}
