import { describe, expect, test } from 'vitest';
import { importOsquery } from '../../../support/imported-policies.ts';

function config(paths: unknown, others: object = {}): string {
  return JSON.stringify({ file_paths: paths, ...others });
}

describe('file_paths of osquery', () => {
  test('have wildcards for one level and for all', () => {
    const { watches } = importOsquery(config({ a: ['/etc/%%', '/home/%/.ssh/%', '/bin/%sh', '/opt/conf', '/srv/'] }));
    const watched = ['/etc/a', '/etc/a/b', '/home/x/.ssh/id', '/bin/bash', '/opt/conf', '/opt/conf/a', '/srv/a'];
    for (const path of watched) expect(watches(path), path).toContain('sha256');
    const not = ['/etc', '/home/x/.ssh/a/b', '/bin/bashx', '/opt/conf/a/b', '/srv/a/b', '/home/x/y/.ssh/id'];
    for (const path of not) expect(watches(path), path).toBeUndefined();
  });

  test('are excluded from by category', () => {
    const { watches, remarks } = importOsquery(
      config({ a: ['/etc/%%'], b: ['/etc/ssl/%%'] }, { exclude_paths: { a: ['/etc/ssl/', '/etc/mtab'], c: ['/etc'] } }),
    );
    expect(watches('/etc/mtab')).toBeUndefined();
    expect(watches('/etc/ssl/x')).toContain('sha256');
    expect(remarks).toContain(
      'exclude_paths of a category that file_paths does not have is without effect, in osquery too: /osquery.conf:1',
    );
    expect(
      importOsquery(config({ a: ['/etc/%%'] }, { exclude_paths: { a: ['/etc/ssl/'] } })).watches('/etc/ssl/x'),
    ).toBe(undefined);
  });

  test('are told of with their lines, behind comments of any kind', () => {
    const { remarks, policy } = importOsquery(
      [
        '// a comment',
        '# another',
        '{ "file_paths": { /* here',
        'too */ "etc": ["/etc/%%", // and here',
        '"relative/%%", "/x/%%/y", "/caf\\u00e9\\/a"], } ,',
        '"file_accesses": ["etc"],',
        '"yara": {}, "file_paths_query": {"q": []}',
        '}',
      ].join('\n'),
    );
    expect(remarks).toEqual([
      'osquery tells of each event when it happens: integ checks when it is run: /osquery.conf:3',
      'file_accesses is not carried over: that a file was read is no change of it: /osquery.conf:6',
      'file_paths_query is not carried over: no query is run: /osquery.conf:7',
      'yara is not carried over: no content is searched: /osquery.conf:7',
      'no absolute path that can be written as a pattern: left out: relative/%%: /osquery.conf:5',
      'osquery takes %% inside of a path for one level: here it is any number of them: /osquery.conf:5',
    ]);
    expect(policy.rules.map(({ name }) => name)).toEqual(['etc', 'etc, and what lies in these']);
  });

  test.each([
    ['{"a": 1}', /no file_paths in it/],
    ['[]', /:1: the configuration must be an object in braces/],
    ['{"file_paths": ["/etc"]}', /:1: file_paths must be an object in braces/],
    ['{"file_paths": {"a": "/etc"}}', /:1: file_paths: a must be a list in brackets/],
    ['{"file_paths": {"a": [1]}}', /:1: file_paths: a: a path must be a text in quotes/],
    ['{"file_paths":\n{"a": ["/etc]}}', /:2: a text in quotes has no end in its line/],
    ['{"file_paths": {"a": [], "a": []}}', /:1: 'a' stands twice/],
    ['[', /:1: the configuration ends where a value is missing/],
    ['['.repeat(65), /:1: values nest more than 64 deep/],
    ['{} x', /:1: something follows the end/],
  ])('are refused where they are wrong: %s', (text, message) => {
    expect(() => importOsquery(text)).toThrow(message);
  });
});
