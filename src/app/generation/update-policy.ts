/** Puts an edited policy into force without accepting any change. */
import { isDeepStrictEqual } from 'node:util';
import type { BaselineReader } from '../../baseline/reader.ts';
import { StoredDirectories } from '../../baseline/stored-directories.ts';
import type { BaselineHeader, GenerationOrigin } from '../../model/baseline.ts';
import { type Path, pathFromText, printable, printableText, ROOT } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { sameAttribute } from '../../model/record.ts';
import type { Policy, StartLink } from '../../model/rule.ts';
import { recordedAt } from '../../model/stored-entries.ts';
import { compilePolicy, type LoadedPolicy } from '../../policy/load.ts';
import { Selector } from '../../policy/select.ts';
import { MountScout } from '../../scan/mount-scout.ts';
import { Probe } from '../../scan/probe.ts';
import { scan } from '../../scan/scan.ts';
import { withStartLinks } from '../../scan/start-links.ts';
import { followLinks } from '../../system/resolve.ts';
import { takeTurns } from '../../system/turns.ts';
import { LiveContents } from '../check/live-contents.ts';
import { carriedPackages } from '../check/packages.ts';
import type { Context } from '../context.ts';
import { examinedHost, isOfExaminedHost } from '../examined-host.ts';
import { openTree, startLinksNow } from '../open-tree.ts';
import { loadContextPolicy, policyNameFor } from '../policy/load-policy.ts';
import { isKnownHere } from './known-baseline.ts';
import { type WrittenGeneration, withCurrent, writeNextGeneration } from './new-generation.ts';
import { carriedStartLinks, comparingPolicy, PolicyChange, type PolicyChangeResult } from './policy-change.ts';

export interface PolicyUpdateRequest {
  readonly origin: GenerationOrigin;
  readonly expectSeal: string | undefined;
}

/** What came of an update; without a generation where the policy is in force already. */
export interface PolicyUpdate {
  /** The policy that is in force now. */
  readonly loaded: LoadedPolicy;
  readonly made: { readonly written: WrittenGeneration; readonly result: PolicyChangeResult } | undefined;
}

export async function updatePolicy(
  context: Context,
  { origin, expectSeal }: PolicyUpdateRequest,
): Promise<PolicyUpdate> {
  return withCurrent(context, 'policy update', expectSeal, async (current) => {
    const { header } = current;
    requireSameSystem(context, header);
    const isKnown = isKnownHere(context, current, { expectSeal });
    const loaded = loadContextPolicy(context, policyNameFor(context, header.policy, isKnown));
    const recorded = compilePolicy(header.policy).policy;
    const present = withStartLinks(recorded, header.startLinks);
    const scout = await MountScout.send({ root: context.root, policy: loaded.policy });
    const { found, settled } = await linksNow(context, current, present, loaded.policy, scout);
    const startLinks = carriedStartLinks(recorded, header.startLinks, loaded.policy, found, settled);
    warnOfTurned(context, found, startLinks);
    if (header.policySha256 === loaded.sha256 && isDeepStrictEqual(startLinks, header.startLinks)) {
      return { loaded, made: undefined };
    }
    const next = withStartLinks(loaded.policy, startLinks);
    let result: PolicyChangeResult | undefined;
    const written = await writeNextGeneration(context, {
      current,
      origin,
      policies: [present, next],
      rules: next.rules,
      write: async (writer) => {
        const live = await LiveContents.open(context, next.rules, undefined, scout);
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
              scout,
              progress: context.progress(current.entryCount),
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
    return { loaded, made: { written, result } };
  });
}

/** What is newly selected must come from the system that the rest was recorded of. */
function requireSameSystem(context: Context, header: BaselineHeader): void {
  const { root, log } = context;
  if (header.root !== pathFromText(root)) {
    throw new UserError('usage', `the baseline was made of ${printable(header.root)}, not of ${printableText(root)}`, {
      hint: `name that with --root: integ policy update --root ${printable(header.root)}`,
    });
  }
  const examined = examinedHost(context);
  if (isOfExaminedHost(examined, header.host)) return;
  log.warn(
    `the baseline was made on host ${printableText(header.host)}; what is newly selected is examined on ${examined.host}`,
  );
}

/** A path that leads elsewhere now is recorded as before, since nobody accepted that its link was turned. */
function warnOfTurned({ log }: Context, found: readonly StartLink[], carried: readonly StartLink[]): void {
  const known = new Set(carried.map(({ path, target }) => JSON.stringify([path, target])));
  const turned = found.filter(({ path, target }) => !known.has(JSON.stringify([path, target])));
  for (const path of new Set(turned.map((link) => link.path))) {
    log.warn(`${printable(path)} leads elsewhere than recorded: accept the change of its link, and update again`);
  }
}

/** The start links of today, and the paths whose links are all as they were recorded or accepted. */
async function linksNow(context: Context, current: BaselineReader, present: Policy, policy: Policy, scout: MountScout) {
  const tree = openTree(context, scout);
  try {
    const found = await startLinksNow(scout, policy, tree);
    const probe = new Probe(tree);
    const selector = new Selector(present);
    const isSettled = (link: Path): boolean => {
      const stored = recordedAt(current, link);
      // A new one under a rule that was in force is a finding first.
      if (stored === undefined) return selector.govern(link, 'symlink', ROOT) < 0;
      const now = probe.examine(link, []);
      return now instanceof Uint8Array && sameAttribute(stored.record, now, 'target');
    };
    const paths = new Set(found.map(({ path }) => path));
    const settled = new Set([...paths].filter((path) => followLinks(tree, path)?.links.every(isSettled) === true));
    return { found, settled };
  } finally {
    tree.close();
  }
}
