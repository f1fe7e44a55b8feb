/**
 * Which findings follow from a package that was installed, upgraded or removed since the baseline was made, and which tell
 * of content that no package ships (docs/packages.md). A name alone explains nothing: of content there must be a digest,
 * from the same read that the finding was made of. In doubt a finding stays unexplained. It reads no file.
 */
import { type AttributeName, isDigestName } from '../../model/attributes.ts';
import { type Path, printableText } from '../../model/bytes.ts';
import { hasSameContent } from '../../model/content.ts';
import { type PackageClaim, type PackageKnowledge, type RecordedPackage, unpackPaths } from '../../model/packages.ts';
import { attributeBytes, type RecordBytes, recordType, sameAttribute } from '../../model/record.ts';
import type { Explanation, FindingFlag } from '../../model/report.ts';
import type { Finding, RecordArena, RecordHandle } from '../finding.ts';
import { raisedSeverity } from '../flags.ts';
import { rightsAreKept, rightsArePlain } from './rights.ts';

export interface PackageSources {
  readonly records: RecordArena;
  /** Packages of the baseline. Of an empty list nothing is explained: nobody knows what was installed. */
  readonly recorded: readonly RecordedPackage[];
  /** Asked for `wantedPaths`. */
  readonly known: PackageKnowledge;
}

/** What differs of a file that was replaced by one with other content, apart from its rights. */
const REPLACED: ReadonlySet<AttributeName> = new Set([
  ...(['size', 'blocks', 'mtime', 'ctime', 'btime', 'atime', 'inode'] as const),
]);
/** Flags that say no more than what was proved about content and rights. */
const COVERED: ReadonlySet<FindingFlag> = new Set([
  ...(['executable-appeared', 'world-writable-now', 'content-changed-times-kept'] as const),
]);
/** What differs of a directory in which something was made and removed again, as dpkg does with `.dpkg-new`. */
const TOUCHED: ReadonlySet<AttributeName> = new Set(['mtime', 'ctime']);

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

/** The findings, with what explains them and with the flag of those that no package ships. */
export function explainFindings(findings: readonly Finding[], sources: PackageSources): readonly Finding[] {
  const explainer = new Explainer(sources);
  return findings.map((finding) => explainer.judged(finding));
}

class Explainer {
  readonly #records: RecordArena;
  readonly #known: PackageKnowledge;
  readonly #recorded: ReadonlyMap<string, RecordedPackage>;
  /** Recorded owners of the paths of packages that are gone or of another version. */
  #formerOwners: ReadonlyMap<Path, string> | undefined;

  constructor({ records, recorded, known }: PackageSources) {
    this.#records = records;
    this.#known = known;
    this.#recorded = new Map(recorded.map((row) => [row.name, row]));
  }

  judged(finding: Finding): Finding {
    if (finding.isConsequence || finding.mount !== undefined) return finding;
    if (this.#isMismatch(finding)) {
      const flags: readonly FindingFlag[] = [...finding.flags, 'package-mismatch'];
      return { ...finding, flags, severity: raisedSeverity(finding.severity, flags) };
    }
    const explained = this.#recorded.size === 0 ? undefined : this.#explain(finding);
    return explained === undefined ? finding : { ...finding, explained };
  }

