import { expect, test } from 'vitest';
import { RequestedObjects } from '../../../src/wire/selection.ts';
import { path, pattern, policyOf } from '../../support/compiled-policies.ts';

const policy = policyOf(
  [{ paths: ['/'] }, { paths: ['/home'] }, { paths: ['/etc'], exclude: ['/etc/mtab'] }],
  ['/proc'],
);

function requested(scope?: readonly string[]): RequestedObjects {
  return new RequestedObjects(policy, scope?.map(pattern));
}

test('an object may be told by the rule that governs it, and by no other', () => {
  const objects = requested();
  expect(objects.mayGovern(2, path('/etc/passwd'), 'file')).toBe(true);
  expect(objects.mayGovern(1, path('/etc/passwd'), 'file')).toBe(false);
  expect(objects.mayGovern(0, path('/etc/passwd'), 'file')).toBe(false);
  expect(objects.mayGovern(0, path('/'), 'directory')).toBe(true);
  expect(objects.mayGovern(1, path('/'), 'directory')).toBe(false);
});

test('where a file system may be mounted below a path, a rule before may govern', () => {
  const mounted = policyOf([
    { paths: ['/srv'], crossMounts: true },
    { paths: ['/srv/*'], crossMounts: false },
  ]);
  const objects = new RequestedObjects(mounted, undefined);
  expect(objects.mayGovern(1, path('/srv/a/b/c'), 'file')).toBe(true);
  expect(objects.mayGovern(0, path('/srv/a/b/c'), 'file')).toBe(true);
  expect(objects.mayGovern(0, path('/srv/a'), 'directory')).toBe(false);
});

test('an object that is ignored or beside --paths may not be told', () => {
  expect([0, 1, 2].some((rule) => requested().mayGovern(rule, path('/proc/1'), 'directory'))).toBe(false);
  expect(requested(['/home/**']).mayGovern(2, path('/etc/passwd'), 'file')).toBe(false);
  expect(requested(['/home/**']).mayGovern(1, path('/home/a'), 'file')).toBe(true);
});

test('a requirement is for what the paths of its rule name', () => {
  expect(requested().mayRequire(2, path('/etc/passwd'))).toBe(true);
  expect(requested().mayRequire(2, path('/etc/mtab'))).toBe(false);
  expect(requested().mayRequire(2, path('/usr'))).toBe(false);
  expect(requested(['/home/**']).mayRequire(2, path('/etc/passwd'))).toBe(false);
  const globs = new RequestedObjects(policyOf([{ paths: ['/etc/{a,b}'] }]), undefined);
  expect(globs.mayRequire(0, path('/etc/{a,b}'))).toBe(true);
});

test('a path of thousands of directories is judged at once', () => {
  expect(requested().mayGovern(1, path(`/etc${'/d'.repeat(20_000)}`), 'file')).toBe(false);
  expect(requested().mayGovern(2, path(`/etc${'/d'.repeat(20_000)}`), 'file')).toBe(true);
});
