import { describe, expect, test } from 'vitest';
import { Box } from '../support/integ.ts';

const policy = (expression: string, watch: string): string =>
  `version: 1\nrules:\n  - name: some\n    match: ['${expression}']\n    watch: ${watch}\n`;

describe('rules with regular expressions', () => {
  test('find changes of what they match, whatever the names, and of nothing else', () => {
    const box = new Box();
    for (const name of [
      'log/app.log',
      'log/app.log.1',
      'log/app.log.gz',
      'log/cache/x',
      'log/odd\nname.log',
      'other/x.log',
    ])
      box.file(name);
    box.policyText(policy(`${box.tree}/log/[^/]*\\.log(\\.[0-9])?$`, '[size]'));
    box.init();
    for (const name of ['log/app.log', 'log/app.log.gz', 'log/cache/x', 'log/odd\nname.log', 'other/x.log'])
      box.append(name, 'more');
    box.file('log/new.log.2');
    const report = box.check();
    expect(report.exitCode).toBe(5);
    expect(report.changes.map((change) => box.short(change.path)).sort()).toEqual([
      'log/app.log',
      'log/new.log.2',
      'log/odd\\nname.log',
    ]);
  });

  test('that match nothing are told by policy check, and explained', () => {
    const box = new Box();
    box.file('a');
    box.policyText(policy(`${box.tree}/b+$`, '[size]'));
    expect(box.run(['policy', 'check']).stdout).toMatch(/^Rule ".*" selects nothing here: .*b\+\$$/m);
    box.policyText(policy(`${box.tree}/b+$`, 'nothing'));
    expect(box.run(['policy', 'explain', box.path('b')]).stdout).toMatch(
      /left out by rule ".*", which watches nothing/,
    );
  });
});
