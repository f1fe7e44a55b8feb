/** NIST SP 800-53, revision 5. */
import type { Framework } from '../framework.ts';

export const NIST: Framework = {
  id: 'nist',
  title: 'NIST SP 800-53 Rev. 5',
  frequency: 'SI-7(1): at a frequency that the organization defines. Give it with --max-gap to have it judged.',
  controls: [
    {
      id: 'SI-7',
      demand:
        'Integrity verification tools detect unauthorized changes to software, firmware and information; defined actions follow.',
      answer: 'The rules, the objects that they govern, and what became of each finding.',
      lacks: 'Firmware is covered only as far as it is files. The defined actions are for the organization to write.',
      sections: ['scope', 'findings'],
    },
    {
      id: 'SI-7(1)',
      demand: 'Checks at startup, at transitional states or security-relevant events, and at a defined frequency.',
      answer: 'Each check with its time, the longest gap, and what no check examined.',
      lacks: 'That a check came with a startup or an event is not told apart from any other.',
      sections: ['schedule'],
    },
    {
      id: 'SI-7(2)',
      demand: 'Automated notification when integrity verification finds discrepancies.',
      answer: 'The channels and recipients of the policy, and what still waits to be delivered.',
      lacks: 'That a notification was read. What was delivered is in the logs of the mail server and the log host.',
      sections: ['delivery'],
    },
    {
      id: 'SI-7(3)',
      demand: 'Centrally managed integrity verification tools.',
      answer: 'Baselines and policies can be kept on one host: integ check --host.',
      lacks: 'This evidence is of one host. There is no view of a fleet.',
      sections: ['scope'],
    },
    {
      id: 'SI-7(5)',
      demand: 'An automated response to integrity violations: shut down, restart or other safeguards.',
      lacks: 'integ tells and never acts. What receives its reports can.',
      sections: ['delivery'],
    },
    {
      id: 'SI-7(6)',
      demand: 'Cryptographic mechanisms detect unauthorized changes.',
      answer:
        'Digests of content, a SHA-256 seal over each baseline, the chain of reports, and signatures where the policy demands them.',
      lacks: 'Whether the module that computes is validated (FIPS 140) depends on the Node.js and OpenSSL of the host.',
      sections: ['scope', 'signatures', 'records'],
    },
    {
      id: 'SI-7(7)',
      demand: 'Detected unauthorized changes are part of incident response, with a history of them.',
      answer: 'The history: findings from first report to end, who accepted them, why, under which ticket.',
      lacks: 'The incident response itself.',
      sections: ['findings', 'records'],
    },
    {
      id: 'SI-7(8)',
      demand: 'Events that show a potential integrity violation can be audited, and somebody is told.',
      answer: 'A stored report for each check; syslog and mail where the policy names them.',
      sections: ['records', 'delivery'],
    },
    {
      id: 'SI-7(15)',
      demand: 'Software is authenticated by cryptographic mechanisms before it is installed.',
      lacks: 'integ examines what is installed. Each report names the digest of the code that made it, to be compared.',
      sections: ['records'],
    },
    {
      id: 'CM-3',
      demand: 'Changes are controlled: reviewed, approved, documented, kept, monitored.',
      answer:
        'Each generation of the baseline with who, when, why and ticket; what was changed without one is a finding.',
      lacks: 'Review and approval before a change.',
      sections: ['findings', 'signatures'],
    },
    {
      id: 'CM-3(5)',
      demand: 'Automated responses when baseline configurations are changed in an unauthorized manner.',
      answer: 'The notification of each report that is not clean.',
      lacks: 'No response other than notification.',
      sections: ['delivery'],
    },
    {
      id: 'CM-6',
      demand: 'Settings are established, implemented, monitored and controlled.',
      answer:
        'Requirements of the policy hold at every check, with or without a baseline; violations are listed until mended.',
      lacks: 'Only what can be told from files and their attributes.',
      sections: ['scope', 'violations'],
    },
    {
      id: 'AU-9(3)',
      demand: 'Cryptographic mechanisms protect the integrity of audit information and audit tools.',
      answer: 'Rules for the audit tools with digests; the chain of reports for the records of integ itself.',
      lacks: 'Who is root on the host can rewrite its history whole. A signature or a seal kept elsewhere shows that.',
      sections: ['scope', 'signatures', 'records'],
    },
  ],
  sources: ['https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final'],
};
