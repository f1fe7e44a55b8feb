import { expect, test } from 'vitest';
import { comparePaths, type Path, pathFromText } from '../../../src/model/bytes.ts';
import { SystemError } from '../../../src/model/errors.ts';
import { compilePattern, matchesPath } from '../../../src/policy/glob.ts';
import { Selector } from '../../../src/policy/select.ts';
import { expandPaths } from '../../../src/policy/starts.ts';
import { GlobFileSystem } from '../../../src/system/glob-fs.ts';
import { Tree } from '../../../src/system/tree.ts';
import { path, pattern, policyOf } from '../../support/compiled-policies.ts';
import { oddTree } from '../../support/odd-tree.ts';

async function withTree(action: (tree: GlobFileSystem, paths: readonly Path[]) => Promise<void>): Promise<void> {
  const { root, paths } = oddTree();
  const tree = new Tree({ root, isWorker: false, portable: false });
  try {
    await action(new GlobFileSystem(tree), paths);
  } finally {
    tree.close();
  }
}

const GLOBS = [
  ...[
    '/*',
    '/**',
    '/*/*',
    '/**/d',
    '/**/d/*',
    '/*/d/**',
    '/**/*\\\\*',
    '/?',
    '/??',
    '/???',
    '/*\n*',
    '/**/*é*',
    '/[é€]',
    '/[!a-z]',
  ],
  ...[
    '/{a\\*b,a\\?b,\\[ab\\]}',
    '/{plain,new*}/**',
    '/\\[*',
    '/[\\[]*',
    '/a[*?]b/*',
    '/!*',
    '/+(*',
    '/"*"',
    '/*\\\\',
    '/*/\\\\',
  ],
  ...[
    '/back\\\\slash/*',
    '/*/*/*',
    '/link/*',
    '/plain/**/plain',
    '/.*',
    '/*.*',
    '/ *',
    '/* ',
    '/$x^/*',
    '/#/*',
    '/**/|',
    '/(/*',
  ],
];

test('globs find the objects that the matcher of the scan says they match, whatever the names', async () => {
  await withTree(async (tree, paths) => {
    for (const glob of GLOBS) {
      const policy = policyOf([{ paths: [glob], depth: 0, crossMounts: true }]);
      const { byRule, failures, missing } = await expandPaths(policy.rules, tree, () => false);
      const alternatives = compilePattern(pattern(glob));
      const expected = paths.filter((one) => matchesPath(alternatives, one)).sort(comparePaths);
      expect([glob, [...(byRule.get(0) ?? [])].sort(comparePaths)]).toEqual([glob, expected]);
      expect(failures).toEqual([]);
      expect(missing).toHaveLength(expected.length === 0 ? 1 : 0);
      const selector = new Selector(policy);
      const selected = paths.filter((one) => selector.govern(one, 'file', path('/')) >= 0).sort(comparePaths);
      expect(selected).toEqual(expected);
    }
  });
});

test('most of the globs above match something', async () => {
  await withTree(async (_, paths) => {
    const idle = GLOBS.filter((glob) => !paths.some((one) => matchesPath(compilePattern(pattern(glob)), one)));
    expect(idle).toEqual(['/link/*']);
  });
});

test('literal paths are kept as they are, and those that do not exist are told', async () => {
  await withTree(async (tree) => {
    const rules = policyOf([
      { paths: ['/plain', '/absent', '/link', '/plain/d/absent/deeper', '/link/d'] },
      { paths: ['/{plain,absent}', '/{no,nothing}', '/none*'] },
      { paths: ['/'] },
    ]).rules;
    const { byRule, missing } = await expandPaths(rules, tree, () => false);
    expect(byRule.get(0)).toEqual(['/plain', '/absent', '/link', '/plain/d/absent/deeper', '/link/d']);
    expect(byRule.get(1)).toEqual(['/plain']);
    expect(byRule.get(2)).toEqual(['/']);
    expect(missing.map(({ rule, pattern: { text } }) => [rule, text])).toEqual([
      [0, '/absent'],
      [0, '/plain/d/absent/deeper'],
      [0, '/link/d'],
      [1, '/{no,nothing}'],
      [1, '/none*'],
    ]);
  });
});

test('ignored directories are not entered', async () => {
  await withTree(async (tree) => {
    const policy = policyOf([{ paths: ['/**/d'] }], ['/plain']);
    const selector = new Selector(policy);
    const { byRule } = await expandPaths(policy.rules, tree, (one) => selector.isIgnored(one));
    expect(byRule.get(0)).not.toContain('/plain/d');
    expect(byRule.get(0)).toContain('/new\nline/d');
  });
});

test('a directory that cannot be listed is a failure, and what else matches is still found', async () => {
  await withTree(async (tree) => {
    const refusing = {
      exists: (one: Path) => tree.exists(one),
      list: (one: Path) => {
        if (one === '/plain') throw new SystemError('open', 'EACCES');
        return tree.list(one);
      },
    };
    const { byRule, failures } = await expandPaths(policyOf([{ paths: ['/*/d'] }]).rules, refusing, () => false);
    expect(byRule.get(0)).toContain('/.hidden/d');
    expect(failures).toEqual([
      { path: pathFromText('/plain'), operation: 'readdir', code: 'EACCES', message: 'permission denied' },
    ]);
  });
});
