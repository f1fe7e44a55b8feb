import { describe, expect, test } from 'vitest';
import { Comparison } from '../../../src/check/comparison.ts';
import type { ScanGuard } from '../../../src/check/guard.ts';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import type { Watch } from '../../../src/model/rule.ts';
import { runSteps } from '../../../src/system/turns.ts';
import {
  compareTrees,
  feed,
  lines,
  mount,
  READ_ONLY,
  rule,
  storedTree,
  type Tree,
} from '../../support/compared-trees.ts';

const DIRECTORY = { type: 'directory', mode: 0o755 } as const;

test('an unchanged tree has no findings, failures or notes', () => {
  const tree = { '/': DIRECTORY, '/etc': DIRECTORY, '/etc/passwd': { content: 'root' } };
  const result = compareTrees(tree, tree);
  expect(result.findings).toEqual([]);
  expect(result.failures).toEqual([]);
  expect(result.notes).toEqual([]);
});

test('added, removed and changed objects are told apart', () => {
  const result = compareTrees(
    { '/a': { content: '1' }, '/b': { content: '2', inode: 2 } },
    { '/a': { content: '9', mtime: 2000 }, '/c': { content: '3', inode: 3 } },
  );
  expect(lines(result)).toEqual(['/a: changed [mtime crc32 sha256]', '/b: removed', '/c: added']);
});

test('the root of the tree itself is compared', () => {
  expect(lines(compareTrees({ '/': DIRECTORY }, { '/': { ...DIRECTORY, mode: 0o700 } }))).toEqual([
    '/: changed [mode]',
  ]);
});

test('an object below a directory that could not be opened is not called removed', () => {
  const result = compareTrees(
    {
      '/d': DIRECTORY,
      '/d/x': { content: '1' },
      '/d/y': DIRECTORY,
      '/d/y/z': { content: '1' },
      '/d!': { content: '1' },
    },
    { tree: { '/d': DIRECTORY }, failures: [{ path: '/d', below: true }] },
  );
  expect(lines(result)).toEqual(['/d!: removed']);
  expect(result.failures).toHaveLength(1);
});

test('an object that failed itself is not called removed, what lies beside it is', () => {
  const result = compareTrees(
    { '/d/a': { content: '1', inode: 1 }, '/d/b': { content: '2', inode: 2 }, '/d/c': { content: '3', inode: 3 } },
    { tree: {}, failures: [{ path: '/d/b' }, { path: '/zzz' }, { path: '/a', below: true }] },
  );
  expect(lines(result)).toEqual(['/d/a: removed', '/d/c: removed']);
});

test('a name that starts like a failed directory is not hidden by its failure', () => {
  const result = compareTrees(
    { '/dir-more': { content: '1' }, '/dir/x': { content: '2' } },
    { tree: {}, failures: [{ path: '/dir', below: true }] },
  );
  expect(lines(result)).toEqual(['/dir-more: removed']);
});

test('what a new mount hides is one SHADOWED failure with the count, not a row of removals', () => {
  const result = compareTrees(
    { '/srv': DIRECTORY, '/srv/a': { content: '1' }, '/srv/b': { content: '2' } },
    { tree: { '/srv': DIRECTORY }, mounts: [mount('/'), mount('/srv', { type: 'tmpfs', source: 'tmpfs' })] },
    { recordedMounts: [mount('/')] },
  );
  expect(lines(result)).toEqual(['/srv: changed [] mount-appeared']);
  expect(result.failures).toEqual([
    {
      path: '/srv',
      operation: 'compare',
      code: 'SHADOWED',
      message: '2 recorded objects are hidden by the tmpfs mounted here',
    },
  ]);
});

test('a mount that vanished or has other options is a finding of the mount point', () => {
  const tree = { '/home': DIRECTORY, '/srv': DIRECTORY };
  const result = compareTrees(
    tree,
    { tree: { ...tree, '/srv': { ...DIRECTORY, mode: 0o700 } }, mounts: [mount('/srv', { options: 'exec,rw' })] },
    { recordedMounts: [mount('/home'), mount('/srv')] },
  );
  expect(lines(result)).toEqual(['/home: changed [] mount-vanished', '/srv: changed [mode] mount-changed']);
});

test('a watched attribute that was recorded and cannot be read now makes the object incomplete', () => {
  const before = { '/a': { content: '1', values: { acl: Buffer.from('x'), xattrs: Buffer.alloc(0) } } };
  const result = compareTrees(before, { '/a': { content: '1', flags: 'unknown' } });
  expect(lines(result)).toEqual([]);
  expect(result.failures).toEqual([
    {
      path: '/a',
      operation: 'compare',
      code: 'UNREADABLE',
      message: 'flags, acl, xattrs were recorded and cannot be read now',
    },
  ]);
});

