/**
 * Whether the first baseline of a system is still to be made, for what asks again and again. One that is gone is no
 * reason to make another one: whoever removed it would have what he changed recorded as good. Writes nothing.
 */
import { existsSync } from 'node:fs';
import { printableText } from '../../model/bytes.ts';
import type { Context } from '../context.ts';
import { lastGeneration, lostBaseline } from '../history/lost.ts';
import type { Generation } from '../history/run-history.ts';
import { requireSuccession } from '../history/succession.ts';
import { openBaselineSource } from './baseline-source.ts';
import { requireKnownHere } from './known-baseline.ts';

/**
 * The baseline that is in force; undefined where there never was one. Throws a UserError, `missing` when it is gone and
 * `untrusted` when it is not the one that came into force here.
 */
export async function baselineInForce(context: Context): Promise<Generation | undefined> {
  const { baselineFile: file } = context;
  if (existsSync(file)) {
    const baseline = await openBaselineSource(context, { file, expectSeal: undefined });
    try {
      requireSuccession(context, baseline);
      requireKnownHere(context, baseline, `baseline ${printableText(file)}`);
      return { header: baseline.header, seal: baseline.seal };
    } finally {
      baseline.close();
    }
  }
  const last = lastGeneration(context);
  if (last === undefined) return undefined;
  throw lostBaseline('missing', context, last);
}
