/** Writes what accepting makes of the present generation. What that is, plan.ts has decided. */
import { pathFromBytes } from '../../model/bytes.ts';
import { DirectoryNodes } from '../../model/directory-nodes.ts';
import { isSecretFile } from '../../model/secret-files.ts';
import { holderOf, storedName } from '../../model/stored-entries.ts';
import type { BaselineReader } from '../reader.ts';
import { StoredDirectories } from '../stored-directories.ts';
import type { BaselineWriter } from '../writer.ts';
import type { Acceptance } from './plan.ts';

/**
 * Writes the entries of the next generation, in steps: those of the present one with the accepted states in their
 * place.
 */
export function* writeAccepted(
  current: BaselineReader,
  acceptance: Acceptance,
  writer: BaselineWriter,
): Generator<void, void, undefined> {
  const { removals, insertions } = acceptance;
  const stored = new StoredDirectories(current);
  const gone = new Map<number, Set<string>>();
  for (const path of removals) {
    const directory = holderOf(current, path);
    if (directory === undefined) continue;
    const names = gone.get(directory) ?? new Set<string>();
    gone.set(directory, names.add(storedName(path).toString('latin1')));
  }
  for (const { directory, name, rule, record } of current.entries()) {
    if (gone.get(directory)?.has(pathFromBytes(name)) === true) continue;
    writer.add({ directory: stored.node(directory), name, rule, record });
    yield;
  }
  const nodes = new DirectoryNodes();
  for (const [path, { rule, record, content }] of insertions) {
    writer.add({ directory: nodes.holderOf(path), name: storedName(path), rule, record });
    if (content !== undefined) writer.keepContent(path, content);
  }
  for (const { path, content } of current.contents()) {
    if (!removals.has(path) && !isSecretFile(path)) writer.keepContent(path, content);
  }
}
