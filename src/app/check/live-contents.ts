/**
 * The texts of files of the examined tree, for rules with `diff`: read again after they were recorded, and taken only
 * when they are exactly what was recorded. What may not be kept leaves this module in no form.
 */
import type { FoundText, NoText } from '../../check/content/findings.ts';
import { redactedText } from '../../check/content/redacted-text.ts';
import { loadDigests } from '../../digest/algorithms.ts';
import type { Path } from '../../model/bytes.ts';
import { type PackedContent, packContent, unkept } from '../../model/content.ts';
import { type Entry, EntryPaths } from '../../model/entry.ts';
import { errorCode, SystemError } from '../../model/errors.ts';
import { type RecordBytes, recordType } from '../../model/record.ts';
import type { DiffSettings, Rule } from '../../model/rule.ts';
import type { MountScout } from '../../scan/mount-scout.ts';
import { type RecordedContent, RecordedContents } from '../../scan/recorded-content.ts';
import type { Pace } from '../../system/pace.ts';
import type { Tree } from '../../system/tree.ts';
import type { Context } from '../context.ts';
import { openTree } from '../open-tree.ts';

export class LiveContents {
  readonly #rules: readonly Rule[];
  readonly #tree: Tree | undefined;
  readonly #contents: RecordedContents | undefined;
  readonly #paths = new EntryPaths();

  private constructor(rules: readonly Rule[], tree: Tree | undefined, pace: Pace | undefined) {
    this.#rules = rules;
    this.#tree = tree;
    this.#contents = tree && new RecordedContents(tree, pace);
  }

  /** `rules`: those that entries refer to. Opens nothing when none of them keeps texts. */
  static async open(
    context: Context,
    rules: readonly Rule[],
    pace: Pace | undefined,
    scout: MountScout,
  ): Promise<LiveContents> {
    if (rules.every(({ diff }) => diff === undefined)) return new LiveContents(rules, undefined, pace);
    await loadDigests();
    return new LiveContents(rules, openTree(context, scout), pace);
  }

  close(): void {
    this.#tree?.close();
  }

  /** The redacted text of the file that a record tells of, or why there is none. */
  find(path: Path, record: RecordBytes, settings: DiffSettings): FoundText {
    const none = unkept(path, record, settings);
    if (none !== undefined) return { none };
    const read = this.#read(path, record);
    if ('none' in read) return read;
    if (!settings.isPrivate && !read.isReadableByAll) return { none: 'private' };
    const text = redactedText(path, read.bytes);
    return text === undefined ? { none: 'binary' } : { text };
  }

  /** The text to be kept of an entry, if its rule keeps one. */
  contentOf(entry: Entry): { readonly path: Path; readonly content: PackedContent } | undefined {
    const settings = this.#rules[entry.rule]?.diff;
    if (settings === undefined || recordType(entry.record) !== 'file') return undefined;
    const path = this.#paths.of(entry);
    const found = this.find(path, entry.record, settings);
    return 'text' in found ? { path, content: packContent(found.text) } : undefined;
  }

  #read(path: Path, record: RecordBytes): RecordedContent | { readonly none: NoText } {
    try {
      return this.#contents?.read(path, record) ?? { none: 'changed' };
    } catch (error) {
      if (!isSystemFailure(error)) throw error;
      return { none: 'unreadable' };
    }
  }
}

/** Whether a system call failed; anything else that is thrown is a defect. */
function isSystemFailure(error: unknown): boolean {
  const code = errorCode(error);
  return error instanceof SystemError || (code !== 'EUNKNOWN' && /^E[A-Z0-9]+$/.test(code));
}
