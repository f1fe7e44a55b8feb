/** What a framework demands, as data: a table each in frameworks/. */

/** Sections of the evidence that a control is answered by. */
export const SECTIONS = ['scope', 'schedule', 'delivery', 'findings', 'violations', 'signatures', 'records'] as const;
export type Section = (typeof SECTIONS)[number];

export interface Control {
  /** As the framework numbers it. */
  readonly id: string;
  /** What it demands, shortly and in our words: the text of the framework is what counts. */
  readonly demand: string;
  /** What of integ answers it. Missing: nothing does. */
  readonly answer?: string;
  /** What it demands that integ does not answer. */
  readonly lacks?: string;
  readonly sections: readonly Section[];
}

export interface Framework {
  readonly id: FrameworkName;
  readonly title: string;
  /** Longest time between two checks that it allows, in seconds; missing when it names none. */
  readonly maxGapSeconds?: number;
  /** What it says about how often. */
  readonly frequency: string;
  readonly controls: readonly Control[];
  /** Where the demands are to be read. */
  readonly sources: readonly string[];
}

export const FRAMEWORK_NAMES = ['pci-dss', 'nist', 'cis', 'hipaa', 'iso'] as const;
export type FrameworkName = (typeof FRAMEWORK_NAMES)[number];
