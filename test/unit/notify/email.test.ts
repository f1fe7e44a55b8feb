import { describe, expect, test } from 'vitest';
import { EMAIL_DEFAULTS } from '../../../src/model/notify.ts';
import type { Report } from '../../../src/model/report.ts';
import { jsonReport } from '../../../src/report/json.ts';
import { change, compose, error, officePolicy, policyFrom, reportOf } from '../../support/composed-mails.ts';
import { header, noPython, type ParsedMail, parseMails } from '../../support/parsed-mails.ts';
import { fullReport } from '../../support/sample-reports.ts';

async function mailsOf(report: Report, policy = officePolicy(), others = {}): Promise<readonly ParsedMail[]> {
  return parseMails((await compose(report, policy, others)).map(({ body }) => body));
}

async function mailOf(report: Report, policy = officePolicy(), others = {}): Promise<ParsedMail> {
  const [mail, ...more] = await mailsOf(report, policy, others);
  if (mail === undefined || more.length > 0) throw new Error('one mail is expected');
  return mail;
}

const CLEAN = reportOf({});
const oneRule = (email: string) =>
  policyFrom(`version: 1
rules: [{ paths: [/etc] }]
notify: { email: ${email} }
`);
const ONE_RULE = oneRule('{ to: [root] }');
const EMAIL = { to: ['root'], transport: { sendmail: EMAIL_DEFAULTS.sendmail }, attach: EMAIL_DEFAULTS.attach };
const SYSTEM = change({ path: '/etc/passwd', rule: 'System', severity: 'critical' });
const MAIL = change({ path: '/etc/mail/relay', rule: 'Mail', severity: 'high', kind: 'added' });

