import { describe, expect, test } from 'vitest';
import { box } from '../support/integ.ts';

const policy = (expression: string, watch: string): string =>
  `version: 1\nrules:\n  - name: some\n    match: ['${expression}']\n    watch: ${watch}\n`;

describe('rules with regular expressions', () => {
  test('find changes of what they match, whatever the names, and of nothing else', () => {
    const it = box();
    for (const name of [
      'log/app.log',
      'log/app.log.1',
      'log/app.log.gz',
      'log/cache/x',
      'log/odd\nname.log',
      'other/x.log',
    ])
      it.file(name);
    it.policyText(policy(`${it.tree}/log/[^/]*\\.log(\\.[0-9])?$`, '[size]'));
    it.init();
    for (const name of ['log/app.log', 'log/app.log.gz', 'log/cache/x', 'log/odd\nname.log', 'other/x.log'])
      it.append(name, 'more');
    it.file('log/new.log.2');
    const report = it.check();
    expect(report.exitCode).toBe(5);
    expect(report.changes.map((change) => it.short(change.path)).sort()).toEqual([
      'log/app.log',
      'log/new.log.2',
      'log/odd\\nname.log',
    ]);
  });

  test('that match nothing are told by policy check, and explained', () => {
    const it = box();
    it.file('a');
    it.policyText(policy(`${it.tree}/b+$`, '[size]'));
    expect(it.run(['policy', 'check']).stdout).toMatch(/^Rule ".*" selects nothing here: .*b\+\$$/m);
    it.policyText(policy(`${it.tree}/b+$`, 'nothing'));
    expect(it.run(['policy', 'explain', it.path('b')]).stdout).toMatch(/left out by rule ".*", which watches nothing/);
  });
});
