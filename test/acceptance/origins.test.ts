/** Policies that are imported from Wazuh, osquery and Samhain, put to use. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Box, box, expectFailure, REPOSITORY } from '../support/integ.ts';

const FIXTURES = [
  ['wazuh', 'wazuh_ossec.conf', 'realtime: integ checks when it is run'],
  ['osquery', 'osquery.conf', 'osquery tells of each event when it happens: integ checks when it is run'],
  ['samhain', 'samhainrc', 'ignoreadded is not carried over'],
] as const;

/** Imports a configuration, and puts the policy in the place of that of the box. */
function use(home: Box, program: string, config: string): string {
  const file = home.beside('foreign.conf');
  writeFileSync(file, config);
  const policy = home.beside('policy.yaml');
  rmSync(policy, { force: true });
  const { code, stderr } = home.run(['policy', 'import', '--from', program, '--output', policy, file], { bare: true });
  expect(code, stderr).toBe(0);
  return stderr;
}

describe('a configuration of another program', () => {
  test.each(FIXTURES)('of %s becomes a policy, and what is inexact is told', (program, name, remark) => {
    const home = box();
    const file = join(REPOSITORY, 'test/fixtures/imports', name);
    const { code, stdout, stderr } = home.run(['policy', 'import', '--from', program, file]);
    expect(code).toBe(0);
    expect(stderr).toContain(remark);
    expect(stdout).toContain(remark);
    writeFileSync(home.policyFile, stdout);
    expect(home.run(['policy', 'check']).code).toBe(0);
    expect(home.run(['policy', 'import', '--from', program, '--strict', file]).code).toBe(78);
    expectFailure(home.run(['policy', 'import', '--from', program, '--compare', file]), 64, /--compare is for --from/);
  });

  test('of Wazuh watches what it watched', () => {
    const home = box();
    for (const name of ['etc/a', 'etc/b.swp', 'etc/mtab', 'web/x.php', 'web/x.txt']) home.file(name);
    const remarks = use(
      home,
      'wazuh',
      `<ossec_config><syscheck>
        <directories>${home.path('etc')}</directories>
        <directories restrict=".php$">${home.path('web')}</directories>
        <ignore>${home.path('etc/mtab')}</ignore>
        <ignore type="sregex">.swp$</ignore>
      </syscheck></ossec_config>`,
    );
    expect(remarks).toContain('0 things were not carried over exactly');
    home.init();
    for (const name of ['etc/a', 'etc/b.swp', 'etc/mtab', 'web/x.php', 'web/x.txt']) home.append(name, 'x');
    home.file('etc/new');
    expect(home.findings(home.check()).toSorted()).toEqual(['added etc/new', 'changed etc/a', 'changed web/x.php']);
  });

  test('of osquery watches what it watched', () => {
    const home = box();
    for (const name of ['etc/a', 'etc/d/b', 'etc/not/c', 'other/x']) home.file(name);
    const [etc, not] = [`${home.path('etc')}/%%`, `${home.path('etc')}/not/%%`];
    use(home, 'osquery', `// comment\n${JSON.stringify({ file_paths: { e: [etc] }, exclude_paths: { e: [not] } })}`);
    home.init();
    for (const name of ['etc/a', 'etc/d/b', 'etc/not/c', 'other/x']) home.append(name, 'x');
    expect(home.findings(home.check()).toSorted()).toEqual(['changed etc/a', 'changed etc/d/b']);
  });

  test('of Samhain watches what it watched', () => {
    const home = box();
    for (const name of ['etc/a', 'etc/motd', 'etc/cache/c', 'log/a.log']) home.file(name);
    use(
      home,
      'samhain',
      `[Attributes]\nfile=${home.path('etc/motd')}\n[ReadOnly]\ndir=99${home.path('etc')}
[IgnoreAll]\ndir=-1${home.path('etc/cache')}\n[GrowingLogFiles]\nfile=${home.path('log')}/*.log\n`,
    );
    home.init();
    for (const name of ['etc/a', 'etc/motd', 'etc/cache/c', 'log/a.log']) home.append(name, 'x');
    expect(home.findings(home.check())).toEqual(['changed etc/a']);
    home.file('log/a.log', 'other');
    expect(home.findings(home.check()).toSorted()).toEqual(['changed etc/a', 'changed log/a.log']);
  });

  test('that is made to be read without end is refused with its line', () => {
    const home = box();
    const refuse = (program: string, text: string, message: RegExp): void => {
      const file = home.beside('hostile');
      writeFileSync(file, text);
      expectFailure(home.run(['policy', 'import', '--from', program, file]), 78, message);
    };
    const entities = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]><syscheck>&c;</syscheck>';
    refuse('wazuh', entities, /hostile:1: only elements and comments are read/);
    refuse('wazuh', '<a>\n'.repeat(100_000), /hostile:65: elements nest more than 64 deep/);
    refuse('wazuh', `<syscheck>${'<a/>'.repeat(300_000)}</syscheck>`, /hostile:1: more than 200000 elements/);
    refuse('osquery', '{"a":'.repeat(100_000), /hostile:1: values nest more than 64 deep/);
    refuse('osquery', `/${'*'.repeat(5_000_000)}`, /hostile:1: no value/);
    refuse('samhain', '[ReadOnly]\n@x\n'.repeat(100_000), /hostile:130: conditions nest more than 64 deep/);
    refuse('samhain', `[ReadOnly]\n${'file=/a\n'.repeat(60_000)}`, /hostile:50002: more than 50000 entries/);
  });
});