test('digests that cannot be had now make the file incomplete', () => {
  const result = compareTrees({ '/a': { content: '1' } }, { '/a': { content: '1', digests: ['crc32'] } });
  expect(result.failures.map((failure) => failure.message)).toEqual(['sha256 was recorded and cannot be read now']);
});

test('an attribute that could not be read when the baseline was made is noted once, not found', () => {
  const values = { acl: Buffer.alloc(0) };
  const result = compareTrees(
    { '/a': { content: '1' }, '/b': { content: '1' } },
    { '/a': { content: '1', values }, '/b': { content: '1', values } },
  );
  expect(lines(result)).toEqual([]);
  expect(result.notes).toEqual(['acl: not compared for 2 objects, it could not be read when the baseline was made']);
});

test('a digest that appears where none was recorded is a change', () => {
  const result = compareTrees({ '/a': { content: '1', digests: [] } }, { '/a': { content: '1' } });
  expect(lines(result)).toEqual(['/a: changed [crc32 sha256]']);
});

test('an object whose type changed comes under the other rule without its old attributes being lost', () => {
  const rules = [rule(READ_ONLY, { severity: 'low' }), rule(READ_ONLY, { index: 1, name: 'links', severity: 'high' })];
  const result = compareTrees(
    { '/a': { facts: { content: '1' }, rule: 0 } },
    { '/a': { facts: { type: 'symlink', size: 1, values: { target: Buffer.from('/tmp/x') } }, rule: 1 } },
    { options: { rules } },
  );
  expect(lines(result)).toEqual(['/a: changed [type target] type-changed']);
  expect(result.findings[0]?.severity).toBe('high');
  expect(result.failures).toEqual([]);
});

test('what is outside the scope is neither missed nor reported', () => {
  const scope = (path: string): boolean => path.startsWith('/etc');
  const result = compareTrees(
    { '/etc/a': { content: '1', inode: 1 }, '/var/b': { content: '2', inode: 2 } },
    {},
    { options: { scope } },
  );
  expect(lines(result)).toEqual(['/etc/a: removed']);
});

test('directories are found at any depth', () => {
  const deep = pathFromLatin1(`/${'d/'.repeat(300)}x`);
  expect(lines(compareTrees({ [deep]: { content: '1' } }, { [deep]: { content: '1' } }))).toEqual([]);
});

test('a baseline whose entries name a rule that its policy does not have is not trusted, be the objects there or gone', () => {
  const before = { '/a': { facts: { content: '1' }, rule: 7 } };
  for (const now of [{ '/a': { content: '1' } }, { '/a': { content: '2' } }, {}]) {
    expect(() => compareTrees(before, now)).toThrowError(
      expect.objectContaining({ code: 'untrusted', message: expect.stringContaining('names a rule 7') }),
    );
  }
});

describe('a scan that is not believed', () => {
  const STRICT: ScanGuard = {
    keep: () => undefined,
    twice: (path) => {
      throw new Error(`twice: ${path}`);
    },
  };
  const before: Tree = { '/': { type: 'directory' }, '/a': { content: 'a' } };

  function comparison(guard: ScanGuard, rules = [rule()]): Comparison {
    return new Comparison(storedTree(before), { rules, guard });
  }

  function tell(into: Comparison, tree: Tree): void {
    feed(tree, (entry) => into.entry(entry));
  }

  test('tells no object twice, recorded or not', () => {
    const recorded = comparison(STRICT);
    tell(recorded, { '/a': { content: 'a' } });
    expect(() => tell(recorded, { '/a': { content: 'b' } })).toThrow('twice: /a');
    const added = comparison(STRICT);
    tell(added, { '/new': { content: 'a' } });
    expect(() => tell(added, { '/new': { content: 'b' } })).toThrow('twice: /new');
  });

  test('is asked for room before anything of it is kept', () => {
    const kept: string[] = [];
    const guard: ScanGuard = {
      ...STRICT,
      keep: (path, bytes) => {
        expect(bytes).toBeGreaterThan(500);
        kept.push(path);
      },
    };
    const into = comparison(guard);
    tell(into, { '/': { type: 'directory' } });
    expect(kept).toEqual([]);
    tell(into, { '/new': { content: 'n' } });
    into.failure({ path: pathFromLatin1('/b'), operation: 'open', code: 'EACCES', message: 'no' }, false);
    runSteps(into.finish([], []));
    expect(kept).toEqual(['/new', '/b', '/a']);
  });

  test('cannot leave out what is watched by naming another rule', () => {
    const weak: Watch = { attributes: ['type', 'mode'], growing: false, appendOnly: false, digests: [] };
    const rules = [rule(), rule(weak, { index: 1 })];
    const into = comparison(STRICT, rules);
    tell(into, { '/': { type: 'directory' }, '/a': { facts: { size: 1, mode: 0o644 }, rule: 1 } });
    const { failures } = runSteps(into.finish([], []));
    expect(failures).toMatchObject([{ path: '/a', code: 'UNREADABLE', message: expect.stringContaining('sha256') }]);
  });
});
