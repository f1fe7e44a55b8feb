/**
 * What changed inside the files of findings, for rules with `diff`: asks for the recorded and the found text of each,
 * shows what may be shown, and keeps the found texts for those who accept them later. It reads no file, and is bounded
 * whatever changed: an attacker chooses the files.
 */
import { performance } from 'node:perf_hooks';
import type { Path } from '../../model/bytes.ts';
import { hasDigest, hasSameContent, isProved, type PackedContent, packContent, unkept } from '../../model/content.ts';
import { type RecordBytes, recordType } from '../../model/record.ts';
import type { ContentChange } from '../../model/report.ts';
import type { DiffSettings, Rule } from '../../model/rule.ts';
import { isSecretFile } from '../../model/secret-files.ts';
import type { Finding, RecordArena, RecordHandle } from '../finding.ts';
import { contentFacts } from './facts.ts';
import { redactedText } from './redacted-text.ts';
import { diffTexts, type UnifiedDiff, wholeText } from './unified.ts';

/** Why there is no text of a file, in the words of the report. */
const NO_TEXT = {
  secret: 'it is a file of secrets: its content is never kept or shown',
  private: 'the content of files that not everybody may read is not kept; diff: {private: true} changes that',
  large: 'it is larger than what its rule keeps; diff: {max: …} changes that',
  binary: 'it is not text',
  unread: 'its content was not read',
  unproved: 'no digest of its rule proves which text was recorded; sha256 among what it watches does',
  changed: 'it changed again while it was read',
  unreadable: 'its content could not be read again',
  elsewhere: 'it was examined over ssh: content is not fetched',
  tooMuch: 'too much changed at once: the texts of this run are full',
  unrecorded: 'its text is not in the baseline',
} as const;
export type NoText = keyof typeof NO_TEXT;

/** The redacted text of a file, or why there is none. */
export type FoundText = { readonly text: Buffer } | { readonly none: NoText };

const SECRET: FoundText = { none: 'secret' };

export interface TextSources {
  /** Rules that findings refer to, and those of removed ones. */
  readonly rules: readonly Rule[];
  readonly recordedRules: readonly Rule[];
  readonly records: RecordArena;
  /** What the baseline keeps of a file; undefined when it keeps nothing. */
  readonly recorded: (path: Path) => Buffer | undefined;
  /** The text of the file that a record tells of, not of one that stands there by now. */
  readonly found: (path: Path, record: RecordBytes, settings: DiffSettings) => FoundText;
}

export interface ContentFindings {
  /** For the report. */
  readonly changes: ReadonlyMap<Finding, ContentChange>;
  /** Texts that were found, for those who accept a finding. */
  readonly texts: ReadonlyMap<Finding, PackedContent>;
}

const CHANGED_BOUNDS = { lines: 200, characters: 32 * 1024 };
const ADDED_BOUNDS = { lines: 50, characters: 8 * 1024 };
/** Characters of all diffs and facts of a report, and the time that comparing texts may take in all. */
const REPORT_CHARACTERS = 2 * 1024 * 1024;
const REPORT_MILLISECONDS = 20_000;
/** Bytes of texts that one run reads and keeps for those who accept. */
const RUN_BYTES = 128 * 1024 * 1024;
const FULL = 'the diffs of this report are full';
/** Characters of a fact that are shown. */
const LONGEST_FACT = 500;

/** Goes through the findings in the order in which they stand in the report, so that the worst are told first. */
export function findContents(findings: Iterable<Finding>, sources: TextSources): ContentFindings {
  const finder = new Finder(sources);
  for (const finding of findings) finder.take(finding);
  return finder;
}

class Finder implements ContentFindings {
  readonly changes = new Map<Finding, ContentChange>();
  readonly texts = new Map<Finding, PackedContent>();
  readonly #sources: TextSources;
  #characters = REPORT_CHARACTERS;
  #milliseconds = REPORT_MILLISECONDS;
  #bytes = RUN_BYTES;

  constructor(sources: TextSources) {
    this.#sources = sources;
  }

