/** Imports configurations that are held in memory, and asks the policies that come of it. */
import type { ObjectType } from '../../src/model/attributes.ts';
import { pathFromText, ROOT } from '../../src/model/bytes.ts';
import { UserError } from '../../src/model/errors.ts';
import type { Policy } from '../../src/model/rule.ts';
import { readAideConfig } from '../../src/policy/import/aide/config.ts';
import { type FittingConfig, readFittingConfig } from '../../src/policy/import/aide/fitting.ts';
import { noteOldDescent } from '../../src/policy/import/aide/old-descent.ts';
import { translateAide } from '../../src/policy/import/aide/translate.ts';
import type { AideVersion } from '../../src/policy/import/aide/version.ts';
import type { ImportFiles } from '../../src/policy/import/files.ts';
import { type Note, Notes, placesText } from '../../src/policy/import/notes.ts';
import { readFilePaths } from '../../src/policy/import/osquery/file-paths.ts';
import { translateFilePaths } from '../../src/policy/import/osquery/translate.ts';
import { type ImportedRule, policyText } from '../../src/policy/import/policy-text.ts';
import { readSamhainrc } from '../../src/policy/import/samhain/samhainrc.ts';
import { translateSamhainrc } from '../../src/policy/import/samhain/translate.ts';
import { readTripwirePolicy } from '../../src/policy/import/tripwire/statements.ts';
import { type Location, translateTripwire } from '../../src/policy/import/tripwire/translate.ts';
import { readSyscheck } from '../../src/policy/import/wazuh/syscheck.ts';
import { translateSyscheck } from '../../src/policy/import/wazuh/translate.ts';
import { compilePolicy } from '../../src/policy/load.ts';
import { Selector } from '../../src/policy/select.ts';

/** Files by path; a path that ends in a star is a program. */
function filesOf(files: Readonly<Record<string, string>>): ImportFiles {
  const find = (path: string): string | undefined => files[path] ?? files[`${path}*`];
  const names = Object.keys(files).map((path) => path.replace(/\*$/, ''));
  return {
    read: (path) => {
      const content = find(path);
      if (content === undefined) throw new UserError('missing', `${path}: no such file`);
      return content;
    },
    list: (directory) => {
      const prefix = `${directory.replace(/\/$/, '')}/`;
      const below = names.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      return below.filter((name) => !name.includes('/')).sort();
    },
    exists: (path) => find(path) !== undefined,
    isProgram: (path) => files[`${path}*`] !== undefined,
    hostName: 'mail1',
  };
}

export interface Imported {
  readonly text: string;
  readonly policy: Policy;
  readonly notes: readonly Note[];
  /** Notes as "text: places". */
  readonly remarks: readonly string[];
  /** What is watched of an object, apart from the type; undefined when nothing is. */
  readonly watches: (path: string, type?: ObjectType) => string | undefined;
}

export function importAide(
  config: string | readonly string[],
  version: AideVersion = '0.19',
  others: Readonly<Record<string, string>> = {},
): Imported {
  const notes = new Notes();
  const main = typeof config === 'string' ? config : `${config.join('\n')}\n`;
  const { rules } = readAideConfig('/aide.conf', filesOf({ '/aide.conf': main, ...others }), version, notes);
  if (version === '0.16') noteOldDescent(rules, notes);
  return imported('AIDE', translateAide(rules, version, notes), notes);
}

/** Reads a configuration as the version means it that it is for. */
export function fitAide(
  lines: readonly string[],
  asked?: AideVersion,
  installed?: AideVersion,
  problem?: string,
): FittingConfig {
  const files = filesOf({ '/aide.conf': `${lines.join('\n')}\n` });
  return readFittingConfig('/aide.conf', files, asked, () => ({ version: installed, problem }));
}

/** `links` are symbolic links of the host, by their real paths, with what they lead to. */
export function importTripwire(
  policy: string | readonly string[],
  links: Readonly<Record<string, string>> = {},
): Imported {
  const notes = new Notes();
  const text = typeof policy === 'string' ? policy : `${policy.join('\n')}\n`;
  const locate = (path: string): Location => {
    const way = Object.keys(links).find((link) => path.startsWith(`${link}/`));
    if (way !== undefined) return locate(`${links[way]}${path.slice(way.length)}`);
    return { path, isLink: Object.hasOwn(links, path) };
  };
  const points = readTripwirePolicy('/twpol.txt', filesOf({ '/twpol.txt': text }), notes);
  return imported('Tripwire', translateTripwire(points, locate, notes), notes);
}

/** `links` are the symbolic links of the host. */
export function importWazuh(config: string, links: readonly string[] = []): Imported {
  const notes = new Notes();
  const syscheck = readSyscheck('/ossec.conf', filesOf({ '/ossec.conf': config }), notes);
  return imported(
    'Wazuh',
    translateSyscheck(syscheck, (path) => links.includes(path), notes),
    notes,
  );
}

export function importOsquery(config: string): Imported {
  const notes = new Notes();
  const categories = readFilePaths('/osquery.conf', filesOf({ '/osquery.conf': config }), notes);
  return imported('osquery', translateFilePaths(categories, notes), notes);
}

/** `links` are the symbolic links of the host, which is `mail1`. */
export function importSamhain(lines: string | readonly string[], links: readonly string[] = []): Imported {
  const notes = new Notes();
  const text = typeof lines === 'string' ? lines : `${lines.join('\n')}\n`;
  const config = readSamhainrc('/samhainrc', filesOf({ '/samhainrc': text, '/etc/motd': '' }), notes);
  return imported(
    'Samhain',
    translateSamhainrc(config, (path) => links.includes(path), notes),
    notes,
  );
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function imported(source: string, rules: readonly ImportedRule[], notes: Notes): Imported {
  const text = policyText({ name: 'test', source, notes: notes.all(), rules });
  const { policy } = compilePolicy([{ name: 'imported', text }]);
  const selector = new Selector(policy);
  return {
    text,
    policy,
    notes: notes.all(),
    remarks: notes.all().map(({ text: bytes, places }) => `${textOf(bytes)}: ${placesText(places)}`),
    watches: (path, type = 'file') => {
      const rule = policy.rules[selector.govern(pathFromText(path), type, ROOT)];
      return rule?.watch.attributes.filter((name) => name !== 'type').join(' ');
    },
  };
}
