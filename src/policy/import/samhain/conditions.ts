/**
 * Conditions in samhainrc, as they come out on a Linux host of a name. What only a program or a network interface could
 * tell is not asked: the lines are taken.
 * https://www.la-samhna.de/samhain/manual/the-configuration-file.html
 */
import type { ImportFiles } from '../files.ts';
import { mistake, shown } from '../mistake.ts';
import type { Notes, Place } from '../notes.ts';

interface OpenCondition {
  /** Undefined where it is not asked: both branches are taken then. */
  readonly outcome: boolean | undefined;
  isElse: boolean;
}

const DEEPEST = 64;

export class Conditions {
  readonly #files: ImportFiles;
  readonly #notes: Notes;
  readonly #open: OpenCondition[] = [];

  constructor(files: ImportFiles, notes: Notes) {
    this.#files = files;
    this.#notes = notes;
  }

  get isTaken(): boolean {
    return this.#open.every(({ outcome, isElse }) => outcome === undefined || outcome !== isElse);
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Whether the line is one of a condition. */
  take(line: string, place: Place): boolean {
    if (/^[@$](?:end|fi)$/.test(line)) {
      if (this.#open.pop() === undefined) throw mistake(place, `${line} stands where no condition is open`);
      return true;
    }
    if (line === '@else') {
      const condition = this.#open.at(-1);
      if (condition === undefined) throw mistake(place, '@else stands where no condition is open');
      condition.isElse = true;
      return true;
    }
    const [, isNot = '', sign = '', text = ''] = /^(!?)([@$])(.*)$/.exec(line) ?? [];
    if (sign === '') return false;
    if (this.#open.length === DEEPEST) throw mistake(place, `conditions nest more than ${DEEPEST} deep`);
    const outcome = this.#outcome(sign, text, place);
    this.#open.push({ outcome: outcome === undefined ? undefined : outcome !== (isNot !== ''), isElse: false });
    return true;
  }

  #outcome(sign: string, text: string, place: Place): boolean | undefined {
    if (sign === '$') return this.#isSystem(text, place);
    const [, isNot, test = '', argument = ''] = /^if\s+(not\s+|!\s*)?(\S+)\s*(.*)$/.exec(text) ?? [];
    if (test === '') return this.#isHost(text, place);
    const outcome = this.#test(test, argument, place);
    return outcome === undefined ? undefined : outcome !== (isNot !== undefined);
  }

  #test(test: string, argument: string, place: Place): boolean | undefined {
    switch (test) {
      case 'hostname_matches':
        return this.#isHost(argument, place);
      case 'system_matches':
        return this.#isSystem(argument, place);
      case 'file_exists':
        return this.#files.exists(argument);
      case 'interface_exists':
      case 'command_succeeds':
        return this.#notAsked(`${test} ${argument}`, place);
      default:
        throw mistake(place, `'${shown(test)}' is no test of Samhain`);
    }
  }

  #notAsked(condition: string, place: Place): undefined {
    this.#notes.add(`a condition that is not asked, so that its lines are taken: ${shown(condition)}`, place);
    return undefined;
  }

  #isHost(pattern: string, place: Place): boolean | undefined {
    if (/^[\w.-]+$/.test(pattern)) return pattern.replace(/\..*$/, '') === this.#files.hostName;
    return this.#notAsked(`hostname ${pattern}`, place);
  }

  /** The system, its release and the processor, of which the first decides. */
  #isSystem(pattern: string, place: Place): boolean | undefined {
    const [system = '', ...others] = pattern.split(':');
    if (/^\w+$/.test(system) && system !== 'Linux') return false;
    const isAny = others.every((part) => part === '.*');
    if (isAny && (system === 'Linux' || system === '.*')) return true;
    return this.#notAsked(`system ${pattern}`, place);
  }
}
