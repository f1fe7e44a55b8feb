import { describe, expect, test } from 'vitest';
import type { ObjectType } from '../../../src/model/attributes.ts';
import { Selector } from '../../../src/policy/select.ts';
import { path, pattern, policyOf } from '../../support/compiled-policies.ts';

const govern = (selector: Selector, name: string, type: ObjectType = 'file', mountRoot = '/'): number =>
  selector.govern(path(name), type, path(mountRoot));

/** Which of the children are entered. */
const entered = (selector: Selector, directory: string, names: readonly string[], mountRoot = '/'): string[] => {
  const selection = selector.enter(path(directory), path(mountRoot));
  return names.filter((name) => selection.descend(path(name), false));
};

describe('which rule governs', () => {
  test('the last rule that selects a path governs it', () => {
    const selector = new Selector(
      policyOf([{ paths: ['/'] }, { paths: ['/etc'] }, { paths: ['/etc/s*'] }, { paths: ['/etc'] }]),
    );
    expect(govern(selector, '/', 'directory')).toBe(0);
    expect(govern(selector, '/usr')).toBe(0);
    expect(govern(selector, '/etc', 'directory')).toBe(3);
    expect(govern(selector, '/etc/shadow')).toBe(3);
  });

  test('a general rule further down takes what a special one had', () => {
    const selector = new Selector(policyOf([{ paths: ['/etc/shadow'] }, { paths: ['/etc'] }]));
    expect(govern(selector, '/etc/shadow')).toBe(1);
  });

  test('ignore wins over every rule and is never entered', () => {
    const selector = new Selector(policyOf([{ paths: ['/'] }, { paths: ['/proc/self'] }], ['/proc', '/var/cache/**']));
    expect(govern(selector, '/proc', 'directory')).toBe(-1);
    expect(govern(selector, '/proc/self')).toBe(-1);
    expect(govern(selector, '/var/cache', 'directory')).toBe(0);
    expect(govern(selector, '/var/cache/apt')).toBe(-1);
    expect(entered(selector, '/', ['proc', 'var', 'etc'])).toEqual(['var', 'etc']);
    expect(entered(selector, '/var', ['cache', 'lib'])).toEqual(['cache', 'lib']);
    expect(entered(selector, '/var/cache', ['apt'])).toEqual([]);
    expect(selector.isIgnored(path('/proc/1/maps'))).toBe(true);
    expect(selector.isIgnored(path('/var/cache'))).toBe(false);
  });

  test('what a rule excludes falls to an earlier one', () => {
    const selector = new Selector(
      policyOf([{ paths: ['/usr'] }, { paths: ['/usr/lib'], exclude: ['**/*.pyc', '/usr/lib/cache'] }]),
    );
    expect(govern(selector, '/usr/lib/a.py')).toBe(1);
    expect(govern(selector, '/usr/lib/a.pyc')).toBe(0);
    expect(govern(selector, '/usr/lib/x/a.pyc')).toBe(0);
    expect(govern(selector, '/usr/lib/cache/deep/x')).toBe(0);
    expect(govern(selector, '/opt/a.pyc')).toBe(-1);
  });

  test('depth counts from the deepest start, and 0 is the object itself', () => {
    const selector = new Selector(
      policyOf([
        { paths: ['/a', '/a/b/c'], depth: 1 },
        { paths: ['/z'], depth: 0 },
      ]),
    );
    expect(['/a', '/a/b', '/a/b/c', '/a/b/c/d', '/a/b/x', '/a/b/c/d/e'].map((name) => govern(selector, name))).toEqual([
      0, 0, 0, 0, -1, -1,
    ]);
    expect(govern(selector, '/z', 'directory')).toBe(1);
    expect(govern(selector, '/z/y')).toBe(-1);
    expect(entered(selector, '/', ['a', 'z', 'q'])).toEqual(['a']);
    expect(entered(selector, '/a', ['b', 'x'])).toEqual(['b']);
    expect(entered(selector, '/a/b', ['c', 'x'])).toEqual(['c']);
    expect(entered(selector, '/a/b/c', ['d'])).toEqual([]);
  });

  test('depth is right in directories that look alike at different depths', () => {
    const selector = new Selector(policyOf([{ paths: ['/a'], depth: 3 }, { paths: ['/b'] }]));
    expect(govern(selector, '/a/1/2/3')).toBe(0);
    expect(govern(selector, '/a/1/2/3/4')).toBe(-1);
    expect(govern(selector, '/a/x')).toBe(0);
    expect(govern(selector, '/a/x/y/z/w')).toBe(-1);
  });

  test('types take objects away from a rule, not what lies below them', () => {
    const selector = new Selector(policyOf([{ paths: ['/usr'] }, { paths: ['/usr'], types: ['file', 'symlink'] }]));
    expect(govern(selector, '/usr/bin', 'directory')).toBe(0);
    expect(govern(selector, '/usr/bin/ls', 'file')).toBe(1);
    const filesOnly = new Selector(policyOf([{ paths: ['/usr'], types: ['file'] }]));
    expect(entered(filesOnly, '/', ['usr', 'etc'])).toEqual(['usr']);
    expect(govern(filesOnly, '/usr', 'directory')).toBe(-1);
  });

  test('only what a --paths pattern covers is selected', () => {
    const selector = new Selector(policyOf([{ paths: ['/'] }]), [pattern('/etc/ssh'), pattern('/usr/**/*.so')]);
    expect(govern(selector, '/etc', 'directory')).toBe(-1);
    expect(govern(selector, '/etc/ssh', 'directory')).toBe(0);
    expect(govern(selector, '/etc/ssh/sshd_config')).toBe(0);
    expect(govern(selector, '/usr/lib/a.so')).toBe(0);
    expect(govern(selector, '/', 'directory')).toBe(-1);
    expect(entered(selector, '/', ['etc', 'usr', 'var'])).toEqual(['etc', 'usr']);
    expect(entered(selector, '/etc', ['ssh', 'apt'])).toEqual(['ssh']);
  });

  test('a scope without a pattern selects nothing', () => {
    const selector = new Selector(policyOf([{ paths: ['/'] }]), []);
    expect(govern(selector, '/etc')).toBe(-1);
    expect(selector.descendsRoot()).toBe(false);
  });
});

