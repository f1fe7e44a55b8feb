import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDigest, loadDigests } from '../../../src/digest/algorithms.ts';
import type { DigestJob, DigestOutcome } from '../../../src/digest/digest-job.ts';
import { FileDigester } from '../../../src/digest/file-digester.ts';
import { DIGEST_NAMES, type DigestName } from '../../../src/model/attributes.ts';
import { sharedDirectory } from '../../support/scratch.ts';

const USUAL = ['crc32', 'md5', 'sha256'] as const;
const folder = sharedDirectory();
let made = 0;

beforeAll(() => loadDigests());

function content(length: number, seed = 0): Buffer {
  const data = Buffer.alloc(length);
  let word = seed * 2_654_435_761 + 1;
  for (let index = 0; index < length; index++) {
    word = (Math.imul(word, 1_103_515_245) + 12_345) | 0;
    data[index] = word >>> 16;
  }
  return data;
}

function file(data: Uint8Array): string {
  const path = join(folder, `f${made++}`);
  writeFileSync(path, data);
  return path;
}

function expected(algorithms: readonly DigestName[], data: Uint8Array): DigestOutcome {
  const digests = algorithms.map((name) => {
    const digest = createDigest(name);
    digest.update(data);
    return digest.digest();
  });
  return { bytes: data.length, digests: Buffer.concat(digests) };
}

interface Request {
  readonly path: string;
  readonly algorithms?: readonly DigestName[];
  readonly limit?: number;
  /** Size to announce instead of the real one. */
  readonly size?: number;
  /** Called with the descriptor once the engine has it. */
  readonly meanwhile?: (fd: number) => void;
}

/**
 * Runs the engine over files and returns the outcomes in the order of the requests; every job is finished exactly once.
 */
function digest(requests: readonly Request[], engine = new FileDigester()): DigestOutcome[] {
  const outcomes: (DigestOutcome | undefined)[] = requests.map(() => undefined);
  const jobs = requests.map((request, index): DigestJob => {
    let fd = -1;
    return {
      algorithms: request.algorithms ?? USUAL,
      ...(request.limit === undefined ? {} : { limit: request.limit }),
      open: () => {
        fd = openSync(request.path, request.meanwhile === undefined ? 'r' : 'r+');
        const size = request.size ?? statSync(request.path).size;
        request.meanwhile?.(fd);
        return { fd, size };
      },
      finish: (outcome) => {
        expect(outcomes[index]).toBeUndefined();
        outcomes[index] = outcome;
        closeSync(fd);
      },
    };
  });
  engine.run(jobs.values());
  return outcomes.map((outcome) => {
    if (outcome === undefined) throw new Error('a job was not finished');
    return outcome;
  });
}

