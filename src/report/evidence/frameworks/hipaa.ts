/** HIPAA Security Rule, 45 CFR part 164, subpart C. */
import type { Framework } from '../framework.ts';

export const HIPAA: Framework = {
  id: 'hipaa',
  title: 'HIPAA Security Rule (45 CFR 164, subpart C)',
  frequency: 'None is named: the risk analysis says how often. Give it with --max-gap to have it judged.',
  controls: [
    {
      id: '164.312(b)',
      demand: 'Mechanisms record and examine activity in systems that hold electronic protected health information.',
      answer: 'The stored reports: what changed in files between two checks.',
      lacks: 'Who changed or read something. Audit logs of the system and the application do that.',
      sections: ['records', 'findings'],
    },
    {
      id: '164.312(c)(1)',
      demand: 'Protected health information is guarded from improper alteration or destruction.',
      answer: 'Alteration and removal of the files that the rules govern are findings, followed to their end.',
      lacks:
        'integ detects and does not prevent or restore. Records in a database change rightly within one file: not told apart.',
      sections: ['scope', 'findings'],
    },
    {
      id: '164.312(c)(2)',
      demand: 'Addressable: electronic mechanisms corroborate that the information was not altered or destroyed.',
      answer: 'Digests in a sealed baseline, compared at each check.',
      lacks: 'Only for files that are not to change.',
      sections: ['scope', 'schedule', 'signatures'],
    },
    {
      id: '164.308(a)(1)(ii)(D)',
      demand: 'Records of system activity are reviewed regularly.',
      answer: 'Who accepted which finding, when and why; what is still open, and for how long.',
      lacks: 'A review that accepted nothing leaves no trace here.',
      sections: ['findings'],
    },
    {
      id: '164.316(b)(2)(i)',
      demand: 'Documentation is kept for six years.',
      answer: 'Reports are kept as long as history.retain of the policy says: see Records.',
      lacks: 'The default is two years. Set history.retain to 6y or more, or keep this document.',
      sections: ['records'],
    },
  ],
  sources: ['https://www.ecfr.gov/current/title-45/part-164/subpart-C'],
};
