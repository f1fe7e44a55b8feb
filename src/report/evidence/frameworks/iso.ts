/** ISO/IEC 27001:2022, controls of annex A. */
import type { Framework } from '../framework.ts';

export const ISO: Framework = {
  id: 'iso',
  title: 'ISO/IEC 27001:2022, Annex A',
  frequency: 'None is named: the organization says how often. Give it with --max-gap to have it judged.',
  controls: [
    {
      id: 'A.8.9',
      demand: 'Configurations are established, documented, implemented, monitored and reviewed.',
      answer:
        'Established and documented: the policy and the baseline. Implemented: requirements. Monitored: the checks. Reviewed: what was accepted, by whom and why.',
      lacks: 'Only configuration that lies in files. A review that accepted nothing leaves no trace here.',
      sections: ['scope', 'schedule', 'findings', 'violations'],
    },
    {
      id: 'A.8.15',
      demand: 'Logs of activities, faults and events are produced, kept, protected and analysed.',
      answer: 'Rules that watch logs as append-only; the chain of its own reports.',
      lacks: 'The logs of systems and applications themselves, and their analysis.',
      sections: ['scope', 'records'],
    },
    {
      id: 'A.8.16',
      demand: 'Systems are monitored for anomalous behaviour, and it is acted upon.',
      answer: 'Findings with their first report and their end, and who is told.',
      lacks: 'Anything that does not show in files.',
      sections: ['findings', 'delivery'],
    },
    {
      id: 'A.8.32',
      demand: 'Changes are subject to change management.',
      answer: 'Each accepted change with reason and ticket; changes of the policy likewise.',
      lacks: 'Planning, approval and tests.',
      sections: ['findings', 'signatures'],
    },
  ],
  sources: ['https://www.iso.org/standard/27001'],
};
