/** The digests of the first bytes of logs, as another host told them: of what it was asked, and of nothing else. */
import type { DigestName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';
import type { PrefixRequest } from './format.ts';

/** Answers by what was asked; what was not answered is a failure, not a verdict. */
export class PrefixAnswers {
  readonly #asked: ReadonlySet<string>;
  readonly #answers = new Map<string, Uint8Array | Failure>();

  constructor(requests: readonly PrefixRequest[]) {
    this.#asked = new Set(requests.map(({ length, algorithms }) => wantedKey(length, algorithms)));
  }

  /** False when nobody asked for this, or it has been answered. A log may have another name by now. */
  add(path: Path, length: bigint, algorithms: readonly DigestName[], outcome: Uint8Array | Failure): boolean {
    const key = prefixKey(path, length, algorithms);
    if (!this.#asked.has(wantedKey(length, algorithms)) || this.#answers.has(key)) return false;
    this.#answers.set(key, outcome);
    return true;
  }

  digestPrefix(path: Path, length: bigint, algorithms: readonly DigestName[]): Uint8Array | Failure {
    const answer = this.#answers.get(prefixKey(path, length, algorithms));
    const message = 'the examined host did not tell the digests of the bytes recorded before';
    return answer ?? { path, operation: 'read', code: 'UNANSWERED', message };
  }
}

function wantedKey(length: bigint, algorithms: readonly DigestName[]): string {
  return `${length} ${algorithms.join(',')}`;
}

function prefixKey(path: Path, length: bigint, algorithms: readonly DigestName[]): string {
  return `${wantedKey(length, algorithms)} ${path}`;
}
