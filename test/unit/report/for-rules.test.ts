import { describe, expect, test } from 'vitest';
import { pathFromLatin1, printable } from '../../../src/model/bytes.ts';
import type { Report, ReportChange } from '../../../src/model/report.ts';
import { reportForRules } from '../../../src/report/for-rules.ts';
import { type ChangeSketch, change, error, reportOf } from '../../support/composed-mails.ts';

/** What is below /mail is governed by Mail, the rest by System. */
const ruleAt = (path: string) => (path === '/mail' || path.startsWith('/mail/') ? 'Mail' : 'System');

function seen(report: Report): Report {
  return reportForRules(report, { rules: new Set(['Mail']), ruleAt, severityOf: () => 'high' });
}

const ours = (path: string, more: Partial<ReportChange> = {}) => at('Mail', path, more);
const theirs = (path: string, more: Partial<ReportChange> = {}) => at('System', path, more);

function at(rule: string, path: string, more: Partial<ReportChange>): ReportChange {
  const sketch: ChangeSketch = { path, rule, severity: rule === 'Mail' ? 'high' : 'critical', ...more };
  return change(sketch);
}

describe('for recipients of some rules', () => {
  test('only their findings are counted, in status and exit code too', () => {
    const report = reportOf({ changes: [ours('/mail/a', { kind: 'added' }), theirs('/etc/b')] });
    expect(report.exitCode).toBe(5);
    expect(seen(report)).toMatchObject({
      status: 'changed',
      exitCode: 1,
      limits: ['rule Mail'],
      summary: { added: 1, changed: 0, bySeverity: { high: 1 } },
      changes: [{ path: '/mail/a' }],
    });
    expect(seen(reportOf({ changes: [theirs('/etc/b')] }))).toMatchObject({
      status: 'clean',
      exitCode: 0,
      changes: [],
    });
  });

  test('what could not be examined is counted, and named where it is theirs', () => {
    const report = reportOf({ errors: [error('/mail/q'), error('/'), error('/etc/shadow')] });
    expect(seen(report)).toMatchObject({ status: 'incomplete', summary: { errors: 3 }, errors: [{ path: '/mail/q' }] });
    expect(seen(report).errors).toHaveLength(1);
  });

  test('an object of theirs that moved to another rule is gone', () => {
    const bytes = pathFromLatin1('/mail/a\xff');
    const from = { from: printable(bytes), fromBase64: Buffer.from(bytes, 'latin1').toString('base64') };
    const { changes, summary } = seen(reportOf({ changes: [theirs('/secret', { kind: 'moved', ...from })] }));
    expect(changes).toEqual([
      {
        kind: 'removed',
        path: '/mail/a\\xff',
        pathBase64: from.fromBase64,
        type: 'file',
        rule: 'Mail',
        severity: 'high',
        attributes: {},
        flags: [],
      },
    ]);
    expect(summary.removed).toBe(1);
  });

  test('an object that moved in from another rule is new, without where it was', () => {
    const attributes = { mode: { before: '0600', after: '0644' }, acl: { before: 'secret' } };
    const content = { facts: ['secret gone'], diff: ['-secret'] };
    const moved = ours('/mail/a', { kind: 'moved', from: '/secret', attributes, content });
    const { changes } = seen(reportOf({ changes: [moved] }));
    expect(changes).toMatchObject([{ kind: 'added', path: '/mail/a', attributes: { mode: { after: '0644' } } }]);
    expect(JSON.stringify(changes)).not.toMatch(/secret|0600/);
  });

  test('an object that moved within their rules moved', () => {
    const moved = ours('/mail/b', { kind: 'moved', from: '/mail/a' });
    expect(seen(reportOf({ changes: [moved] })).changes).toEqual([moved]);
  });

  test('what moved along with a directory of another rule is a finding, with one of theirs it is none', () => {
    const along = (path: string, from: string) => ours(path, { kind: 'moved', from, consequence: true });
    const alone = [theirs('/y', { kind: 'moved', from: '/x' }), along('/mail/y/a', '/mail/x/a')];
    expect(seen(reportOf({ changes: alone })).summary.moved).toBe(1);
    const together = [ours('/mail/y', { kind: 'moved', from: '/mail/x' }), along('/mail/y/a', '/mail/x/a')];
    expect(seen(reportOf({ changes: together })).summary.moved).toBe(1);
  });

  test('a new log in the place of one that was rotated out of their rules is the finding', () => {
    const changes = [
      ours('/mail/log', { consequence: true }),
      theirs('/old/log.1', { kind: 'moved', from: '/mail/log' }),
    ];
    const { summary, changes: shown } = seen(reportOf({ changes }));
    expect(shown.map(({ kind, path }) => [kind, path])).toEqual([['changed', '/mail/log']]);
    expect(summary).toMatchObject({ changed: 1, removed: 0 });
  });

  test('of names of the same inode those of other rules are left out', () => {
    const changes = [
      ours('/mail/a', { links: ['/mail/b', '/secret'] }),
      ours('/mail/b', { links: ['/secret'] }),
      theirs('/secret', { links: ['/mail/a', '/mail/b'] }),
    ];
    const { changes: shown } = seen(reportOf({ changes }));
    expect(shown.map(({ links }) => links)).toEqual([['/mail/b'], undefined]);
  });

  test('remarks and restrictions that may name anything are not shown, but that there are some', () => {
    const limits = ['--paths /secret', '--severity high'];
    const report = seen(reportOf({ changes: [ours('/mail/a')] }, { notes: ['look at /secret'], limits }));
    expect(report.limits).toEqual(['rule Mail', '--paths …', '--severity high']);
    expect(report.notes).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain('secret');
  });
});
