/** What is wrong with a policy is said in the words of a policy, all of it at once. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../support/compiled-policies.ts';
import { errorOf } from '../../support/errors.ts';

/** The lines for a file, each with its hint, as they are printed. */
function told(...text: readonly string[]): readonly string[] {
  const { code, message, hint } = errorOf(() => compile(`${text.join('\n')}\n`));
  expect(code).toBe('policy');
  return (hint === undefined ? message : `${message} (hint: ${hint})`).split('\n');
}

const rule = (...keys: readonly string[]): readonly string[] => ['version: 1', 'rules:', '  - name: a', ...keys];

describe('text without quotes is told where it begins, with what to write', () => {
  test.each([
    ['*.conf', "*.conf without quotes is an alias to YAML (hint: put it in quotes: '*.conf')"],
    ['**/*.pyc', "**/*.pyc without quotes is an alias to YAML (hint: put it in quotes: '**/*.pyc')"],
    ['*.{c,h}', "*.{c,h} without quotes is an alias to YAML (hint: put it in quotes: '*.{c,h}')"],
    ['@home', "@home without quotes is no text to YAML (hint: put it in quotes: '@home')"],
    ['!/var/log', /^p\.yaml:4:13: !\/var\/log without quotes is a tag .* exclude of a rule \(hint: .*'!\/var\/log'\)$/],
    ['"/etc/\\."', /^p\.yaml:4:19: \\\\\. means nothing in double quotes \(hint: .*single quotes/],
  ])('%s', (pattern, expected) => {
    const [line, ...others] = told(...rule(`    paths: [${pattern}]`));
    expect(others).toEqual([]);
    if (typeof expected === 'string') expect(line).toBe(`p.yaml:4:13: ${expected}`);
    else expect(line).toMatch(expected);
  });

  test('a name with a colon', () => {
    expect(told('version: 1', 'rules:', '  - name: Mail: queue', '    paths: [/etc]')).toEqual([
      "p.yaml:3:11: the text of 'name' has a colon in it and no quotes, so that YAML takes it for a key " +
        "(hint: put it in quotes: name: 'Mail: queue')",
    ]);
  });

  test.each([
    ["    name: 'it's'", /the text goes on behind its closing quote \(hint: .*'it''s'/],
    ['    paths: [/etc, /usr', /p\.yaml:4:12: the \[ here is never closed/],
    ['    paths: ["/etc]', /p\.yaml:4:13: the " here is never closed/],
  ])('%s', (key, expected) => {
    expect(told(...rule(key)).join('\n')).toMatch(expected);
  });
});

describe('structure', () => {
  test.each([
    [['   paths: [/etc]'], /^p\.yaml:4:4: 'paths:' is not indented as its neighbours \(hint: the keys of a rule/],
    [['      paths: [/etc]'], /^p\.yaml:4:7: 'paths:' is not indented as its neighbours/],
    [
      ['    paths:', '    -/etc', '    watch: config'],
      /^p\.yaml:5:5: an item .* space .* \(hint: write it as - \/etc\)$/,
    ],
    [
      ['    paths [/etc]', '    watch: config'],
      /^p\.yaml:4:5: 'paths \[\/etc\]' is no key .*\(hint: .*paths: \[\/etc\]\)$/,
    ],
    [['\tpaths: [/etc]'], /tabs are not allowed as indentation \(hint: indent with spaces\)/],
    [['    paths: [/etc]', '---', 'version: 1'], /^p\.yaml:5:1: a policy is one document, and --- begins another/],
    [['    paths: [/etc]', '    <<: *shared'], /a policy merges no mappings \(hint: .*templates/],
    [['    paths: [/etc]', '    <<: {watch: config}'], /unknown key '<<'; .*\(hint: .*templates/],
  ])('%j', (keys, expected) => {
    const lines = told(...rule(...keys));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test('a rule that is no item of a list', () => {
    expect(told('version: 1', 'rules:', '  paths: [/etc]').join('\n')).toMatch(/list of rules.*\(hint: .*hyphen/);
  });
});

describe('keys and values of other programs', () => {
  test.each([
    ['recurse: false', /unknown key 'recurse'.*\(hint: .*depth: 0/],
    ['emailto: root', /unknown key 'emailto'.*\(hint: notify: \[root\]/],
    ['type: dir', /unknown key 'type'.*\(hint: types: \[directory\].*require: \{ type: directory \}/],
    ['rulename: x', /unknown key 'rulename'.*\(hint: .*name: /],
    ['owner: root', /unknown key 'owner'.*\(hint: 'owner' stands in 'require' of a rule\)/],
    ['severity: 100', /'severity' must be one of .*, but is 100 \(hint: Tripwire's number 100 is high here/],
    ['require: { type: dir }', /'type' must be one of .*did you mean 'directory'/],
    ['require: { mode: { max: 0755 } }', /:5:29: 'max' must be .* but is 755 \(hint: .*write max: '0755'\)/],
    ['exclude: /etc/mtab', /'exclude' must be a list .*\(hint: .*exclude: \['\/etc\/mtab'\]\)/],
    ['diff: { prvate: true }', /unknown key 'prvate' \(did you mean 'private'\?\); allowed: private, max/],
  ])('%s', (key, expected) => {
    const lines = told(...rule('    paths: [/etc]', `    ${key}`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test('path for paths leaves no second complaint that nothing is selected', () => {
    const lines = told(...rule('    path: /etc'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/unknown key 'path' \(did you mean 'paths'\?\)/);
  });

  test.each([
    ['tripwire', ['@@section FS', '(rulename = "x")', '{', '  /etc -> $(ReadOnly) ;', '}']],
    ['tripwire', ['# a comment', 'SEC_CRIT = $(IgnoreNone)-SHa ;', '/bin -> $(SEC_CRIT) (severity = 100) ;']],
    ['aide', ['database=file:/var/lib/aide/aide.db', 'NORMAL = p+i+n+sha256', '/etc NORMAL', '!/var/log']],
    ['aide', ['@@define DBDIR /var/lib/aide', '/etc p+i']],
    ['wazuh', ['<ossec_config>', '  <syscheck>', '    <directories>/etc</directories>', '  </syscheck>']],
    ['samhain', ['[ReadOnly]', 'dir = /etc', '[LogFiles]', 'file = /var/log/messages']],
    ['osquery', ['{', '  "file_paths": {', '    "etc": ["/etc/%%"]', '  }', '}']],
  ])('a configuration of %s is told to be one (%#)', (program, text) => {
    expect(told(...text)).toEqual([
      expect.stringMatching(
        new RegExp(`^p\\.yaml:1:1: .* \\(hint: integ policy import --from ${program} p\\.yaml\\)$`),
      ),
    ]);
  });

  test('a policy in JSON is read, on one line too', () => {
    for (const text of [
      '{"version":1,"rules":[{"paths":["/etc"]}]}',
      '{ version: 1,\n  rules: [{ paths: [/etc] }] }',
    ]) {
      expect(compile(text).rules).toHaveLength(1);
    }
  });

  test('a policy that quotes such a line is read', () => {
    const text = [
      'version: 1',
      'rules:',
      '  - paths: [/etc]',
      '    why: |',
      '      /etc p+i+n',
      '      /bin -> $(A) ;',
    ];
    expect(compile(`${text.join('\n')}\n`).rules).toHaveLength(1);
  });
});

test('everything that is wrong with a file is told in one go, unknown keys before missing ones', () => {
  const lines = told(
    'verison: 1',
    'templates: { mine: 3 }',
    'rules:',
    '  - paths: [/etc, *.conf]',
    '    wach: config',
    '  - name: Mail: queue',
    '    paths: [etc]',
    '    depth: -1',
    '  - paths: [/usr]',
    '    paths: [/bin]',
    '    watch: [mine, confg]',
  );
  expect(lines.map((line) => line.replace(/^p\.yaml:(\d+):\d+: (.{12}).*/, '$1 $2'))).toEqual([
    '4 *.conf witho',
    '6 the text of ',
    "10 the key 'pat",
    '1 unknown key ',
    '5 unknown key ',
    "2 'mine' must ",
    "8 'depth' must",
    "1 the key 'ver",
    "7 'etc': a pat",
    '11 unknown temp',
  ]);
});