describe('where the walk goes', () => {
  test('literal paths lead nowhere else', () => {
    const selector = new Selector(policyOf([{ paths: ['/etc', '/usr/bin'] }]));
    expect(entered(selector, '/', ['etc', 'usr', 'home', 'var'])).toEqual(['etc', 'usr']);
    expect(entered(selector, '/usr', ['bin', 'lib'])).toEqual(['bin']);
    expect(govern(selector, '/usr', 'directory')).toBe(-1);
  });

  test('globs lead only where their components allow it', () => {
    const selector = new Selector(policyOf([{ paths: ['/home/*/.ssh', '/opt/*/{bin,lib}'] }]));
    expect(entered(selector, '/home', ['ann', 'bob'])).toEqual(['ann', 'bob']);
    expect(entered(selector, '/home/ann', ['.ssh', 'Mail'])).toEqual(['.ssh']);
    expect(entered(selector, '/opt/x', ['bin', 'lib', 'share'])).toEqual(['bin', 'lib']);
    expect(govern(selector, '/home/ann/.ssh/config')).toBe(0);
    expect(govern(selector, '/home/ann', 'directory')).toBe(-1);
  });

  test('an excluded tree is not entered for the rule that excludes it', () => {
    const selector = new Selector(policyOf([{ paths: ['/srv'], exclude: ['/srv/data'] }]));
    expect(entered(selector, '/srv', ['data', 'www'])).toEqual(['www']);
  });

  test('a directory far below is answered without its ancestors having been entered', () => {
    const selector = new Selector(policyOf([{ paths: ['/a/**/x'] }]));
    const deep = `/a${'/d'.repeat(5000)}`;
    expect(govern(selector, `${deep}/x`)).toBe(0);
    expect(govern(selector, `${deep}/y`)).toBe(-1);
    expect(entered(selector, deep, ['d'])).toEqual(['d']);
  });

  test('a path as deep as another host may send one is answered, in the memory of a few copies of it', () => {
    const selector = new Selector(policyOf([{ paths: ['/a/**/x'] }]));
    const deep = `/a${'/long-name'.repeat(65_000)}`;
    expect(govern(selector, `${deep}/x`)).toBe(0);
    expect(govern(selector, `${deep}/y`)).toBe(-1);
  });
});