  #explain(finding: Finding): Explanation | undefined {
    const { kind, path, from } = finding;
    if (!finding.flags.every((flag) => COVERED.has(flag))) return undefined;
    const after = this.#record(finding.after);
    switch (kind) {
      case 'removed':
        return this.#departure(path);
      case 'added':
        return after && this.#arrival(path, after);
      case 'changed':
        return after && this.#replacement(finding, after);
      case 'moved':
        return after && from !== undefined && this.#departure(from) !== undefined
          ? this.#replacement(finding, after)
          : undefined;
      default:
        return kind satisfies never;
    }
  }

  /** No package lists it any more, and every package that did is gone or of another version. */
  #departure(path: Path): Explanation | undefined {
    const about = this.#known.databaseFile(path);
    if (about !== undefined) return this.#byDatabase([about.package]);
    if (this.#known.claims(path).length > 0) return undefined;
    const owner = this.#ownersOfOld().get(path);
    return owner === undefined ? undefined : this.#explanation(owner, 'database');
  }

  #arrival(path: Path, after: RecordBytes): Explanation | undefined {
    if (!rightsArePlain(after, this.#known.override(path))) return undefined;
    const about = this.#known.databaseFile(path);
    if (about !== undefined) return about.isScript ? undefined : this.#byDatabase([about.package]);
    switch (recordType(after)) {
      case 'file':
        return this.#byDigest(path, after);
      case 'directory':
        return this.#byDatabase(this.#owners(path));
      default:
        return undefined;
    }
  }

  /** An object that was recorded too, under this name or, where it moved, another. */
  #replacement({ path, before: handle, differences }: Finding, after: RecordBytes): Explanation | undefined {
    const before = this.#record(handle);
    if (before === undefined || !rightsAreKept(before, after, this.#known.override(path))) return undefined;
    const differ = new Set(differences.filter((name) => !['mode', 'uid', 'gid'].includes(name)));
    if (recordType(after) === 'directory') {
      return isSubset(differ, TOUCHED) ? this.#byDatabase(this.#owners(path)) : undefined;
    }
    if (!isSubset(differ, REPLACED, isDigestName)) return undefined;
    if (hasSameContent(before, after) || isSameLink(before, after)) return this.#withoutProof(path);
    if (recordType(after) !== 'file') return undefined;
    const about = this.#known.databaseFile(path);
    if (about === undefined) return this.#byDigest(path, after);
    return about.isScript ? undefined : this.#byDatabase([about.package]);
  }

  /** Replaced by its like, so that there is nothing to prove. */
  #withoutProof(path: Path): Explanation | undefined {
    const about = this.#known.databaseFile(path);
    return this.#byDatabase(about === undefined ? this.#owners(path) : [about.package]);
  }

  #byDigest(path: Path, after: RecordBytes): Explanation | undefined {
    const md5 = md5Of(after);
    if (md5 === undefined) return undefined;
    const owner = this.#known.claims(path).find((claim) => claim.md5 === md5 && this.#hasArrived(claim.package));
    return owner === undefined ? undefined : this.#explanation(owner.package, 'md5');
  }

  #byDatabase(names: readonly string[]): Explanation | undefined {
    const name = names.find((candidate) => this.#hasChanged(candidate));
    return name === undefined ? undefined : this.#explanation(name, 'database');
  }

  #explanation(name: string, proof: 'md5' | 'database'): Explanation {
    const from = printableText(this.#recorded.get(name)?.version ?? '');
    return { by: this.#known.by, package: printableText(name), from, to: this.#known.versions.get(name) ?? '', proof };
  }

  /** Packages that list the path and whose files are there. */
  #owners(path: Path): readonly string[] {
    const names = this.#known.claims(path).map((claim) => claim.package);
    return names.filter((name) => this.#known.versions.has(name));
  }

  #hasChanged(name: string): boolean {
    return this.#recorded.get(name)?.version !== this.#known.versions.get(name);
  }

  #hasArrived(name: string): boolean {
    return this.#known.versions.has(name) && this.#hasChanged(name);
  }

  #ownersOfOld(): ReadonlyMap<Path, string> {
    this.#formerOwners ??= this.#findFormerOwners();
    return this.#formerOwners;
  }

  /** Unpacks the lists of all packages that changed, which are few, and takes out what another one listed as well. */
  #findFormerOwners(): ReadonlyMap<Path, string> {
    const owners = new Map<Path, string>();
    const [changed, same] = [true, false].map((wanted) =>
      [...this.#recorded.values()].filter(({ name }) => this.#hasChanged(name) === wanted),
    );
    for (const { name, files } of changed ?? []) for (const path of unpackPaths(files) ?? []) owners.set(path, name);
    if (owners.size === 0) return owners;
    for (const { files } of same ?? []) for (const path of unpackPaths(files) ?? []) owners.delete(path);
    return owners;
  }

  /** Its package ships other content and nobody is meant to edit it. What a rule does not digest cannot be told. */
  #isMismatch({ kind, path, before: handle, after: found }: Finding): boolean {
    const after = this.#record(found);
    if (kind === 'removed' || after === undefined || recordType(after) !== 'file') return false;
    const before = this.#record(handle);
    if (kind === 'changed' && before !== undefined && hasSameContent(before, after)) return false;
    const md5 = md5Of(after);
    const claims: readonly PackageClaim[] = this.#known
      .claims(path)
      .filter((claim) => this.#known.versions.has(claim.package));
    if (md5 === undefined || claims.some(({ isConffile }) => isConffile)) return false;
    const shipped = claims.flatMap((claim) => claim.md5 ?? []);
    return shipped.length > 0 && !shipped.includes(md5);
  }

  #record(handle: RecordHandle | undefined): RecordBytes | undefined {
    return handle === undefined ? undefined : this.#records.get(handle);
  }
}

function md5Of(record: RecordBytes): string | undefined {
  const bytes = attributeBytes(record, 'md5');
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
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
