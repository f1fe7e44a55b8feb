/** What is watched, and who is told, as blocks. */
import { grouped, plural, toTheSecond } from '../words.ts';
import { type Block, bounded, type Entry, paragraph, warning } from './blocks.ts';
import type { Evidence, EvidenceRule } from './document.ts';
import { generationWords } from './wording.ts';

function ruleEntry(rule: EvidenceRule): Entry {
  const { name, severity, paths, exclude, watches, depth, types, mounts, requires, notify, keepsText, objects } = rule;
  const required = Object.entries(requires).map(([key, value]) => `${key} ${String(value)}`);
  return {
    title: `${name} (${severity}): ${plural(objects, 'object')}`,
    lines: [
      `paths: ${paths.join(' ')}`,
      ...(exclude.length === 0 ? [] : [`except: ${exclude.join(' ')}`]),
      `watches: ${watches.length === 0 ? 'nothing: what it governs is left out' : watches.join(' ')}`,
      ...(depth === undefined ? [] : [`depth: ${depth}`]),
      ...(types.length === 0 ? [] : [`types: ${types.join(' ')}`]),
      ...(mounts === 'stay' ? [] : ['goes into mounted file systems']),
      ...(required.length === 0 ? [] : [`requires: ${required.join(', ')}`]),
      ...(notify.length === 0 ? [] : [`tells: ${notify.join(', ')}`]),
      ...(keepsText ? ['keeps the text of small files'] : []),
    ],
  };
}

export function scope({ policy, baseline, rules }: Evidence): readonly Block[] {
  const failures = baseline.failures;
  return [
    {
      is: 'facts',
      facts: [
        ['policy', `${policy.name}, sha256 ${policy.sha256}`],
        ['made of', policy.sources.join(', ')],
        ['baseline', `${baseline.file}, sequence ${baseline.sequence}, made ${toTheSecond(baseline.createdAt)}`],
        ['objects', grouped(baseline.objects)],
        ['digests', policy.digests.join(', ')],
        ['left out', policy.ignore.length === 0 ? 'nothing' : policy.ignore.join(' ')],
      ],
    },
    ...(failures === 0
      ? []
      : [warning(`The baseline is incomplete: ${plural(failures, 'object')} could not be examined when it was made.`)]),
    paragraph(
      'The list of all monitored files: integ baseline entries. Of the rules, the last that selects a file governs it.',
    ),
    ...bounded(rules, 'rules', (shown) => ({ is: 'entries', entries: shown.map(ruleEntry) })),
    paragraph(
      policy.changes.length === 0
        ? 'No other policy was put into force in the period.'
        : `Put into force in the period: ${policy.changes.map(generationWords).join('; ')}`,
    ),
  ];
}

export function delivery({ delivery: { channels, waiting, remarks } }: Evidence): readonly Block[] {
  const named = channels.map(({ channel, destination, when }) => [channel, destination, when]);
  const late = waiting.map(({ report, channel, destination, since, attempts, why }) => ({
    title: `report ${report} by ${channel} to ${destination}`,
    lines: [
      `waits since ${toTheSecond(since)}, tried ${plural(attempts, 'time')}${why === '' ? '' : `, last: ${why}`}`,
    ],
  }));
  return [
    ...(named.length === 0
      ? [warning('The policy names no channel: nobody is told by integ. What cron or systemd mails is not known here.')]
      : [{ is: 'table', head: ['channel', 'to', 'when'], rows: named } as const]),
    ...remarks.map(paragraph),
    ...bounded(late, 'messages', (shown) => ({ is: 'entries', entries: shown })),
  ];
}