describe.skipIf(noPython)(`a mail${noPython === undefined ? '' : ` (${noPython})`}`, () => {
  test('says in its subject what the first line of the report says', async () => {
    const mail = await mailOf(reportOf({ changes: [SYSTEM] }));
    const first = 'CHANGED: mail1: 1 changed; highest severity critical';
    expect(mail.subject).toBe(`${first} (2026-01-02T03:05:17Z)`);
    expect(mail.text.split('\n')[0]).toBe(first);
    expect(mail.html).toContain(`<title>${first}</title>`);
  });

  test('says INCOMPLETE first when not everything could be examined', async () => {
    const mail = await mailOf(reportOf({ changes: [SYSTEM], errors: [error('/etc/shadow')] }), ONE_RULE);
    expect(mail.subject).toMatch(/^INCOMPLETE: mail1: 1 error, .*1 changed; highest severity critical \(.*\)$/);
  });

  test('is text, the same as HTML, and the whole report as JSON', async () => {
    const report = fullReport();
    const mail = await mailOf(report, ONE_RULE);
    expect(mail.types).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'text/html',
      'application/json',
    ]);
    expect(mail.defects).toEqual([]);
    for (const part of [mail.text, mail.html]) {
      for (const { path } of report.changes.filter(({ consequence }) => consequence !== true))
        expect(part).toContain(path);
    }
    const [attachment] = mail.attachments;
    expect(attachment?.name).toBe(`integ-${report.id}.json`);
    expect(attachment?.content).toBe([...jsonReport(report)].join(''));
  });

  test('of two nights with equal counts has two subjects', async () => {
    const report = reportOf({ changes: [SYSTEM] });
    const next = { ...report, finishedAt: '2026-01-03T03:05:17.000000000Z' };
    expect((await mailOf(report)).subject).not.toBe((await mailOf(next)).subject);
  });

  test.each([
    ['{host} {status}', 'mail1 CHANGED'],
    ['[fim] {summary} on {host}', 'CHANGED: [fim] 1 changed; highest severity critical on mail1'],
    ['nothing at all', 'CHANGED: nothing at all'],
    ['{status} {date}', 'CHANGED 2026-01-02T03:05:17Z'],
  ])('with subject %s has the subject of the policy, and never without the status', async (subject, expected) => {
    const policy = officePolicy(`{ to: [root], subject: '${subject}' }`);
    expect((await mailOf(reportOf({ changes: [SYSTEM] }), policy)).subject).toBe(expected);
  });

  test('keeps the status and the date whatever is how long', async () => {
    const host = 'h'.repeat(300);
    const paths = { limits: [`--paths ${'/x'.repeat(300)}`] };
    const report = { ...reportOf({ changes: [SYSTEM], errors: [error('/etc')] }), ...paths, host, by: host };
    const policy = oneRule(`{ to: [root], subject: '{summary} ${'x'.repeat(60)} {host} {date} {status}' }`);
    expect((await mailOf(report, policy)).subject).toMatch(/^1 error.* 2026-01-02T03:05:17Z INCOMPLETE$/);
    expect((await mailOf(report, ONE_RULE)).subject).toMatch(/^INCOMPLETE: .* \(2026-01-02T03:05:17Z\)$/);
  });

  test('of a severity shows what is as severe, counts the rest and offers to accept none of it', async () => {
    const policy = oneRule('{ to: [root], severity: high }');
    const low = change({ path: '/etc/motd', rule: 'System', severity: 'low' });
    const { subject, text } = await mailOf(reportOf({ changes: [SYSTEM, low] }), policy);
    expect(subject).toContain('CHANGED: mail1: 2 changed; highest severity critical');
    expect(text).toContain('/etc/passwd');
    expect(text).not.toContain('/etc/motd');
    expect(text).toContain(`1 finding below severity high not shown here: integ report show ${CLEAN.id} --verbose`);
    expect(text).not.toContain('integ accept');
    expect(text).toContain('integ review');
    expect(await compose(reportOf({ changes: [low] }), policy)).toEqual([]);
    const incomplete = await mailOf(reportOf({ changes: [low], errors: [error('/etc/shadow')] }), policy);
    expect(incomplete.subject).toMatch(/^INCOMPLETE/);
    expect(incomplete.text).toContain('/etc/shadow');
    expect((await mailOf(reportOf({ changes: [SYSTEM] }), policy)).text).toContain('integ accept');
  });

  test('of what is unexplained is not sent where packages explain everything', async () => {
    const policy = officePolicy('{ to: [root], when: unexplained }');
    const explained = { by: 'dpkg', package: 'base-passwd', from: '1', to: '2', proof: 'database' };
    const upgraded = { ...SYSTEM, explained };
    expect(await compose(reportOf({ changes: [upgraded] }), policy)).toEqual([]);
    expect(await compose(CLEAN, policy)).toEqual([]);
    const told = [
      reportOf({ changes: [upgraded, MAIL] }),
      // A finding with a flag is never explained.
      reportOf({ changes: [{ ...upgraded, flags: ['setuid-added'] }] }),
      reportOf({ changes: [upgraded], errors: [error('/etc/shadow')] }),
    ];
    for (const report of told) expect((await compose(report, policy)).length).toBeGreaterThan(0);
    const severe = officePolicy('{ to: [root], when: unexplained, severity: critical }');
    const [whole] = await compose(reportOf({ changes: [upgraded, MAIL] }), severe);
    expect(whole).toBeUndefined();
  });

  test('leaves out a JSON report that is too large, and says how to read it', async () => {
    const mail = await mailOf(reportOf({ changes: [SYSTEM] }), officePolicy('{ to: [root], attach: 100 }'));
    expect(mail.attachments).toEqual([]);
    expect(mail.text).toContain('not attached, since larger than 100 bytes');
    expect(mail.text).toContain(`integ report show ${CLEAN.id} --format json`);
    const none = await mailOf(reportOf({ changes: [SYSTEM] }), officePolicy('{ to: [root], attach: 0 }'));
    expect(none.attachments).toEqual([]);
    expect(none.text).not.toContain('attached');
  });

  test('has the commands that come next, for the baseline of the report', async () => {
    const report = reportOf({ changes: [change({ ...SYSTEM, severity: 'medium' })] });
    expect((await mailOf(report)).text).toContain(`\n  integ accept ${report.id} --all --reason 'WHY'\n`);
    const elsewhere = { ...report, baseline: { ...report.baseline, file: "/srv/it's.db" } };
    expect((await mailOf(elsewhere)).text).toContain(`  integ review ${report.id} --baseline '/srv/it'\\''s.db'\n`);
  });

  test('tells age, number, seal and signature of the baseline, and warns of a policy that was changed', async () => {
    const report = reportOf({ changes: [SYSTEM] });
    const { text } = await mailOf({ ...report, policy: { ...report.policy, matchesFile: false } });
    expect(text).toContain('sequence 3, made 2026-01-01T00:00:00Z (1 day ago)');
    expect(text).toContain('0123456789abcdef…, not signed');
    expect(text.split('\n')[1]).toMatch(/^WARNING: the policy file is not the policy in the baseline/);
  });

  test('shows what changed inside: facts first, then the lines', async () => {
    const content = {
      facts: ['user backup added with uid 0'],
      diff: ['@@ -1 +1,2 @@', ' a', '+b <script>'],
      omitted: '3 more lines',
    };
    const { text, html } = await mailOf(reportOf({ changes: [{ ...SYSTEM, content }] }));
    expect(text).toMatch(
      /\* user backup added with uid 0\n +@@ -1 \+1,2 @@\n +a\n +\+b <script>\n +\(3 more lines\)\n/,
    );
    expect(html).toContain('+b &lt;script&gt;');
    expect(html).not.toContain('<script');
  });

  test('is three lines after a clean night', async () => {
    const mail = await mailOf(CLEAN, { ...ONE_RULE, notify: { email: { ...EMAIL, when: 'always' } } });
    expect(mail.text).toBe(
      'NO CHANGES on mail1: 4 objects examined\n' +
        'baseline: sequence 3, 1 day old, seal 0123456789abcdef…, not signed\n' +
        `report: ${CLEAN.id}, policy mail-gateway\n`,
    );
  });

  test('is not sent after a clean night unless that is wanted, and never when it is not wanted at all', async () => {
    expect(await compose(CLEAN, officePolicy())).toEqual([]);
    expect(await compose(reportOf({ changes: [SYSTEM] }), officePolicy('{ to: [root], when: never }'))).toEqual([]);
  });

  test('keeps to a size that is read, and counts what it leaves out', async () => {
    const changes = Array.from({ length: 3000 }, (_, index) =>
      change({
        path: `/etc/d${index}/f`,
        rule: 'System',
        severity: index < 5 ? 'critical' : 'medium',
        flags: ['truncated'],
      }),
    );
    const mail = await mailOf(reportOf({ changes }), officePolicy('{ to: [root], attach: 0 }'));
    expect(mail.text).toContain('… and 2,800 more findings (2,800 medium) that this message has no room for:');
    expect(mail.text.length).toBeLessThan(110_000);
    expect(mail.html.length).toBeLessThan(100_000);
    expect(mail.html).toContain('that this message has no room for');
  });

  test('shows what could not be examined, however many findings there are', async () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      change({ path: `/etc/d${index}/f`, rule: 'System', severity: 'critical', flags: ['truncated'] }),
    );
    const wide = many.map((each) => ({ ...each, attributes: { target: { before: 'x'.repeat(900), after: 'y' } } }));
    for (const changes of [many, wide]) {
      const report = reportOf({ changes, errors: [error('/etc/shadow')] });
      const [mail] = await mailsOf(report, officePolicy('{ to: [root], attach: 0 }'));
      if (mail === undefined) throw new Error('a mail is expected');
      for (const shown of [mail.text, mail.html]) expect(shown).toContain('/etc/shadow: open: EACCES');
      expect(mail.text).toMatch(/… and \d+ more findings \(\d+ critical\) that this message has no room for:/);
      expect(mail.text.length).toBeLessThan(110_000);
    }
  });

  test('shows of a finding that is too long its first line, and of a name that is too long that it is left out', async () => {
    const wide = { ...SYSTEM, attributes: { xattrs: { before: 'x'.repeat(200_000), after: 'y' } } };
    const long = { ...SYSTEM, path: `/etc/${'n/'.repeat(60_000)}` };
    const { text } = await mailOf(reportOf({ changes: [wide, long] }), officePolicy('{ to: [root], attach: 0 }'));
    expect(text).toContain('changed   /etc/passwd\n    too long to be shown here: integ report show');
    expect(text).toContain('… and 1 more finding (1 critical) that this message has no room for:');
    expect(text.length).toBeLessThan(10_000);
  });

  test('comes from a machine and goes to people: no answer is wanted, and filters know what it is', async () => {
    const report = reportOf({ changes: [SYSTEM] });
    const [message] = await compose(report, officePolicy());
    const mail = await mailOf(report);
    expect(mail.from).toEqual(['integ@mail1.example.org']);
    expect(mail.to).toEqual(['root@mail1.example.org']);
    expect(header(mail, 'auto-submitted')).toBe('auto-generated');
    expect(header(mail, 'x-integ-status')).toBe('changed');
    expect(header(mail, 'x-integ-host')).toBe('mail1');
    expect(header(mail, 'x-integ-report')).toBe(report.id);
    expect(header(mail, 'message-id')).toBe(`<${message?.id}@mail1.example.org>`);
    expect(header(mail, 'date')).toBe('Fri, 02 Jan 2026 03:05:18 +0000');
    expect(message?.destination).toBe('root');
  });

  test('names local users by this host in its head, and leaves it to the local mailer who they are', async () => {
    const report = reportOf({ changes: [SYSTEM] });
    const policy = officePolicy('{ to: [root, a@example.org], from: cron }');
    const [message] = await compose(report, policy);
    const [mail] = await mailsOf(report, policy);
    expect(mail?.from).toEqual(['cron@mail1.example.org']);
    expect(mail?.to).toEqual(['root@mail1.example.org', 'a@example.org']);
    expect(message?.envelope).toMatchObject({ from: 'cron', to: ['root', 'a@example.org'] });
  });

  test('that is a test says so in its first words', async () => {
    const [mail, ofRule] = await mailsOf({ ...CLEAN, test: true }, officePolicy(), { isTest: true });
    expect(mail?.subject).toMatch(/^TEST: /);
    expect(mail?.text).toMatch(/^TEST: /);
    expect(ofRule?.text).toContain('Reports on Mail come to you');
  });
});

