/** What cron is told to run: it mails whatever that prints. */
import { expect, test } from 'vitest';
import { cronFile } from '../../../../src/app/schedule/cron.ts';
import type { Job } from '../../../../src/app/schedule/job.ts';

const JOB: Job = {
  program: '/usr/bin/node',
  parameters: ['/opt/integ.js', 'check', '--unattended'],
  at: { hour: 2, minute: 30 },
  isToldByMail: false,
  name: undefined,
  script: undefined,
  telling: [],
};

function commandOf(job: Job): string {
  return /^30 2 \* \* \* root (.*)$/m.exec(cronFile(job))?.[1] ?? '';
}

test('cron mails the report where nobody else does', () => {
  expect(commandOf(JOB)).toBe('/usr/bin/node /opt/integ.js check --unattended --nice');
});

test('where the policy sends mail, cron mails neither the report nor that the mail was sent', () => {
  expect(commandOf({ ...JOB, isToldByMail: true })).toMatch(/ check --unattended --nice --quiet > \/dev\/null$/);
});
