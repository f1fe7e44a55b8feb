/** Reads the configuration of another program as rules of a policy. */
import { pathFromText } from '../../model/bytes.ts';
import type { AideVersion } from '../../policy/import/aide/attributes.ts';
import { readAideConfig } from '../../policy/import/aide/config.ts';
import { translateAide } from '../../policy/import/aide/translate.ts';
import type { Notes } from '../../policy/import/notes.ts';
import type { ImportedRule } from '../../policy/import/policy-text.ts';
import type { ForeignProgram } from '../../policy/import/programs.ts';
import { readTripwirePolicy } from '../../policy/import/tripwire/statements.ts';
import { translateTripwire } from '../../policy/import/tripwire/translate.ts';
import type { Tree } from '../../system/tree.ts';
import type { Context } from '../context.ts';
import { examinedHost } from '../examined-host.ts';
import { aideDryRun, installedAideVersion } from './aide-program.ts';
import type { ForeignChoice } from './compare.ts';
import { importFilesOf } from './files.ts';
import { locator, tripwireChoices } from './tripwire.ts';

interface ImportRequest {
  readonly context: Context;
  readonly tree: Tree;
  readonly file: string;
  /** Takes what cannot be carried over exactly. */
  readonly notes: Notes;
}

/** What was made of the file of another program, and how that program can be asked what it selects by it. */
export interface Imported {
  readonly program: string;
  /** What the file is, for the first line of the policy. */
  readonly what: string;
  readonly rules: readonly ImportedRule[];
  readonly ask: () => Promise<readonly ForeignChoice[]>;
}

function importAide({ context, file, notes }: ImportRequest, asked: AideVersion | undefined): Imported {
  const version = asked ?? installedAideVersion();
  return {
    program: 'AIDE',
    what: `the configuration of AIDE ${version}`,
    rules: translateAide(
      readAideConfig(pathFromText(file), importFilesOf(examinedHost(context).host), version, notes),
      version,
      notes,
    ),
    ask: () => aideDryRun(context, file),
  };
}

function importTripwire({ context, tree, file, notes }: ImportRequest): Imported {
  return {
    program: 'Tripwire',
    what: 'the policy of Tripwire',
    rules: translateTripwire(
      readTripwirePolicy(pathFromText(file), importFilesOf(examinedHost(context).host), notes),
      locator(tree),
      notes,
    ),
    ask: () => tripwireChoices(context, tree, file),
  };
}

/** `aideVersion`: whose meaning the rules of AIDE have; undefined: that of the one installed here. */
export function importForeign(
  from: ForeignProgram,
  request: ImportRequest,
  aideVersion: AideVersion | undefined,
): Imported {
  switch (from) {
    case 'aide':
      return importAide(request, aideVersion);
    case 'tripwire':
      return importTripwire(request);
    default:
      return from satisfies never;
  }
}
