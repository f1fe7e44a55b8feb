/** PCI DSS 4.0.1, June 2024. */
import type { Framework } from '../framework.ts';

const WEEK = 7 * 24 * 3600;

export const PCI_DSS: Framework = {
  id: 'pci-dss',
  title: 'PCI DSS 4.0.1',
  maxGapSeconds: WEEK,
  frequency: 'Requirement 11.5.2: critical files are compared at least once a week.',
  controls: [
    {
      id: '11.5.2',
      demand:
        'A mechanism detects changes: it alerts people to unauthorized changes, additions and deletions of critical files, and compares them at least weekly.',
      answer:
        'The rules with what they watch and the objects they govern, each check with its time, the recipients, and what became of each finding.',
      lacks:
        'Which files are critical is for the entity to say, in the policy. That an alert was read is not recorded here: see Delivery.',
      sections: ['scope', 'schedule', 'delivery', 'findings'],
    },
    {
      id: '10.3.4',
      demand: 'Change detection on audit logs, so that log data that exists cannot be changed without an alert.',
      answer:
        'Rules that watch append-only: recorded bytes must remain the first bytes, rotation is followed; truncated and rewritten logs are findings.',
      lacks:
        'Answered only where the policy has such a rule for the logs. What was written since the last check is not covered.',
      sections: ['scope', 'findings'],
    },
    {
      id: '10.2.1.6',
      demand: 'Audit logs tell when audit logging is initialized, stopped or paused.',
      lacks: 'integ tells what files are, not what a service did. Times without a check are listed under Schedule.',
      sections: ['schedule'],
    },
    {
      id: '6.5.1',
      demand: 'Changes in production follow procedures: reason, security impact, approval, tests, way back.',
      answer: 'Each accepted change bears who accepted it, when, the reason and the ticket.',
      lacks: 'Approval, tests and the way back are in the ticket, not here. integ does not ask who may accept.',
      sections: ['findings', 'signatures'],
    },
    {
      id: '12.10.5',
      demand: 'The incident response plan covers alerts of change detection for critical files.',
      answer: 'When each finding was first reported, and how it ended.',
      lacks: 'The plan itself, and what people did between report and end.',
      sections: ['findings', 'delivery'],
    },
    {
      id: 'A3.5.1',
      demand:
        'For designated entities: attack patterns are identified promptly, alerts are prompt, responses documented.',
      answer: 'First report and end of each finding.',
      lacks: 'A finding is known at the next check, not at the moment of the change.',
      sections: ['schedule', 'findings', 'delivery'],
    },
    {
      id: '11.6.1',
      demand:
        'Changes of HTTP headers and scripts of payment pages are detected as the browser of the consumer receives them.',
      lacks:
        'Out of scope: integ examines files on hosts and never what a browser receives. Another mechanism is needed.',
      sections: [],
    },
  ],
  sources: ['https://www.pcisecuritystandards.org/document_library/ (PCI DSS v4.0.1)'],
};
