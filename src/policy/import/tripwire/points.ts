/** The points of the tree at which rules of Tripwire start and stop, one for each path. */
import { mistake, shown } from '../mistake.ts';
import type { Place } from '../notes.ts';
import type { Attributes } from './attributes.ts';
import type { TripwireLetter } from './properties.ts';

export interface StartPoint {
  readonly kind: 'start';
  /** Absolute, without a slash at its end; one character a byte. */
  readonly path: string;
  readonly letters: ReadonlySet<TripwireLetter>;
  /** The mask as it was written. */
  readonly mask: string;
  readonly attributes: Attributes;
  readonly place: Place;
  readonly written: string;
}

export interface StopPoint {
  readonly kind: 'stop';
  readonly path: string;
  readonly place: Place;
  readonly written: string;
}

export type Point = StartPoint | StopPoint;

/** In the order of the file. */
export class Points {
  readonly #byPath = new Map<string, Point>();

  add(point: Point): void {
    const other = this.#byPath.get(point.path);
    if (other !== undefined) {
      throw mistake(point.place, `${shown(point.path)} has a rule or stop point already, in line ${other.place.line}`);
    }
    this.#byPath.set(point.path, point);
  }

  all(): readonly Point[] {
    return [...this.#byPath.values()];
  }
}

/** What a person may have meant by a name that looks like a pattern, which Tripwire does not have. */
export function wildcardRemark({ kind, path, place }: Point): string | undefined {
  const isPattern = (text: string): boolean => /[*?]|\[[^\]]+\]/.test(text);
  if (!isPattern(path)) return undefined;
  const last = path.slice(path.lastIndexOf('/') + 1);
  const object = isPattern(last) ? `an object named "${shown(last)}"` : `the object "${shown(path)}"`;
  const does = kind === 'stop' ? 'stops' : 'is a rule for';
  return `Tripwire has no wildcards: line ${place.line} ${does} only ${object}`;
}

/** The path that a name stands for. */
export function absolutePath(name: string, place: Place): string {
  if (!name.startsWith('/')) throw mistake(place, `an object is named by its whole path, not ${shown(name)}`);
  const components = name.split('/').filter((component) => component !== '');
  if (components.includes('.') || components.includes('..')) {
    throw mistake(place, `a path with . or .. in it cannot be imported: ${shown(name)}`);
  }
  return `/${components.join('/')}`;
}
