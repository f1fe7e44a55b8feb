/** CIS Benchmarks for Linux: the section on integrity checking. */
import type { Framework } from '../framework.ts';

const WEEK = 7 * 24 * 3600;

export const CIS: Framework = {
  id: 'cis',
  title: 'CIS Benchmarks for Debian, Ubuntu and Red Hat Enterprise Linux',
  maxGapSeconds: WEEK,
  frequency:
    'Checks are to be regular; the examples run every day, and scanners take once a week for the least. For daily checks give --max-gap 25h.',
  controls: [
    {
      id: '6.3.1 (Debian 12/13, Ubuntu 24.04), 6.1.1 (RHEL 9/10), 1.4.1 (SLE)',
      demand: 'AIDE is installed.',
      answer: 'The purpose, a record of files to compare with, is met by the baseline.',
      lacks:
        'The wording is not: the control names AIDE, and a scanner that looks for it fails. See Compensating control.',
      sections: ['scope', 'signatures'],
    },
    {
      id: '6.3.2 (Debian 12/13, Ubuntu 24.04), 6.1.2 (RHEL 9/10), 1.4.2 (SLE)',
      demand: 'File system integrity is checked regularly.',
      answer: 'Each check with its time and the longest gap between two complete ones.',
      lacks: 'A scanner looks for a cron job or timer of AIDE and does not find one.',
      sections: ['schedule'],
    },
    {
      id: '6.3.3 (Debian 12/13, Ubuntu 24.04), 6.1.3 (RHEL 9/10)',
      demand:
        'Cryptographic mechanisms protect the audit tools (auditctl, auditd, ausearch, aureport, autrace, augenrules): p+i+n+u+g+s+b+acl+xattrs+sha512.',
      answer:
        'A rule for these programs that watches mode inode nlink uid gid size blocks acl xattrs sha512: see Scope.',
      lacks: 'Answered only where the policy has such a rule. A scanner looks into the configuration of AIDE.',
      sections: ['scope'],
    },
  ],
  sources: ['https://www.cisecurity.org/cis-benchmarks', 'https://github.com/ComplianceAsCode/content (rules aide_*)'],
};