describe.skipIf(noPython)('a recipient of rules', () => {
  test('sees these rules alone, in subject, counts, bodies and attachment', async () => {
    const [whole, own] = await mailsOf(
      reportOf(
        { changes: [SYSTEM, MAIL], errors: [error('/etc/shadow')] },
        { notes: ['acl cannot be had at /etc/secret'], limits: ['--paths /etc/passwd'] },
      ),
    );
    expect(whole?.subject).toContain('1 added, 1 changed; highest severity critical');
    expect(own?.to).toEqual(['postmaster@example.org']);
    expect(own?.subject).toBe(
      'INCOMPLETE: mail1: 1 error, not everything could be examined; 1 added; highest severity high (only rule Mail, --paths …) (2026-01-02T03:05:17Z)',
    );
    const everything = JSON.stringify(own);
    for (const foreign of ['System', 'passwd', 'shadow', 'secret', 'critical'])
      expect(everything).not.toContain(foreign);
    expect(own?.text).toContain('/etc/mail/relay');
    expect(own?.html).toContain('/etc/mail/relay');
    const attached: Report = JSON.parse(own?.attachments[0]?.content ?? '');
    expect(attached.changes).toEqual([MAIL]);
    expect(attached.summary).toMatchObject({ added: 1, changed: 0, errors: 1, bySeverity: { high: 1 } });
    expect(attached.exitCode).toBe(17);
    expect(own?.text).toContain(`integ accept ${attached.id} --rule Mail --reason 'WHY'`);
  });

  test('gets no mail when nothing of these rules was found', async () => {
    const mails = await compose(reportOf({ changes: [SYSTEM] }), officePolicy());
    expect(mails.map(({ destination }) => destination)).toEqual(['root']);
  });

  test('gets a mail when something could not be examined, with the name if it is one of theirs', async () => {
    const [, own] = await mailsOf(reportOf({ errors: [error('/etc/mail/queue'), error('/etc')] }));
    expect(own?.subject).toMatch(/^INCOMPLETE: mail1: 2 errors/);
    expect(own?.text).toContain('/etc/mail/queue: open: EACCES');
    expect(own?.text).not.toMatch(/\/etc: open/);
    expect(own?.text).toContain('1 of them not at an object of these rules alone');
  });

  test('who gets the whole report gets no second mail, however the address is written', async () => {
    const mails = await compose(reportOf({ changes: [MAIL] }), officePolicy('{ to: [Postmaster@Example.org] }'));
    expect(mails.map(({ destination }) => destination)).toEqual(['Postmaster@Example.org']);
  });

  test('of several rules gets one mail about all of them', async () => {
    const policy = policyFrom(`version: 1
rules:
  - { name: Web, paths: [/srv], notify: [a@example.org, b@example.org] }
  - { name: Mail, paths: [/etc/mail], notify: [a@example.org] }
`);
    const mails = await compose(reportOf({ changes: [MAIL] }), policy);
    expect(mails.map(({ destination }) => destination)).toEqual(['a@example.org']);
    expect(parseMails(mails.map(({ body }) => body))[0]?.subject).toContain('(only rules Web, Mail)');
  });
});
