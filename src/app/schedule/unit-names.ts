/** Names of the units of a schedule. */

interface UnitNames {
  readonly service: string;
  readonly timer: string;
  /** What is started when the service fails. */
  readonly failure: string;
}

/** `name`: of one of several schedules; undefined for the one that has none. */
export function unitNames(name: string | undefined): UnitNames {
  const suffix = name === undefined ? '' : `-${name}`;
  return {
    service: `integ-check${suffix}.service`,
    timer: `integ-check${suffix}.timer`,
    failure: `integ-failed${suffix}.service`,
  };
}

/** Of the schedule without a name, which packages bring. */
export const { service: SERVICE, timer: TIMER, failure: FAILURE } = unitNames(undefined);
