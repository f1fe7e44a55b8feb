import { describe, expect, test } from 'vitest';
import type { Explanation, ReportChange } from '../../../src/model/report.ts';
import { nextCommands } from '../../../src/report/next-commands.ts';
import { change, reportOf } from '../../support/composed-mails.ts';

function found(path: string, others: Partial<ReportChange> = {}): ReportChange {
  return change({ path, rule: 'System', severity: 'medium', ...others });
}

function offered(changes: readonly ReportChange[], rules?: readonly string[]): readonly string[] {
  const { id } = reportOf({});
  return nextCommands(reportOf({ changes }), rules).flatMap(({ command }) =>
    command.startsWith('integ accept') ? command.replace(`integ accept ${id} `, '').replace(" --reason 'WHY'", '') : [],
  );
}

const byProof = (proof: string): Explanation => ({ by: 'dpkg', package: 'bash', from: '1', to: '2', proof });

describe('to accept is offered', () => {
  test('what packages explain before all the rest, with whose word that takes', () => {
    expect(offered([found('/a', { explained: byProof('database') }), found('/b')])).toEqual([
      '--explained --proof database',
      '--all',
    ]);
    expect(offered([found('/a', { explained: byProof('signed') }), found('/b')])).toEqual(['--explained', '--all']);
    expect(offered([found('/b')])).toEqual(['--all']);
  });

  test('never all of it while something unexplained is critical or has a flag', () => {
    const explained = found('/a', { severity: 'critical', explained: byProof('database') });
    expect(offered([explained])).toEqual(['--explained --proof database', '--all']);
    expect(offered([explained, found('/b', { severity: 'critical' })])).toEqual([
      '--explained --proof database',
      '--finding NUMBERS',
    ]);
    expect(offered([found('/b', { flags: ['setuid-added'] })])).toEqual(['--finding NUMBERS']);
    expect(offered([found('/b', { flags: ['executable-appeared'] })])).toEqual(['--all']);
    // Nothing explains a flag, whatever a report says.
    const claimed = found('/b', { flags: ['rolled-back'], explained: byProof('database') });
    expect(offered([claimed])).toEqual(['--finding NUMBERS']);
  });

  test('to those of some rules only what is theirs, on the same terms', () => {
    expect(offered([found('/a', { explained: byProof('database') })], ['System'])).toEqual(['--rule System']);
    expect(offered([found('/a', { severity: 'critical' })], ['System'])).toEqual(['--finding NUMBERS']);
  });

  test('nothing where the report was not stored', () => {
    expect(nextCommands(reportOf({ changes: [found('/a')] }, { unstored: 'the report was not stored' }))).toEqual([]);
  });
});
