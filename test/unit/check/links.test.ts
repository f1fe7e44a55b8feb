import { expect, test } from 'vitest';
import { findLinks } from '../../../src/check/links.ts';
import { compareTrees, type Facts } from '../../support/compared-trees.ts';

test('names of one file are told with each other, and of very many the first', () => {
  const tree = (count: number): Record<string, Facts> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`/n${index}`, { content: 'x', nlink: count, inode: 7 }]),
    );
  const few = compareTrees({}, tree(3));
  const shown = findLinks(few.findings, few.records);
  expect(few.findings.map((finding) => shown.get(finding))).toEqual([
    ['/n1', '/n2'],
    ['/n0', '/n2'],
    ['/n0', '/n1'],
  ]);
  const many = compareTrees({}, tree(30_000));
  const links = findLinks(many.findings, many.records);
  expect(links.size).toBe(30_000);
  expect(Math.max(...[...links.values()].map((names) => names.length))).toBe(100);
  for (const [finding, names] of links) expect(names).not.toContain(finding.path);
});
