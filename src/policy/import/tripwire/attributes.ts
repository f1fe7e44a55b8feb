/**
 * The attributes of rules of Tripwire: what may be said, and how those of a rule and of the blocks around it add up.
 */
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';

const NAMES = ['rulename', 'severity', 'recurse', 'emailto'] as const;
type Name = (typeof NAMES)[number];

const MOST = 1_000_000;

function isName(text: string): text is Name {
  return (NAMES as readonly string[]).includes(text);
}

/** The number, or undefined when the text is none within the bounds. */
function numberOf(text: string, least: number): number | undefined {
  const value = /^-?[0-9]{1,9}$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  return value >= least && value <= MOST ? value : undefined;
}

function depthOf(text: string): number | undefined {
  const word = text.toLowerCase();
  if (word === 'true') return Number.POSITIVE_INFINITY;
  const depth = word === 'false' ? 0 : numberOf(word, -1);
  return depth === -1 ? Number.POSITIVE_INFINITY : depth;
}

interface Value {
  readonly text: string;
  readonly place: Place;
}

export class Attributes {
  readonly #values = new Map<Name, Value>();

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** The last of several values counts. `isChecked`: a wrong value is a mistake. */
  set(written: string, text: string, place: Place, isChecked: boolean): void {
    const name = written.toLowerCase();
    if (!isName(name)) {
      throw mistake(place, `'${shown(written)}' is no attribute of a rule: those are ${NAMES.join(', ')}`);
    }
    if (isChecked && name === 'severity' && numberOf(text, 0) === undefined) {
      throw mistake(place, `a severity is a number from 0 to ${MOST}, not '${shown(text)}'`);
    }
    if (isChecked && name === 'recurse' && depthOf(text) === undefined) {
      throw mistake(place, `recurse is true, false or a number from -1 to ${MOST}, not '${shown(text)}'`);
    }
    this.#values.set(name, { text, place });
  }

  /** Together with those of the block around: the inner ones count, but recipients are added up. */
  within(outer: Attributes): Attributes {
    const merged = new Attributes();
    for (const [name, value] of [...outer.#values, ...this.#values]) {
      const before = merged.#values.get(name);
      const text = name === 'emailto' && before !== undefined ? `${value.text};${before.text}` : value.text;
      merged.#values.set(name, { ...value, text });
    }
    return merged;
  }

  get ruleName(): string | undefined {
    const name = this.#values.get('rulename')?.text;
    return name === '' ? undefined : name;
  }

  get severity(): number | undefined {
    const value = this.#values.get('severity');
    return value && numberOf(value.text, 0);
  }

  /** How many levels below the object; Infinity for all. */
  get depth(): number {
    const value = this.#values.get('recurse');
    return (value && depthOf(value.text)) ?? Number.POSITIVE_INFINITY;
  }

  /** In the order in which they were written, inner ones first, each once. */
  get recipients(): readonly string[] {
    const names = (this.#values.get('emailto')?.text ?? '')
      .split(';')
      .map((name) => name.replace(/^[ \t]+|[ \t]+$/g, ''));
    return [...new Set(names)].filter((name) => name !== '');
  }

  placeOf(name: Name): Place | undefined {
    return this.#values.get(name)?.place;
  }
}
