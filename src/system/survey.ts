/**
 * Looks at what a host is for: packages, services, mounts, accounts, and whether certain places exist. Reads a few
 * small files and directories within the examined root and decides nothing. What cannot be read is told.
 */
import { joinPath, type Path, pathFromLatin1, printable } from '../model/bytes.ts';
import { errorCode, SystemError, UserError } from '../model/errors.ts';
import type { Account, HostFacts } from '../model/host-facts.ts';
import { GlobFileSystem } from './glob-fs.ts';
import { readMounts } from './mounts.ts';
import { readOsRelease } from './os-release.ts';
import { readInstalledPackages } from './packages/managers.ts';
import { rootHostName } from './root-host-name.ts';
import { readRootedFile } from './rooted-file.ts';
import type { Tree } from './tree.ts';

/** What is asked for beside what every survey tells. */
export interface SurveyQuestions {
  readonly exist: readonly Path[];
  /** Directories of which the directories in them are wanted. */
  readonly list: readonly Path[];
}

const SMALL_FILE = 16 * 1024 * 1024;
const UNITS = pathFromLatin1('/etc/systemd/system');
const UNIT_SUFFIX = /(?:@[^.]*)?\.(?:service|socket|timer|path)$/;
/** Where the services of a runlevel stand: names of SysV init with their order, of OpenRC without. */
const RUNLEVELS: readonly (readonly [Path, RegExp])[] = [
  ...['2', '3', '4', '5'].map((level) => [pathFromLatin1(`/etc/rc${level}.d`), /^S[0-9]{2}/] as const),
  ...['boot', 'default'].map((level) => [pathFromLatin1(`/etc/runlevels/${level}`), /^/] as const),
];
/** ExecStart= of systemd.service(5), with the characters that may stand before the program. */
const STARTS = /^Exec(?:Start|StartPre|StartPost)=[-@:+!|]*(?<program>\/[^ \t\r"']+)/;

/** A path as a policy names it. Undefined for one with `..` in it, which depends on the links on the way. */
function plainPath(written: string): Path | undefined {
  const names = written.split('/').filter((name) => name !== '' && name !== '.');
  return names.includes('..') || written.includes('\0') ? undefined : pathFromLatin1(`/${names.join('/')}`);
}

class Survey {
  readonly #root: Path;
  readonly #files: GlobFileSystem;
  readonly #unread = new Set<string>();

  constructor(tree: Tree, root: Path) {
    this.#root = root;
    this.#files = new GlobFileSystem(tree);
  }

  facts(questions: SurveyQuestions): Omit<HostFacts, 'hostName' | 'system'> {
    const { versions, problem } = readInstalledPackages(this.#root, (path) => this.#exists(path));
    if (problem !== undefined) this.#unread.add(problem);
    const found = {
      packages: versions,
      services: this.#services(),
      servicePrograms: this.#servicePrograms(),
      mounts: this.#mounts(),
      existing: new Set(questions.exist.filter((path) => this.#exists(path))),
      directories: new Map(questions.list.map((path) => [path, this.#directories(path)])),
      accounts: this.#accounts(),
    };
    return { ...found, unread: [...this.#unread].sort() };
  }

  #list(directory: Path): ReturnType<GlobFileSystem['list']> {
    try {
      return this.#files.list(directory);
    } catch (error) {
      this.#note(directory, error);
      return [];
    }
  }

  #exists(path: Path): boolean {
    try {
      return this.#files.exists(path);
    } catch (error) {
      this.#note(path, error);
      return false;
    }
  }

  text(path: Path): string {
    try {
      return readRootedFile(this.#root, path, SMALL_FILE)?.toString('latin1') ?? '';
    } catch (error) {
      this.#note(path, error);
      return '';
    }
  }

  /** What somebody wrote for a path, as a policy can name it; what cannot be named is told. */
  #named(written: string): readonly Path[] {
    const path = plainPath(written);
    if (path !== undefined) return [path];
    this.#unread.add(`${printable(pathFromLatin1(written))} is no path that a policy can name`);
    return [];
  }

  /** What is not there is no news, nor is a link or a file where a directory might be. */
  #note(path: Path, error: unknown): void {
    if (!(error instanceof SystemError)) throw error;
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) return;
    this.#unread.add(`${printable(path)} could not be read: ${errorCode(error)}`);
  }

  #directories(directory: Path): readonly Path[] {
    return this.#list(directory)
      .filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => joinPath(directory, name));
  }

  #services(): readonly string[] {
    const names = new Set<string>();
    for (const { name, isDirectory } of this.#list(UNITS)) {
      if (!isDirectory || !/\.(?:wants|requires)$/.test(name)) continue;
      for (const unit of this.#list(joinPath(UNITS, name))) {
        if (UNIT_SUFFIX.test(unit.name)) names.add(unit.name.replace(UNIT_SUFFIX, ''));
      }
    }
    for (const [directory, order] of RUNLEVELS) {
      for (const { name } of this.#list(directory)) if (order.test(name)) names.add(name.replace(order, ''));
    }
    return [...names].sort();
  }

  #servicePrograms(): HostFacts['servicePrograms'] {
    return this.#list(UNITS)
      .filter(({ name, type }) => type === 'file' && name.endsWith('.service'))
      .flatMap(({ name }) => {
        const lines = this.text(joinPath(UNITS, name)).split('\n');
        const programs = new Set(lines.map((line) => STARTS.exec(line)?.groups?.['program']));
        return [...programs]
          .filter((program) => program !== undefined)
          .flatMap((program) => this.#named(program))
          .map((program) => ({ unit: name, program }))
          .filter(({ program }) => this.#exists(program));
      });
  }

  #mounts(): HostFacts['mounts'] {
    try {
      return readMounts(this.#root).map(({ path, type }) => ({ path, type }));
    } catch (error) {
      if (!(error instanceof SystemError || error instanceof UserError)) throw error;
      this.#unread.add(`the mounts are not known: ${error.message}`);
      return [];
    }
  }

  #accounts(): readonly Account[] {
    return this.text(pathFromLatin1('/etc/passwd'))
      .split('\n')
      .flatMap((line) => {
        const [name = '', , , , , home = '', shell = ''] = line.split(':');
        if (name === '' || !home.startsWith('/')) return [];
        return this.#named(home).map((path) => ({
          name,
          home: path,
          shell: pathFromLatin1(shell),
          hasHome: this.#exists(path),
        }));
      });
  }
}

/** The facts about the system of a tree, whose root directory on this host is `root`. */
export function surveyHost(tree: Tree, root: Path, liveName: string, questions: SurveyQuestions): HostFacts {
  const survey = new Survey(tree, root);
  const { id, idLike, prettyName } = readOsRelease(root);
  const hostName = root === '/' ? liveName : (rootHostName(root) ?? 'host');
  return { hostName, system: { id, idLike, prettyName }, ...survey.facts(questions) };
}
