/**
 * The trees that the benchmarks examine. The same arguments make the same tree, so that figures of two days can be
 * compared; nothing here measures.
 */
import { closeSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Numbers that look random and are the same every time (xorshift32, G. Marsaglia 2003); in [0, 1). */
function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Bytes that neither repeat within a file of ordinary size nor compress. */
class Content {
  #pool;

  constructor(random) {
    const words = new Uint32Array((8 * MIB) / 4);
    for (let index = 0; index < words.length; index += 1) words[index] = random() * 2 ** 32;
    this.#pool = Buffer.from(words.buffer);
  }

  write(path, size, random) {
    const descriptor = openSync(path, 'wx', 0o644);
    for (let left = size; left > 0; ) {
      const start = Math.floor(random() * (this.#pool.length / 2));
      left -= writeSync(descriptor, this.#pool, start, Math.min(left, this.#pool.length - start));
    }
    closeSync(descriptor);
  }
}

/**
 * A distribution as pairs of share and value: the value below which that share lies. Between them it is exponential.
 */
function quantile(table, share) {
  const upper = table.findIndex(([bound]) => bound >= share);
  if (upper <= 0) return table[0][1];
  const [lowShare, low] = table[upper - 1];
  const [highShare, high] = table[upper];
  const part = (share - lowShare) / (highShare - lowShare);
  return Math.floor((low + 1) * ((high + 1) / (low + 1)) ** part) - 1;
}

// Measured on the /usr of a Debian 12 with compilers and several language runtimes: 138,319 objects, 5.6 GB.
const USR = {
  objects: 135_000,
  directories: 0.112,
  symlinks: 0.04,
  sizes: [
    [0, 0],
    [0.01, 16],
    [0.05, 183],
    [0.1, 406],
    [0.2, 739],
    [0.3, 1076],
    [0.4, 1442],
    [0.5, 2022],
    [0.6, 3068],
    [0.7, 4986],
    [0.8, 10_047],
    [0.9, 24_270],
    [0.95, 53_896],
    [0.98, 131_688],
    [0.99, 262_491],
    [0.995, 599_929],
    [0.998, 2_188_342],
    [0.999, 6_103_911],
    [0.9995, 23_168_781],
    [0.9999, 63_019_680],
    [1, 145_959_730],
  ],
  names: [
    [0, 1],
    [0.05, 5],
    [0.1, 7],
    [0.3, 11],
    [0.5, 15],
    [0.7, 24],
    [0.9, 41],
    [0.98, 58],
    [1, 97],
  ],
  /** Directories by depth below the top. */
  depths: [
    [0, 1],
    [0.1, 3],
    [0.3, 6],
    [0.5, 7],
    [0.9, 9],
    [1, 18],
  ],
  targets: [
    [0, 1],
    [0.5, 15],
    [0.9, 35],
    [1, 89],
  ],
};

/** A name of about this many bytes that no other object has. */
function nameOf(length, index) {
  const number = index.toString(36);
  return `${'lib-config_module.data-'.repeat(5).slice(0, Math.max(0, length - number.length))}${number}`;
}

function makeUsr(top, scale) {
  const random = generator(0x1_2345);
  const content = new Content(random);
  const objects = Math.round(USR.objects * scale);
  const directories = Math.round(objects * USR.directories);
  const symlinks = Math.round(objects * USR.symlinks);
  const files = objects - directories - symlinks;
  const byDepth = [[top]];
  const all = [top];
  for (let index = 0; index < directories; index += 1) {
    const depth = Math.min(quantile(USR.depths, random()), byDepth.length);
    const parents = byDepth[depth - 1];
    const path = `${parents[Math.floor(random() * parents.length)]}/${nameOf(quantile(USR.names, random()), index)}`;
    mkdirSync(path);
    byDepth[depth] ??= [];
    byDepth[depth].push(path);
    all.push(path);
  }
  // Half of the directories of a /usr hold three names or fewer, a few hold thousands.
  const home = () => all[Math.floor(random() ** 3 * all.length)];
  for (let index = 0; index < files; index += 1) {
    // Evenly spread and not drawn: the few largest files would else decide how many bytes there are.
    const size = quantile(USR.sizes, ((index * 7919) % files) / files);
    content.write(`${home()}/${nameOf(quantile(USR.names, random()), directories + index)}`, size, random);
  }
  for (let index = 0; index < symlinks; index += 1) {
    const target = nameOf(quantile(USR.targets, random()), index);
    symlinkSync(target, `${home()}/${nameOf(quantile(USR.names, random()), directories + files + index)}`);
  }
}

function makeSpread(top, directories, perDirectory, sizeOf) {
  const random = generator(0x5_4321);
  const content = new Content(random);
  for (let directory = 0; directory < directories; directory += 1) {
    const path = `${top}/directory-${directory}`;
    mkdirSync(path);
    for (let index = 0; index < perDirectory; index += 1) {
      content.write(`${path}/file-${index}`, sizeOf(random), random);
    }
  }
}

/** `make(top, scale)` fills an empty directory; `watch` is the policy's, `digests` whether content is read. */
export const TREES = [
  {
    name: 'usr',
    title: 'A tree like /usr: 135,000 objects, about 5 GB',
    digests: true,
    make: makeUsr,
  },
  {
    name: 'small',
    title: 'Small files: 100,000 of up to 4 KiB',
    digests: true,
    make: (top, scale) => makeSpread(top, Math.round(1000 * scale), 100, (random) => Math.floor(random() * 4 * KIB)),
  },
  {
    name: 'large',
    title: 'Large files: 12 of 256 MiB',
    digests: true,
    make: (top, scale) => makeSpread(top, 1, Math.max(2, Math.round(12 * scale)), () => 256 * MIB),
  },
  {
    name: 'wide',
    title: 'One directory with 200,000 files of 100 bytes',
    digests: true,
    make: (top, scale) => makeSpread(top, 1, Math.round(200_000 * scale), () => 100),
  },
  {
    name: 'empty',
    title: '1,000,000 empty files, metadata only',
    digests: false,
    make: (top, scale) => makeSpread(top, Math.round(1000 * scale), 1000, () => 0),
  },
];
