/** What to write instead of a value that is not what a policy wants there. */
import { printableText } from '../model/bytes.ts';
import { SEVERITY_STEPS, translateSeverity } from './import/tripwire/severity.ts';
import { quoted } from './yaml-text.ts';

/** What else objects, truths and the like are called, by the name that a policy has for them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  file: ['f', 'regular', 'plain', '-'],
  directory: ['d', 'dir', 'folder'],
  symlink: ['l', 'link', 'symbolic-link', 'softlink'],
  fifo: ['p', 'pipe', 'named-pipe'],
  socket: ['s', 'sock'],
  block: ['b', 'blk'],
  char: ['c', 'chr', 'character'],
  info: ['information', 'notice', 'none'],
  medium: ['normal', 'warning', 'moderate'],
  high: ['error', 'major'],
  critical: ['crit', 'severe'],
};

/** The name that is meant by one that other programs have for the same. */
export function meantName(written: string, allowed: readonly string[]): string | undefined {
  return allowed.find((name) => NAMES[name]?.includes(written.toLowerCase()));
}

/**
 * What to write, where that would be right: a number of YAML that is meant as text, one thing that stands for a list of
 * one. `written` is the value as the file has it.
 */
export function valueHint(
  key: string,
  value: unknown,
  written: string,
  isValid: (other: unknown) => boolean,
): string | undefined {
  if (typeof value === 'string') {
    if (!isValid([value])) return undefined;
    return `a list stands in brackets: ${key}: [${quoted(printableText(value))}]`;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && isValid([value])) {
    return `each of a list begins with a hyphen, as in '- name: …'`;
  }
  if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint') return undefined;
  if (key === 'severity' && typeof value === 'number') return severityHint(value);
  if (!isValid(written)) return undefined;
  return `YAML reads ${written} as ${typeof value === 'boolean' ? 'a truth value' : `the number ${value}`}: write ${key}: '${written}'`;
}

function severityHint(number: number): string {
  const { severity } = translateSeverity(number);
  const steps = SEVERITY_STEPS.map((step) => `${step.from} ${step.severity}`).join(', ');
  return `Tripwire's number ${number} is ${severity} here; from ${steps}`;
}
