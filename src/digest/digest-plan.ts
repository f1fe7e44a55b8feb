/**
 * What a list of wanted algorithms means for the reading of one file: which digest goes where in the result, and which
 * of them are computed from the data as it passes. An MD5 that is left to the lanes only gets its place here.
 */
import { type DigestName, digestLength } from '../model/attributes.ts';
import { createDigest, type Digest, digestInto } from './algorithms.ts';

export class DigestPlan {
  /** Bytes of all digests together. */
  readonly length: number;
  /** Where the MD5 belongs that the lanes compute; undefined when there is none. */
  readonly laneOffset: number | undefined;
  readonly #computed: readonly { readonly name: DigestName; readonly offset: number }[];

  /** Throws a UserError, before any file is opened, when this host does not have one of the algorithms. */
  constructor(algorithms: readonly DigestName[], md5InLanes: boolean) {
    const computed: { name: DigestName; offset: number }[] = [];
    let laneOffset: number | undefined;
    let offset = 0;
    for (const name of algorithms) {
      if (md5InLanes && name === 'md5' && laneOffset === undefined) laneOffset = offset;
      else computed.push({ name, offset });
      offset += digestLength(name);
    }
    for (const { name } of computed) createDigest(name);
    this.length = offset;
    this.laneOffset = laneOffset;
    this.#computed = computed;
  }

  /** All digests of data that is there in one piece. */
  computeAtOnce(data: Uint8Array, target: Buffer): void {
    for (const { name, offset } of this.#computed) digestInto(name, data, target, offset);
  }

  start(): readonly Digest[] {
    return this.#computed.map(({ name }) => createDigest(name));
  }

  /** Ends the digests that `start` gave. */
  end(running: readonly Digest[], target: Buffer): void {
    for (const [index, { offset }] of this.#computed.entries()) {
      const digest = running[index];
      if (digest !== undefined) target.set(digest.digest(), offset);
    }
  }
}
