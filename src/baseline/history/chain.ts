/**
 * The chain of runs: the digest of a run covers the digest of the run before, so that one that was removed, edited or
 * put elsewhere shows. Whoever may write the file and computes all digests anew leaves no trace: what protects against
 * that is a copy off the host. Pure computation: it reads no file.
 */
import { createHash } from 'node:crypto';
import { encodeFields } from '../../model/values/fields.ts';

/** What is known of a run apart from its report, in the order in which its digest covers it. */
export interface RunFacts {
  /** Counts from 1; none is used twice. */
  readonly number: number;
  /** Id of the report. */
  readonly id: string;
  /** Which baseline the run belongs to, where several share a history; empty where there is but one. */
  readonly lineage: string;
  readonly host: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly status: string;
  readonly exitCode: number;
  /** Sequence and seal of the baseline that was compared with. */
  readonly sequence: number;
  readonly seal: string;
  /** Digest of what gives the rules their numbers: policy and start links. */
  readonly rules: string;
  /** What restricted the run, in words; empty when nothing did. */
  readonly limits: string;
  /** `summary` of the report, as JSON. */
  readonly summary: string;
  /** SHA-256 of the stored report and of the stored states. */
  readonly report: string;
  readonly states: string;
  /**
   * Digest of the newest generation that was known when the run was stored, NO_GENERATION before there is one, and
   * empty in a run that format 2 stored.
   */
  readonly generations: string;
}

export interface ChainedRun extends RunFacts {
  /** Digest of the run before, or empty. */
  readonly previous: string;
  /** 64 hex digits. */
  readonly digest: string;
}

export const NO_GENERATION = 'none';

const PREAMBLE = 'integ-run/2\n';
/** Of runs that format 2 stored, whose digest covers no generation. */
const FORMAT_2_PREAMBLE = 'integ-run/1\n';

/** SHA-256 over a preamble and each value in order, as a 32-bit length and its UTF-8 bytes; hex. */
export function chainDigest(preamble: string, values: readonly (string | number)[]): string {
  const fields = encodeFields(values.map((value) => Buffer.from(String(value), 'utf8')));
  return createHash('sha256').update(preamble, 'latin1').update(fields).digest('hex');
}

/** The digest of a run (docs/history-format.md, "Chain of runs"). */
export function runDigest(facts: RunFacts, previous: string): string {
  const isOfFormat2 = facts.generations === '';
  return chainDigest(isOfFormat2 ? FORMAT_2_PREAMBLE : PREAMBLE, [
    facts.number,
    facts.id,
    facts.lineage,
    facts.host,
    facts.startedAt,
    facts.finishedAt,
    facts.status,
    facts.exitCode,
    facts.sequence,
    facts.seal,
    facts.rules,
    facts.limits,
    facts.summary,
    facts.report,
    facts.states,
    ...(isOfFormat2 ? [] : [facts.generations]),
    previous,
  ]);
}

/** Where the chain begins or ends: the number and digest of a run, or 0 and the empty text before the first one. */
export interface ChainEnd {
  readonly number: number;
  readonly digest: string;
}

export interface ChainBreak {
  /** The run at which it shows; 0 where it shows among the generations. */
  readonly number: number;
  readonly what: string;
}

/** The break as a sentence; `what` is not made printable here. */
export function breakWords({ number, what }: ChainBreak): string {
  return number === 0
    ? `the chain of generations is broken: ${what}`
    : `the chain of reports is broken at run ${number}: ${what}`;
}

/**
 * Follows the chain from `anchor` (the last run that retention removed) to `head` (the last run that was stored).
 * `isIntact` says whether report and states of a run are those its row tells of. The breaks, oldest first.
 */
export function verifyChain(
  runs: Iterable<ChainedRun>,
  anchor: ChainEnd,
  head: ChainEnd,
  isIntact: (run: ChainedRun) => boolean,
): readonly ChainBreak[] {
  const breaks: ChainBreak[] = [];
  const digests = new Set<string>();
  let last = anchor;
  for (const run of runs) {
    const missing = run.number - last.number - 1;
    const isEdited = runDigest(run, run.previous) !== run.digest || !isIntact(run);
    if (missing > 0) breaks.push({ number: run.number, what: removed(last.number + 1, run.number - 1) });
    else if (run.previous !== last.digest) {
      const what = digests.has(run.previous)
        ? 'it stands elsewhere than where it was stored: runs were reordered'
        : 'it does not follow the run before: that one was replaced, or runs were reordered';
      breaks.push({ number: run.number, what });
    }
    if (isEdited) breaks.push({ number: run.number, what: `report ${run.id} was edited after it was stored` });
    digests.add(run.digest);
    last = run;
  }
  if (head.number > last.number) breaks.push({ number: head.number, what: removed(last.number + 1, head.number) });
  else if (head.number !== last.number || head.digest !== last.digest) {
    breaks.push({ number: last.number, what: 'it is not the run that was stored last' });
  }
  return breaks;
}

function removed(first: number, last: number): string {
  return first === last ? `run ${first} was removed` : `runs ${first} to ${last} were removed`;
}
