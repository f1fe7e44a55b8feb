/**
 * `file_paths`, `exclude_paths` and `file_accesses` of the configuration of osquery.
 * https://osquery.readthedocs.io/en/stable/deployment/file-integrity-monitoring/
 */
import { printableText } from '../../../model/bytes.ts';
import { UserError } from '../../../model/errors.ts';
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';
import { type JsonValue, readJson } from './json.ts';

/** A path as osquery has it, with its wildcards. */
export interface WrittenPath {
  readonly text: string;
  readonly place: Place;
}

export interface Category {
  readonly name: string;
  readonly paths: readonly WrittenPath[];
  readonly excluded: readonly WrittenPath[];
}

const MOST_PATHS = 50_000;

class ConfigReader {
  readonly #file: string;
  readonly #notes: Notes;
  #count = 0;

  constructor(file: string, notes: Notes) {
    this.#file = file;
    this.#notes = notes;
  }

  read(config: JsonValue): readonly Category[] {
    const members = this.#members(config, 'the configuration');
    const watched = members.get('file_paths');
    if (watched === undefined) {
      throw new UserError('policy', `${printableText(this.#file)}: no file_paths in it, and so no file is watched`);
    }
    this.#notes.add('osquery tells of each event when it happens: integ checks when it is run', this.#place(watched));
    const excluded = this.#lists(members.get('exclude_paths'), 'exclude_paths');
    const categories = [...this.#lists(watched, 'file_paths')].map(([name, paths]) => {
      return { name, paths, excluded: excluded.get(name) ?? [] };
    });
    this.#noteUnknown(excluded, categories);
    this.#noteOthers(members);
    return categories;
  }

  #place({ line }: JsonValue): Place {
    return { file: this.#file, line };
  }

  #members(value: JsonValue, what: string): ReadonlyMap<string, JsonValue> {
    if (value.kind !== 'object') throw mistake(this.#place(value), `${what} must be an object in braces`);
    return value.members;
  }

  #lists(value: JsonValue | undefined, what: string): ReadonlyMap<string, readonly WrittenPath[]> {
    if (value === undefined) return new Map();
    return new Map(
      [...this.#members(value, what)].map(([name, list]) => [name, this.#paths(list, `${what}: ${shown(name)}`)]),
    );
  }

  #paths(value: JsonValue, what: string): readonly WrittenPath[] {
    if (value.kind !== 'list') throw mistake(this.#place(value), `${what} must be a list in brackets`);
    return value.items.map((item) => {
      const place = this.#place(item);
      if (item.kind !== 'text') throw mistake(place, `${what}: a path must be a text in quotes`);
      this.#count += 1;
      if (this.#count > MOST_PATHS) throw mistake(place, `more than ${MOST_PATHS} paths`);
      return { text: item.text, place };
    });
  }

  /** As osquery does, which says nothing. */
  #noteUnknown(excluded: ReadonlyMap<string, readonly WrittenPath[]>, categories: readonly Category[]): void {
    for (const [name, paths] of excluded) {
      if (categories.some((category) => category.name === name)) continue;
      const text = 'exclude_paths of a category that file_paths does not have is without effect, in osquery too';
      for (const { place } of paths) this.#notes.add(text, place);
    }
  }

  #noteOthers(members: ReadonlyMap<string, JsonValue>): void {
    const accesses = members.get('file_accesses');
    if (accesses !== undefined) {
      const text = 'file_accesses is not carried over: that a file was read is no change of it';
      this.#notes.add(text, this.#place(accesses));
    }
    const queries = members.get('file_paths_query');
    if (queries !== undefined) {
      this.#notes.add('file_paths_query is not carried over: no query is run', this.#place(queries));
    }
    const yara = members.get('yara');
    if (yara !== undefined) this.#notes.add('yara is not carried over: no content is searched', this.#place(yara));
  }
}

/** Reads a file. Throws a UserError that names the line of a mistake. */
export function readFilePaths(file: string, files: ImportFiles, notes: Notes): readonly Category[] {
  return new ConfigReader(file, notes).read(readJson(files.read(file), file));
}