  take(finding: Finding): void {
    const { kind, path, from = path } = finding;
    const isRemoved = kind === 'removed';
    // A changed object without a state of now: a mount point of which only the mount differs.
    if (finding.after === undefined && !isRemoved) return;
    const { rules, recordedRules } = this.#sources;
    const settings = (isRemoved ? recordedRules : rules)[finding.rule]?.diff;
    if (settings === undefined) return;
    const before = this.#fileOf(finding.before);
    const after = this.#fileOf(finding.after);
    const recorded = before && this.#recorded(from, before, settings);
    const isSame = before !== undefined && after !== undefined && hasSameContent(before, after);
    // What is recorded already stays so when the finding is accepted.
    if (isSame && recorded !== undefined && 'text' in recorded) return;
    // What was in a file of secrets is not shown because it was moved elsewhere.
    const found = after && (isSecretFile(from) ? SECRET : this.#found(path, after, settings));
    if (found !== undefined && 'text' in found) this.texts.set(finding, packContent(found.text));
    if (isSame) return;
    if (recorded === undefined && found === undefined) return;
    this.changes.set(finding, this.#change(path, recorded, found));
  }

  #fileOf(handle: RecordHandle | undefined): RecordBytes | undefined {
    const record = handle === undefined ? undefined : this.#sources.records.get(handle);
    return record !== undefined && recordType(record) === 'file' ? record : undefined;
  }

  #recorded(path: Path, record: RecordBytes, settings: DiffSettings): FoundText {
    const none = unkept(path, record, settings);
    if (none !== undefined) return { none };
    const text = this.#sources.recorded(path);
    if (text === undefined) return { none: 'unrecorded' };
    // A baseline of an older version may hold what is redacted by now.
    const redacted = redactedText(path, text);
    return redacted === undefined ? { none: 'binary' } : { text: redacted };
  }

  #found(path: Path, record: RecordBytes, settings: DiffSettings): FoundText {
    const none = unkept(path, record, settings);
    if (none !== undefined) return { none };
    // Without any digest as after a deadline: what was not examined is among the errors of the report.
    if (!isProved(record)) return { none: hasDigest(record) ? 'unproved' : 'unread' };
    if (this.#bytes <= 0) return { none: 'tooMuch' };
    const found = this.#sources.found(path, record, settings);
    if ('text' in found) this.#bytes -= found.text.length;
    return found;
  }

  #change(path: Path, before: FoundText | undefined, after: FoundText | undefined): ContentChange {
    const none = missing(before, after);
    if (none !== undefined) return { facts: [], omitted: none };
    const [old, now] = [textOf(before), textOf(after)];
    if (this.#characters <= 0 || this.#milliseconds <= 0) return { facts: [], omitted: FULL };
    const started = performance.now();
    const facts = contentFacts(path, old?.toString('latin1'), now?.toString('latin1')).map(shortened);
    const diff = compared(old, now);
    this.#milliseconds -= performance.now() - started;
    const omitted = omissions(diff, old === undefined || now === undefined);
    const lines = diff.lines ?? [];
    for (const text of [...facts, ...lines]) this.#characters -= text.length;
    return {
      facts,
      ...(lines.length === 0 ? {} : { diff: lines }),
      ...(omitted.length === 0 ? {} : { omitted: omitted.join('; ') }),
    };
  }
}

function shortened(fact: string): string {
  const characters = Array.from(fact);
  return characters.length <= LONGEST_FACT ? fact : `${characters.slice(0, LONGEST_FACT).join('')}…`;
}

function textOf(side: FoundText | undefined): Buffer | undefined {
  return side !== undefined && 'text' in side ? side.text : undefined;
}

function reasonOf(side: FoundText | undefined): NoText | undefined {
  return side !== undefined && 'none' in side ? side.none : undefined;
}

/** Why nothing can be shown, if nothing can: of what was or is private, neither side may be. */
function missing(before: FoundText | undefined, after: FoundText | undefined): string | undefined {
  const [old, now] = [reasonOf(before), reasonOf(after)];
  if (old === 'secret' || now === 'secret') return NO_TEXT.secret;
  if (old === 'private' || now === 'private') return NO_TEXT.private;
  if (now === 'binary' && textOf(before) !== undefined) return 'it was text and is not any more';
  if (now !== undefined) return NO_TEXT[now];
  if (old === 'large') return 'it was larger than what its rule keeps';
  return old === undefined ? undefined : NO_TEXT[old];
}

function compared(before: Buffer | undefined, after: Buffer | undefined): UnifiedDiff {
  if (before !== undefined && after !== undefined) return diffTexts(before, after, CHANGED_BOUNDS);
  if (after !== undefined) return wholeText(after, 'added', ADDED_BOUNDS);
  return wholeText(before ?? Buffer.alloc(0), 'removed', CHANGED_BOUNDS);
}

function omissions({ lines, omittedLines, cutLines }: UnifiedDiff, isOneSided: boolean): string[] {
  if (lines === undefined) return ['the texts are too different to be compared'];
  const count = (number: number): string => `${number} ${number === 1 ? 'line' : 'lines'}`;
  if (lines.length === 0 && omittedLines === 0) {
    return [isOneSided ? 'it is empty' : 'nothing differs but what is redacted'];
  }
  return [
    ...(omittedLines === 0 ? [] : [`${count(omittedLines)} of the diff left out`]),
    ...(cutLines === 0 ? [] : [`${count(cutLines)} cut`]),
  ];
}
