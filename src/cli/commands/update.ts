/** `integ policy update`: puts an edited policy into force without accepting any change. */

import { StoredDirectories } from '../../baseline/stored-directories.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { type Path, pathFromText, printable, printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { INCOMPLETE_EXIT } from '../../model/exit.ts';
import { recordedAt } from '../../model/stored-entries.ts';
import { compilePolicy } from '../../policy/load.ts';
import { scan } from '../../scan/scan.ts';
import { findStartLinks, withStartLinks } from '../../scan/start-links.ts';
import { liveHost } from '../../system/host.ts';
import { Tree } from '../../system/tree.ts';
import { takeTurns } from '../../system/turns.ts';
import type { Context } from '../context.ts';
import { isKnownHere } from '../known-baseline.ts';
import { LiveContents } from '../live-contents.ts';
import { loadContextPolicy, policyNameFor } from '../load-policy.ts';
import {
  generationLines,
  nextSteps,
  originOf,
  type ReasonOptions,
  type WrittenGeneration,
  withCurrent,
  writeNextGeneration,
} from '../new-generation.ts';
import { carriedPackages } from '../packages.ts';
import { carriedStartLinks, comparingPolicy, PolicyChange, type PolicyChangeResult } from '../policy-change.ts';
import { formatCount, progressReporter } from '../progress.ts';

interface UpdateOptions extends ReasonOptions {
  readonly expectSeal?: string;
}

/** Paths of a list that are shown without --verbose. */
const SHOWN = 20;

export async function runPolicyUpdate(
  context: Context,
  _operands: readonly string[],
  options: UpdateOptions,
): Promise<number> {
  const origin = originOf('policy update', options);
  return withCurrent(context, 'policy update', options.expectSeal, async (current) => {
    const { header } = current;
    requireSameSystem(context, header);
    const isKnown = isKnownHere(context, current, options);
    const loaded = loadContextPolicy(context, policyNameFor(context, header.policy, isKnown));
    if (header.policySha256 === loaded.sha256) {
      context.terminal.print(
        `The policy is in force already: ${printableText(loaded.policy.name)}, ${loaded.sha256}\n`,
      );
      return 0;
    }
    const written = compilePolicy(header.policy).policy;
    const startLinks = carriedStartLinks(written, header.startLinks, loaded.policy, linksNow(context, loaded.policy));
    const present = withStartLinks(written, header.startLinks);
    const next = withStartLinks(loaded.policy, startLinks);
    let result: PolicyChangeResult | undefined;
    const generation = await writeNextGeneration(context, {
      current,
      origin,
      policies: [present, next],
      rules: next.rules,
      write: async (writer) => {
        const live = await LiveContents.open(context, next.rules, undefined);
        try {
          const change = new PolicyChange(current, present, next, { writer, live });
          const summary = await scan(
            {
              root: context.root,
              policy: comparingPolicy(present, next),
              startLinks,
              jobs: context.jobs,
              scope: undefined,
              portable: context.portable,
              progress: progressReporter(context.terminal, current.entryCount),
              onSignal: context.onSignal,
            },
            change,
          );
          const nodes = new StoredDirectories(current);
          result = await takeTurns(change.finish(summary, (directory) => nodes.node(directory)));
        } finally {
          live.close();
        }
        return {
          policyName: loaded.policy.name,
          policySha256: loaded.sha256,
          policy: loaded.sources,
          startLinks,
          packages: carriedPackages(
            context,
            header.packages,
            writer,
            (path) => recordedAt(current, path) !== undefined,
          ),
          ...result.header,
        };
      },
    });
    if (result === undefined) throw new Error('integ: internal error: a generation without its result');
    tell(context, generation, result);
    return result.failures.length === 0 ? 0 : INCOMPLETE_EXIT;
  });
}

/** What is newly selected must come from the system that the rest was recorded of. */
function requireSameSystem({ root, terminal }: Context, header: BaselineHeader): void {
  if (header.root !== pathFromText(root)) {
    throw new UserError('usage', `the baseline was made of ${printable(header.root)}, not of ${printableText(root)}`, {
      hint: `name that with --root: integ policy update --root ${printable(header.root)}`,
    });
  }
  const host = liveHost.hostName();
  if (header.host === host) return;
  terminal.warn(
    `the baseline was made on host ${printableText(header.host)}; what is newly selected is examined on ${printableText(host)}`,
  );
}

function linksNow(context: Context, policy: Parameters<typeof findStartLinks>[0]) {
  const tree = new Tree({ root: context.root, isWorker: false, portable: context.portable });
  try {
    return findStartLinks(policy, tree);
  } finally {
    tree.close();
  }
}

function tell({ terminal }: Context, written: WrittenGeneration, result: PolicyChangeResult): void {
  const { kept, added, dropped, completed, differing, failures } = result;
  const [title = '', ...lines] = generationLines(written);
  const section = (heading: string, paths: readonly Path[], more = ''): string[] => {
    if (paths.length === 0) return [];
    const shown = terminal.isVerbose ? paths : paths.slice(0, SHOWN);
    const rest = paths.length - shown.length;
    return [
      '',
      `${heading}: ${formatCount(paths.length)}${more}`,
      ...shown.map((path) => `  ${printable(path)}`),
      ...(rest > 0 ? [`  … and ${formatCount(rest)} more: integ baseline diff tells them all`] : []),
    ];
  };
  const failed = failures.map(({ path, message }) => `  ${printable(path)}: ${printableText(message)}`);
  terminal.print(
    `${[
      title,
      `  policy    ${printableText(written.header.policyName)}, sha256 ${written.header.policySha256}`,
      `  kept      ${formatCount(kept + completed)} objects as recorded`,
      ...(completed === 0
        ? []
        : [`  completed ${formatCount(completed)} of them, found unchanged, with what only the new policy watches`]),
      ...lines,
      ...section('Newly selected and examined', added),
      ...section('No longer selected', dropped),
      ...section('Not as recorded any more', differing, '; they stay findings'),
      ...(failed.length === 0 ? [] : ['', 'INCOMPLETE: newly selected and could not be examined:', ...failed]),
      '',
      nextSteps(written),
    ].join('\n')}\n`,
  );
}
