/**
 * One algorithm for whatever a directory gets from the one that holds it. Pure: what is known, and how, the caller
 * says.
 */

export interface FromAbove<Place, Value> {
  /** What was found before. The topmost place must be known. */
  readonly known: (place: Place) => Value | undefined;
  /** The place that holds another; asked only for places that are not known. */
  readonly above: (place: Place) => Place;
  /** The value of a place from that of the one above, to be remembered there if it is wanted again. */
  readonly below: (value: Value, place: Place) => Value;
}

/** Climbs to the nearest place that is known and comes back down, without recursion: trees may be deep. */
export function fromAbove<Place, Value>(place: Place, { known, above, below }: FromAbove<Place, Value>): Value {
  let value = known(place);
  if (value !== undefined) return value;
  const unknown: Place[] = [];
  for (let at = place; value === undefined; value = known(at)) {
    unknown.push(at);
    at = above(at);
  }
  for (const at of unknown.reverse()) value = below(value, at);
  return value;
}
