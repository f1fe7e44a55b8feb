/**
 * Which findings follow from a package that was installed, upgraded or removed since the baseline was made, as far as
 * the package database of the examined system says so (docs/packages.md). A name alone explains nothing, a
 * contradiction takes an explanation away, and nothing with a flag has one. In doubt a finding stays unexplained. It
 * reads no file.
 */
import { type AttributeName, isDigestName } from '../../model/attributes.ts';
import { type Path, printableText } from '../../model/bytes.ts';
import { hasSameContent } from '../../model/content.ts';
import type { PackageKnowledge, RecordedPackage } from '../../model/packages.ts';
import { type RecordBytes, recordType, sameAttribute } from '../../model/record.ts';
import type { Explanation, FindingFlag } from '../../model/report.ts';
import type { Finding, RecordArena, RecordHandle } from '../finding.ts';
import { raisedSeverity } from '../flags.ts';
import { contradictions, forgers, installedClaims, type Judged, md5Of, type PackageMemory } from './contradictions.ts';
import { isNeverExplained } from './never.ts';
import { areAsRecorded } from './overrides.ts';
import { isAsDpkgKeeps, isProgram, rightsAreKept, rightsArePlain } from './rights.ts';

export interface PackageSources {
  readonly records: RecordArena;
  /** Packages of the baseline. Of an empty list nothing is explained: nobody knows what was installed. */
  readonly recorded: readonly RecordedPackage[];
  /** Owners in the baseline of `wantedPaths` (owners.ts). */
  readonly owners: ReadonlyMap<Path, readonly string[]>;
  /** What the baseline holds under a path. */
  readonly recordedAt: (path: Path) => RecordBytes | undefined;
  /** Asked for `wantedPaths`, of the packages that were installed then and now. */
  readonly known: PackageKnowledge;
}

/** What differs of a file that was replaced by one with other content, apart from its rights. */
const REPLACED: ReadonlySet<AttributeName> = new Set([
  ...(['size', 'blocks', 'mtime', 'ctime', 'btime', 'atime', 'inode'] as const),
]);
/** What differs of a directory in which something was made and removed again, as dpkg does with `.dpkg-new`. */
const TOUCHED: ReadonlySet<AttributeName> = new Set(['mtime', 'ctime']);
/** An installed package always has these; without them nothing could be denied. */
const INDISPENSABLE = /\.(?:list|md5sums)$/;

/** The paths that a package database has to be asked for. */
export function wantedPaths(findings: Iterable<Finding>): ReadonlySet<Path> {
  const wanted = new Set<Path>();
  for (const { path, from, isConsequence } of findings) {
    if (isConsequence) continue;
    wanted.add(path);
    if (from !== undefined) wanted.add(from);
  }
  return wanted;
}

/** The findings, with what explains them, and with flags where the package database is contradicted. */
export function explainFindings(findings: readonly Finding[], sources: PackageSources): readonly Finding[] {
  const explainer = new Explainer(sources);
  const judged = findings.map((finding) => explainer.judged(finding));
  return judged.map((finding) => explainer.withdrawn(finding));
}

class Explainer {
  readonly #records: RecordArena;
  readonly #known: PackageKnowledge;
  readonly #recorded: ReadonlyMap<string, RecordedPackage>;
  readonly #memory: PackageMemory;
  /** Packages that claim what they cannot have, or contradict themselves: nothing that is said of them is believed. */
  readonly #liars = new Set<string>();

