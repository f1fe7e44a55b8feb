/** The evidence for people: which sections it has, in which order, and what each says. Text and HTML print it. */
import { plural, toTheSecond } from '../words.ts';
import { type Block, type Entry, paragraph, warning } from './blocks.ts';
import { COMPENSATING_COMMANDS } from './compensating.ts';
import type { Evidence } from './document.ts';
import { findings, signatures, violations } from './finding-blocks.ts';
import type { Control, Section as SectionId } from './framework.ts';
import { schedule } from './schedule-blocks.ts';
import { delivery, scope } from './scope-blocks.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

const TITLES: Readonly<Record<SectionId, string>> = {
  scope: 'Scope',
  schedule: 'Schedule',
  delivery: 'Delivery',
  findings: 'Findings',
  violations: 'Violations',
  signatures: 'Signatures',
  records: 'Records',
};

function section(id: SectionId, blocks: readonly Block[]): Section {
  return { id, title: TITLES[id], blocks };
}

export function evidenceOutline(evidence: Evidence): readonly Section[] {
  return [
    ...(evidence.problems.length === 0 ? [] : [problems(evidence)]),
    about(evidence),
    controls(evidence),
    section('scope', scope(evidence)),
    section('schedule', schedule(evidence)),
    section('delivery', delivery(evidence)),
    section('findings', findings(evidence)),
    section('violations', violations(evidence)),
    section('signatures', signatures(evidence)),
    section('records', records(evidence)),
    {
      id: 'compensating',
      title: 'Compensating control',
      blocks: [...evidence.compensatingControl.map(paragraph), { is: 'commands', commands: COMPENSATING_COMMANDS }],
    },
  ];
}

function problems(evidence: Evidence): Section {
  const intro = 'Something is wrong with the records themselves. Nothing below is proved until that is explained.';
  return { id: 'problems', title: 'Not to be trusted', blocks: [warning(intro), ...evidence.problems.map(warning)] };
}

function about({ host, period, framework, createdAt, createdBy, tool, notes }: Evidence): Section {
  const recorded = period.recordedSince === undefined ? 'nothing' : `since ${toTheSecond(period.recordedSince)}`;
  return {
    id: 'about',
    title: 'About this document',
    blocks: [
      {
        is: 'facts',
        facts: [
          ['host', host],
          ['period', `${toTheSecond(period.since)} to ${toTheSecond(period.until)}`],
          ['recorded', recorded],
          ['framework', framework.title],
          ['made', `${toTheSecond(createdAt)} by ${createdBy}`],
          ['made with', `integ ${tool.version}, code sha256 ${tool.sha256}, Node.js ${tool.node}`],
        ],
      },
      paragraph('This is evidence, no verdict: whether a control is met is for the assessor to say.'),
      ...notes.map(paragraph),
    ],
  };
}

function controlEntry({ id, demand, answer, lacks, sections }: Control): Entry {
  const see = sections.map((name) => TITLES[name]).join(', ');
  return {
    title: `${id}: ${demand}`,
    lines: [
      ...(answer === undefined ? [] : [`Answered by: ${answer}`]),
      ...(lacks === undefined ? [] : [`${answer === undefined ? 'NOT ANSWERED by integ' : 'Not answered'}: ${lacks}`]),
      ...(see === '' ? [] : [`See: ${see}`]),
    ],
  };
}

function controls({ framework }: Evidence): Section {
  return {
    id: 'controls',
    title: 'Controls',
    blocks: [
      paragraph('The demands are given shortly, in words of our own; the text of the framework is what counts.'),
      { is: 'entries', entries: framework.controls.map(controlEntry) },
      paragraph(`Sources: ${framework.sources.join(', ')}`),
    ],
  };
}

function records({ chain }: Evidence): readonly Block[] {
  const { intact, breaks, runs, firstRun, lastRun, pruned, retainDays } = chain;
  const range = firstRun === undefined ? '' : `, runs ${firstRun} to ${lastRun ?? firstRun}`;
  return [
    {
      is: 'facts',
      facts: [
        ['chain of reports', intact ? 'intact' : 'BROKEN'],
        ['stored', `${plural(runs, 'report')}${range}`],
        ['older ones', pruned ? `removed by retention: runs 1 to ${(firstRun ?? 1) - 1}` : 'none were removed'],
        ['kept for', retainDays === undefined ? 'ever' : plural(retainDays, 'day')],
      ],
    },
    ...breaks.map(({ number, what }) => warning(`Run ${number}: ${what}`)),
    paragraph(
      'The digest of each run covers the digest of the run before, so that a report that was removed, edited or reordered shows. Who may write the file and computes all digests anew leaves no trace: copies kept off the host, and signatures, are the proof against root.',
    ),
  ];
}
