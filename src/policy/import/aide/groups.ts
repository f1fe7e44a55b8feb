/** The groups of a configuration of AIDE, and the sums of attributes and groups, `a+b-c`, that define them. */
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';
import { type AideAttributeName, defaultGroups, isAideAttribute } from './attributes.ts';
import { singleSpaced } from './tokens.ts';
import type { AideVersion } from './version.ts';

type Sum = ReadonlySet<AideAttributeName>;

const NOWHERE: Place = { file: '', line: 0 };
const SUM = /^[A-Za-z0-9_%>]+(?:[+-][A-Za-z0-9_%>]+)*$/;

function withoutBlanks(text: string): string {
  return singleSpaced(text).replaceAll(' ', '');
}

export class Groups {
  readonly #groups = new Map<string, Sum>();

  constructor(version: AideVersion) {
    for (const [name, sum] of defaultGroups(version)) {
      this.#groups.set(name, sum === '' ? new Set() : this.sum(sum, NOWHERE));
    }
  }

  define(name: string, expression: string, place: Place): void {
    this.#groups.set(name, this.sum(expression, place));
  }

  /** Whether a text is a sum of attributes and groups that there are. */
  isSum(text: string): boolean {
    const written = withoutBlanks(text);
    return SUM.test(written) && written.split(/[+-]/).every((name) => this.#groups.has(name) || isAideAttribute(name));
  }

  /** Adds up from left to right. */
  sum(expression: string, place: Place): Sum {
    if (!SUM.test(withoutBlanks(expression))) {
      throw mistake(place, `this is no sum of attributes and groups: ${shown(expression)}`);
    }
    const sum = new Set<AideAttributeName>();
    for (const [, sign, name = ''] of withoutBlanks(expression).matchAll(/([+-]?)([A-Za-z0-9_%>]+)/g)) {
      const group = this.#groups.get(name);
      if (group === undefined && !isAideAttribute(name)) {
        throw mistake(place, `there is no attribute or group '${shown(name)}'`);
      }
      const members = group ?? (isAideAttribute(name) ? [name] : []);
      for (const member of members) {
        if (sign === '-') sum.delete(member);
        else sum.add(member);
      }
    }
    return sum;
  }
}