  constructor({ records, recorded, owners, recordedAt, known }: PackageSources) {
    this.#records = records;
    this.#known = known;
    this.#recorded = new Map(recorded.map((row) => [row.name, row]));
    this.#memory = {
      known,
      hasRecorded: recorded.length > 0,
      owners: (path) => owners.get(path) ?? [],
      hasChanged: (name) => this.#hasChanged(name),
      wasRecorded: (path) => recordedAt(path) !== undefined,
      trustsOverrides: areAsRecorded(known.overrides, recordedAt(known.overrides.file)),
    };
  }

  judged(finding: Finding): Finding {
    if (finding.isConsequence || finding.mount !== undefined) return finding;
    const judged = { finding, before: this.#record(finding.before), after: this.#record(finding.after) };
    const flags = contradictions(judged, this.#memory);
    if (flags.includes('unowned-now-claimed')) this.#distrust(judged);
    if (this.#memory.hasRecorded) for (const name of forgers(finding, this.#memory)) this.#liars.add(name);
    if (flags.includes('package-mismatch')) return { ...flagged(finding, flags), ...this.#shipping(finding.path) };
    if (flags.length > 0) return flagged(finding, flags);
    const explained = this.#memory.hasRecorded && finding.flags.length === 0 ? this.#explain(judged) : undefined;
    return explained === undefined ? finding : { ...finding, explained };
  }

  /** After all were judged: without the word of those who were caught. */
  withdrawn(finding: Finding): Finding {
    if (this.#liars.size === 0 || finding.isConsequence) return finding;
    const { explained, ...rest } = finding;
    const about = this.#known.databaseFile(finding.path);
    if (about !== undefined && about.kind !== 'state' && this.#liars.has(about.package)) {
      return flagged(rest, ['database-contradiction']);
    }
    return explained !== undefined && this.#liars.has(explained.package) ? rest : finding;
  }

  /** Which package ships other content than the file has. */
  #shipping(path: Path): Pick<Finding, 'shippedBy'> {
    const claim = installedClaims(this.#memory, path).find(({ isListed, md5 }) => isListed && md5 !== undefined);
    if (claim === undefined) return {};
    const restore = this.#known.restoring(claim.package);
    return {
      shippedBy: {
        by: this.#known.by,
        package: printableText(claim.package),
        version: printableText(this.#known.versions.get(claim.package) ?? ''),
        ...(restore === undefined ? {} : { restore }),
      },
    };
  }

  /** Directories are shared: one that was there before is often listed by somebody later. */
  #distrust({ finding: { path, from }, before, after }: Judged): void {
    const record = after ?? before;
    if (record !== undefined && recordType(record) === 'directory') return;
    for (const place of from === undefined ? [path] : [path, from]) {
      if (this.#memory.owners(place).length > 0) continue;
      for (const claim of installedClaims(this.#memory, place)) this.#liars.add(claim.package);
    }
  }

  #explain(judged: Judged): Explanation | undefined {
    const { finding, before, after } = judged;
    const { kind, path, from } = finding;
    const about = this.#known.databaseFile(path);
    if (about !== undefined) return about.kind === 'state' ? undefined : this.#aboutPackage(judged, about);
    if (isNeverExplained(path) || (from !== undefined && isNeverExplained(from))) return undefined;
    // A diversion takes a file away, or puts one in its place, by a line that anybody with root may write.
    const isDiverted = this.#known.isDiverted(path) || (from !== undefined && this.#known.isDiverted(from));
    if (isDiverted && kind !== 'changed') return undefined;
    switch (kind) {
      case 'removed':
        return before && this.#departure(path, before);
      case 'added':
        return after && this.#arrival(path, after);
      case 'changed':
        return before && after && this.#memory.owners(path).some((name) => this.#hasChanged(name))
          ? this.#replacement(finding, before, after)
          : undefined;
      case 'moved':
        return before && after && from !== undefined && this.#departure(from, before) !== undefined
          ? this.#replacement(finding, before, after)
          : undefined;
      default:
        return kind satisfies never;
    }
  }

  /** A file of the database about one package. */
  #aboutPackage(
    { finding, before, after }: Judged,
    about: { readonly kind: 'data' | 'script'; readonly package: string },
  ): Explanation | undefined {
    const { kind, path, differences } = finding;
    if (kind === 'moved') return undefined;
    if (kind === 'removed') {
      const isNeeded = INDISPENSABLE.test(path) && this.#known.versions.has(about.package);
      return isNeeded ? undefined : this.#byDatabase([about.package]);
    }
    const isScript = about.kind === 'script';
    if (after === undefined || recordType(after) !== 'file' || !isAsDpkgKeeps(after, isScript)) return undefined;
    const isSame = before !== undefined && hasSameContent(before, after);
    // Nothing proves what dpkg runs as root.
    if (isScript && !isSame) return undefined;
    if (before !== undefined && !rightsAreKept(before, after, undefined)) return undefined;
    const isReplaced = kind === 'added' || isSubset(new Set(differences), REPLACED, isDigestName);
    return isReplaced ? this.#byDatabase([about.package]) : undefined;
  }

  /**
   * Nothing that is known of any package has it any more, and every package that had it is gone or of another version.
   * A program goes with its package only: that a line is missing is too little.
   */
  #departure(path: Path, before: RecordBytes): Explanation | undefined {
    if (this.#known.claims(path).length > 0) return undefined;
    const owners = this.#memory.owners(path);
    const [owner] = owners;
    if (owner === undefined || !owners.every((name) => this.#hasChanged(name))) return undefined;
    if (isProgram(path, before) && owners.some((name) => this.#known.versions.has(name))) return undefined;
    return this.#explanation(owner);
  }

  #arrival(path: Path, after: RecordBytes): Explanation | undefined {
    if (!rightsArePlain(after, this.#override(path))) return undefined;
    switch (recordType(after)) {
      case 'file':
        return this.#byDigest(path, after);
      case 'directory':
        return this.#byDatabase(this.#listing(path));
      default:
        return undefined;
    }
  }

  /** An object that was recorded too, under this name or, where it moved, another. */
  #replacement({ path, differences }: Finding, before: RecordBytes, after: RecordBytes): Explanation | undefined {
    if (!rightsAreKept(before, after, this.#override(path))) return undefined;
    const differ = new Set(differences.filter((name) => !['mode', 'uid', 'gid'].includes(name)));
    if (recordType(after) === 'directory') {
      return isSubset(differ, TOUCHED) ? this.#byDatabase(this.#listing(path)) : undefined;
    }
    if (!isSubset(differ, REPLACED, isDigestName)) return undefined;
    if (isSameLink(before, after)) return this.#byDatabase(this.#listing(path));
    return recordType(after) === 'file' ? this.#byDigest(path, after) : undefined;
  }

  /** One package says that it ships this content, and none says that it ships other. */
  #byDigest(path: Path, after: RecordBytes): Explanation | undefined {
    const md5 = md5Of(after);
    const claims = installedClaims(this.#memory, path);
    if (md5 === undefined || claims.some((claim) => claim.md5 !== undefined && claim.md5 !== md5)) return undefined;
    const owner = claims.find((claim) => claim.isListed && claim.md5 === md5 && this.#hasChanged(claim.package));
    return owner && this.#explanation(owner.package);
  }

  #byDatabase(names: readonly string[]): Explanation | undefined {
    const name = names.find((candidate) => this.#hasChanged(candidate));
    return name === undefined ? undefined : this.#explanation(name);
  }

  #explanation(name: string): Explanation {
    const from = printableText(this.#recorded.get(name)?.version ?? '');
    const to = printableText(this.#known.versions.get(name) ?? '');
    return { by: this.#known.by, package: printableText(name), from, to, proof: 'database' };
  }

  /** Installed packages that list the path. */
  #listing(path: Path): readonly string[] {
    return installedClaims(this.#memory, path).flatMap((claim) => (claim.isListed ? claim.package : []));
  }

  #override(path: Path) {
    return this.#memory.trustsOverrides ? this.#known.overrides.of(path) : undefined;
  }

  #hasChanged(name: string): boolean {
    return this.#recorded.get(name)?.version !== this.#known.versions.get(name);
  }

  #record(handle: RecordHandle | undefined): RecordBytes | undefined {
    return handle === undefined ? undefined : this.#records.get(handle);
  }
}

function flagged(finding: Finding, added: readonly FindingFlag[]): Finding {
  const flags = [...new Set([...finding.flags, ...added])];
  return { ...finding, flags, severity: raisedSeverity(finding.severity, flags) };
}

function isSameLink(before: RecordBytes, after: RecordBytes): boolean {
  const isLink = recordType(before) === 'symlink' && recordType(after) === 'symlink';
  return isLink && sameAttribute(before, after, 'target');
}

function isSubset(
  names: ReadonlySet<AttributeName>,
  allowed: ReadonlySet<AttributeName>,
  alsoAllowed: (name: AttributeName) => boolean = () => false,
): boolean {
  return [...names].every((name) => allowed.has(name) || alsoAllowed(name));
}