describe.each([
  ['in lanes', true],
  ['one file after the other', false],
])('digesting files %s', (_, lanes) => {
  const engine = () => new FileDigester({ lanes });

  test('files of every size around the edges of blocks, pieces and batches get the digests of their content', () => {
    const edges = [
      0, 64, 128, 32_640, 32_704, 32_768, 32_832, 65_408, 65_472, 65_536, 65_600, 131_072, 196_608, 524_288,
    ];
    const lengths = edges.flatMap((edge) => [-9, -8, -1, 0, 1, 55, 56].map((delta) => edge + delta));
    const contents = lengths.filter((length) => length >= 0).map((length) => content(length, length));
    expect(
      digest(
        contents.map((data) => ({ path: file(data) })),
        engine(),
      ),
    ).toEqual(contents.map((data) => expected(USUAL, data)));
  });

  test('many small files among few large ones, in any order, get the digests of their content', () => {
    const lengths = Array.from({ length: 300 }, (_, index) =>
      index % 17 === 0 ? 90_000 + index : (index * 331) % 9000,
    );
    for (const order of [lengths, lengths.toSorted((x, y) => x - y), lengths.toSorted((x, y) => y - x)]) {
      const contents = order.map((length) => content(length, length));
      const paths = contents.map(file);
      expect(
        digest(
          paths.map((path) => ({ path })),
          engine(),
        ),
      ).toEqual(contents.map((data) => expected(USUAL, data)));
      for (const path of paths) rmSync(path);
    }
  });

  test('each file can ask for other digests, in its own order', () => {
    const sets: readonly (readonly DigestName[])[] = [
      DIGEST_NAMES,
      ['md5'],
      ['sha256'],
      ['sha512', 'md5', 'xxh64'],
      ['md5', 'md5'],
      [],
      ['cksum', 'haval'],
      USUAL,
    ];
    const contents = Array.from({ length: 64 }, (_, index) => content(index * 3000, index));
    const requests = contents.map((data, index) => ({ path: file(data), algorithms: sets[index % sets.length] ?? [] }));
    expect(digest(requests, engine())).toEqual(
      contents.map((data, index) => expected(sets[index % sets.length] ?? [], data)),
    );
  });

  test('a limit digests only the first bytes of a file, and a limit beyond the end all of it', () => {
    const data = content(200_000);
    const path = file(data);
    for (const limit of [
      0, 1, 63, 64, 1000, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_072, 199_999, 200_000, 200_001,
      10_000_000,
    ]) {
      expect(digest([{ path, limit }], engine())).toEqual([expected(USUAL, data.subarray(0, limit))]);
    }
  });

  test('a file that has grown since it was measured is read to its new end', () => {
    const data = content(150_000);
    for (const size of [0, 1, 63, 64, 100, 5000, 32_704, 32_705, 32_768, 60_000, 65_536, 149_999]) {
      expect(digest([{ path: file(data), size }], engine())).toEqual([expected(USUAL, data)]);
    }
  });

  test('small files that have grown among many others are read to their new end', () => {
    const contents = Array.from({ length: 200 }, (_, index) => content((index * 977) % 80_000, index));
    const requests = contents.map((data, index) => ({ path: file(data), size: index % 3 === 0 ? 10 : data.length }));
    expect(digest(requests, engine())).toEqual(contents.map((data) => expected(USUAL, data)));
  });

  test('a file that has shrunk since it was measured is read to its new end', () => {
    const data = content(150_000);
    for (const length of [0, 1, 64, 1000, 65_536, 100_000]) {
      const shrink = (fd: number) => ftruncateSync(fd, length);
      expect(digest([{ path: file(data), meanwhile: shrink }], engine())).toEqual([
        expected(USUAL, data.subarray(0, length)),
      ]);
    }
  });

  test('a log that is written to while it is read ends where it then ends, and the bytes count', () => {
    const path = file(content(300_000));
    const other = file(content(300_000));
    let grown = 0;
    const engineThatSeesReads = new FileDigester({
      lanes,
      onRead: () => {
        if (grown++ < 3) appendFileSync(path, content(1000));
      },
    });
    const [log] = digest([{ path }, { path: other }], engineThatSeesReads);
    const tail = Array.from({ length: 3 }, () => content(1000));
    expect(log).toEqual(expected(USUAL, Buffer.concat([content(300_000), ...tail])));
  });

  test('what cannot be read fails alone, with the error of the system', () => {
    const contents = Array.from({ length: 40 }, (_, index) => content(index * 5000, index));
    const requests = contents.map((data, index) => {
      if (index % 5 !== 2) return { path: file(data) };
      return { path: folder, size: index % 2 === 0 ? 100 : 1_000_000 };
    });
    const outcomes = digest(requests, engine());
    for (const [index, outcome] of outcomes.entries()) {
      if (index % 5 === 2) expect(outcome).toMatchObject({ error: { code: 'EISDIR', syscall: 'read' } });
      else expect(outcome).toEqual(expected(USUAL, contents[index] ?? Buffer.alloc(0)));
    }
  });

  test('a job that had nothing to open is passed over', () => {
    const data = content(100);
    const path = file(data);
    const outcomes: DigestOutcome[] = [];
    let fd = -1;
    const nothing: DigestJob = {
      algorithms: USUAL,
      open: () => undefined,
      finish: () => expect.unreachable('there was nothing to finish'),
    };
    const something: DigestJob = {
      algorithms: USUAL,
      open: () => {
        fd = openSync(path, 'r');
        return { fd, size: 100 };
      },
      finish: (outcome) => outcomes.push(outcome),
    };
    engine().run([nothing, something, nothing].values());
    closeSync(fd);
    expect(outcomes).toEqual([expected(USUAL, data)]);
  });

  test('never more than 72 files are open at once', () => {
    const requests = Array.from({ length: 400 }, (_, index) => ({
      path: file(content(index % 9 === 0 ? 70_000 : 100)),
    }));
    let most = 0;
    const before = readdirSync('/proc/self/fd').length;
    const counting = new FileDigester({
      lanes,
      onRead: () => {
        most = Math.max(most, readdirSync('/proc/self/fd').length - before);
      },
    });
    digest(requests, counting);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(72);
  });

  test('the bytes of all reads are told to whoever shows progress', () => {
    let bytes = 0;
    const engineWithProgress = new FileDigester({ lanes, onRead: (read) => (bytes += read) });
    digest(
      [10, 0, 65_536, 300_000].map((length) => ({ path: file(content(length)) })),
      engineWithProgress,
    );
    expect(bytes).toBe(365_546);
  });

  test('an engine whose run was broken off by a job works for the next run', () => {
    const reused = engine();
    const data = content(1000);
    const path = file(data);
    const fd = openSync(path, 'r');
    const breaking: DigestJob[] = [
      { algorithms: USUAL, open: () => ({ fd, size: 1000 }), finish: () => {} },
      {
        algorithms: USUAL,
        open: () => {
          throw new Error('broken off');
        },
        finish: () => {},
      },
    ];
    expect(() => reused.run(breaking.values())).toThrow('broken off');
    closeSync(fd);
    expect(digest([{ path }], reused)).toEqual([expected(USUAL, data)]);
  });

  test('a large file has the MD5 that node:crypto computes', () => {
    const data = content(5_000_001);
    const [outcome] = digest([{ path: file(data), algorithms: ['md5'] }], engine());
    expect(outcome).toEqual({ bytes: data.length, digests: createHash('md5').update(data).digest() });
  });
});