describe('mounts', () => {
  const stay = { paths: ['/', '/home'] };

  test('a rule stays on the file system of its path', () => {
    const selector = new Selector(policyOf([stay]));
    expect(govern(selector, '/mnt', 'directory', '/')).toBe(0);
    expect(govern(selector, '/mnt/usb/file', 'file', '/mnt/usb')).toBe(-1);
    expect(govern(selector, '/home/ann', 'directory', '/home')).toBe(0);
  });

  test('a mount point is entered only for a rule that crosses or starts there or below', () => {
    const descends = (rules: Parameters<typeof policyOf>[0], directory: string, name: string): boolean =>
      new Selector(policyOf(rules)).enter(path(directory), path('/')).descend(path(name), true);
    expect(descends([stay], '/', 'mnt')).toBe(false);
    expect(descends([stay], '/', 'home')).toBe(true);
    expect(descends([{ paths: ['/'], crossMounts: true }], '/', 'mnt')).toBe(true);
    expect(descends([stay, { paths: ['/mnt/usb/keep'] }], '/', 'mnt')).toBe(true);
    expect(descends([{ paths: ['/mnt'], depth: 0 }], '/', 'mnt')).toBe(false);
  });

  test('what a ** stands for does not lead through a mount', () => {
    const everything = [{ paths: ['/**', '/srv/**/*.conf'] }];
    const selector = new Selector(policyOf(everything));
    expect(selector.enter(path('/'), path('/')).descend(path('proc'), true)).toBe(false);
    expect(govern(selector, '/proc/1', 'directory', '/proc')).toBe(-1);
    expect(govern(selector, '/srv/nfs/a.conf', 'file', '/srv/nfs')).toBe(-1);
    expect(govern(selector, '/srv/a.conf', 'file', '/srv')).toBe(0);
    const crossing = new Selector(policyOf([{ paths: ['/**'], crossMounts: true }]));
    expect(govern(crossing, '/proc/1', 'directory', '/proc')).toBe(0);
  });

  test('the same directory may be seen through different mounts', () => {
    const selector = new Selector(policyOf([{ paths: ['/srv'] }]));
    expect(govern(selector, '/srv/a/x', 'file', '/')).toBe(0);
    expect(govern(selector, '/srv/a/x', 'file', '/srv/a')).toBe(-1);
    expect(govern(selector, '/srv/a/x', 'file', '/srv')).toBe(0);
  });
});

describe('the explanation', () => {
  const selector = new Selector(
    policyOf(
      [
        { paths: ['/'] },
        { paths: ['/etc'], depth: 1 },
        { paths: ['/etc/ssh'], exclude: ['**/*.pub'] },
        { paths: ['/etc/ssh'], types: ['directory'] },
        { paths: ['/etc/ssh'] },
      ],
      ['/etc/ssh/moduli'],
    ),
  );
  const verdicts = (name: string, mountRoot = '/'): (string | undefined)[] =>
    selector.explain(path(name), 'file', path(mountRoot)).considered.map(({ verdict }) => verdict.kind);

  test('says of every rule that covers the path what became of it', () => {
    expect(verdicts('/etc/ssh/key.pub')).toEqual(['overridden', 'too-deep', 'excluded', 'other-type', 'governs']);
    const explanation = selector.explain(path('/etc/ssh/key.pub'), 'file', path('/'));
    expect(explanation.governing).toBe(4);
    expect(explanation.considered[0]).toMatchObject({ rule: 0, start: '/', verdict: { by: 4 } });
    expect(explanation.considered[1]).toMatchObject({ start: '/etc', verdict: { distance: 2 } });
  });

  test('names the ignore pattern and the mount in between', () => {
    const ignored = selector.explain(path('/etc/ssh/moduli'), 'file', path('/'));
    expect(ignored.governing).toBe(-1);
    expect(ignored.ignoredBy?.text).toBe('/etc/ssh/moduli');
    expect(verdicts('/etc/ssh/moduli')[0]).toBe('out-of-reach');
    expect(verdicts('/etc/ssh/x/y', '/etc/ssh/x')[0]).toBe('other-mount');
  });
});
