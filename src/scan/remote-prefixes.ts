/** The digests of the first bytes of logs, as another host told them. What it was asked is in the request of its scan. */
import type { DigestName } from '../model/attributes.ts';
import type { Path } from '../model/bytes.ts';
import type { Failure } from '../model/errors.ts';

/** Answers by what was asked; what was not answered is a failure, not a verdict. */
export class PrefixAnswers {
  readonly #answers = new Map<string, Uint8Array | Failure>();

  add(path: Path, length: bigint, algorithms: readonly DigestName[], outcome: Uint8Array | Failure): void {
    this.#answers.set(prefixKey(path, length, algorithms), outcome);
  }

  digestPrefix(path: Path, length: bigint, algorithms: readonly DigestName[]): Uint8Array | Failure {
    const answer = this.#answers.get(prefixKey(path, length, algorithms));
    const message = 'the examined host did not tell the digests of the bytes recorded before';
    return answer ?? { path, operation: 'read', code: 'LOST', message };
  }
}

function prefixKey(path: Path, length: bigint, algorithms: readonly DigestName[]): string {
  return `${length} ${algorithms.join(',')} ${path}`;
}
