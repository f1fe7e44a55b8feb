/** What a scan prints for another host keeps to the bounds that the other side holds it to. */
import { expect, test, vi } from 'vitest';
import { type Path, pathBytes, pathFromLatin1, ROOT } from '../../../src/model/bytes.ts';
import { DirectoryNodes } from '../../../src/model/directory-nodes.ts';
import { countedPace } from '../../../src/system/pace.ts';
import { LONGEST_RECORD } from '../../../src/wire/bounds.ts';
import { headerLine } from '../../../src/wire/format.ts';
import { PrefixAnswers } from '../../../src/wire/prefixes.ts';
import { ScanPrinter } from '../../../src/wire/printer.ts';
import { Pulse } from '../../../src/wire/pulse.ts';
import { RemoteScanReader } from '../../../src/wire/reader.ts';
import { record } from '../../support/compared-trees.ts';

/** Prints objects and reads what was printed: the failures that came over. */
function overTheWire(objects: readonly (readonly [Path, Uint8Array])[]): readonly [Path, string, boolean][] {
  let printed = headerLine({
    host: 'h',
    version: '1',
    root: ROOT,
    policyName: 'p',
    policySha256: 'a',
    rules: ['Tree'],
  });
  const write = (text: string): boolean => {
    printed += text;
    return true;
  };
  const printer = new ScanPrinter(write, { readable: false, isBounded: true, prefixes: [] });
  const nodes = new DirectoryNodes();
  for (const [path, bytes] of objects) {
    const name = pathBytes(pathFromLatin1(path.slice(path.lastIndexOf('/') + 1)));
    printer.entry({ directory: nodes.holderOf(path), name, rule: 0, record: bytes });
  }
  printer.pulse();
  printer.summary({ examined: objects.length, bytes: 0n, failures: 0, mounts: [], unavailable: [] });
  printer.flush();
  const failures: [Path, string, boolean][] = [];
  const reader = new RemoteScanReader(
    {
      sender: 'h',
      version: '1',
      policySha256: 'a',
      rules: [{ name: 'Tree', isRequirement: false }],
      longest: 1 << 26,
      requested: { mayGovern: () => true, mayRequire: () => true },
      keep: () => undefined,
    },
    {
      entry: () => undefined,
      listed: () => undefined,
      failure: ({ path, code }, below) => failures.push([path, code, below]),
    },
    new PrefixAnswers([]),
  );
  reader.take(Buffer.from(printed));
  expect(reader.finish().summary.examined + printer.untold).toBe(objects.length);
  return failures;
}

test('what is too long to be told is a failure, and the rest comes over', () => {
  const path = pathFromLatin1;
  const small = record({ content: 'x' });
  const deep = `/top${'/d'.repeat(66_000)}`;
  const failures = overTheWire([
    [path('/a'), small],
    [path('/big'), record({ values: { xattrs: Buffer.alloc(LONGEST_RECORD) } })],
    [path(deep), small],
    [path(`${deep}/below`), small],
    [path(`/${'d/'.repeat(6000)}x`), small],
  ]);
  expect(failures.map(([at, code, below]) => [at.slice(0, 8), code, below])).toEqual([
    ['/big', 'LIMIT', false],
    ['/top/d/d', 'LIMIT', true],
  ]);
});

test('a scan gives a sign of life once a minute while something is read, and none while nothing is', () => {
  vi.useFakeTimers();
  try {
    const pace = countedPace(undefined);
    const reads = new Int32Array(pace.reads);
    let shown = 0;
    const pulse = new Pulse(pace, () => {
      shown += 1;
    });
    vi.advanceTimersByTime(600_000);
    expect(shown).toBe(0);
    for (let second = 0; second < 600; second += 1) {
      Atomics.add(reads, 0, 1);
      vi.advanceTimersByTime(1000);
    }
    expect(shown).toBeGreaterThanOrEqual(9);
    expect(shown).toBeLessThanOrEqual(10);
    const before = shown;
    vi.advanceTimersByTime(61_000);
    vi.advanceTimersByTime(600_000);
    expect(shown).toBeLessThanOrEqual(before + 1);
    pulse.stop();
  } finally {
    vi.useRealTimers();
  }
});
