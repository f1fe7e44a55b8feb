/**
 * Rules for what is special about a host: data, applications and programs that no shipped policy can know by name. They
 * are made to stay quiet where programs write, and to be narrowed by whoever knows the host.
 */
import { isReadable, isWithin, type Path, pathFromText } from '../../model/bytes.ts';
import type { HostFacts } from '../../model/host-facts.ts';
import { escapedGlob } from '../glob.ts';
import type { WrittenRule } from '../rule-text.ts';

const SRV = pathFromText('/srv');
const WEB_ROOTS = pathFromText('/var/www');
const OPT = pathFromText('/opt');
/** Stores of virtual users; the spools of local ones are in the policies for the system. */
const MAIL_STORES = ['/var/vmail', '/var/mail/vhosts', '/srv/vmail', '/srv/mail', '/home/vmail'].map(pathFromText);

const WRITTEN_BY_SITES = '/var/www/**/{cache,uploads,tmp,sessions,logs}';
const WRITTEN_BY_APPLICATIONS = '/opt/**/{log,logs,tmp,cache,data,run}';

export const LISTED_DIRECTORIES: readonly Path[] = [SRV, WEB_ROOTS, OPT];
export const DATA_PATHS: readonly Path[] = MAIL_STORES;

/** Where the policies for a system look at every program already. */
const WATCHED_PROGRAMS = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/opt', '/etc'].map(pathFromText);
/** What a login, a shell or a mailer reads in a home. */
const LOGIN_FILES = '.{ssh,forward,rhosts,shosts,profile,bashrc,bash_profile,bash_login,zshrc,pgpass,netrc}';
/** An empty shell is /bin/sh (passwd(5)). */
const NO_LOGIN = /\/(?:nologin|false|sync|shutdown|halt|true)$/;

function unwritable(paths: readonly Path[]): readonly Path[] {
  return paths.filter((path) => !isReadable(path));
}

function patterns(paths: readonly Path[], reason: (path: Path) => string | undefined = () => undefined) {
  return paths.filter(isReadable).map((path) => ({ text: escapedGlob(path), reason: reason(path) }));
}

function servedData(facts: HostFacts, isSettled: (path: Path) => boolean): readonly WrittenRule[] {
  const served = (facts.directories.get(SRV) ?? []).filter((path) => !isSettled(path) && !MAIL_STORES.includes(path));
  // A policy that looks into all of them names none.
  const sites = isSettled(WEB_ROOTS) ? [] : (facts.directories.get(WEB_ROOTS) ?? []).filter((path) => !isSettled(path));
  return [
    {
      name: 'Data in /srv',
      comment:
        'whose the directories are and who may write them; add a rule with watch: config for what does not change',
      severity: 'medium',
      paths: patterns(served),
      types: ['directory'],
      depth: 2,
      watch: ['dynamic'],
    },
    {
      name: 'Sites',
      comment: 'what is served is code; what the application writes is left out',
      severity: 'high',
      paths: patterns(sites),
      exclude: [WRITTEN_BY_SITES],
      types: [],
      watch: ['config'],
    },
    {
      name: 'Written by sites',
      comment: 'the directories that they write to, by their rights',
      severity: 'high',
      paths: sites.length === 0 ? [] : [{ text: WRITTEN_BY_SITES }],
      types: ['directory'],
      depth: 0,
      watch: ['dynamic'],
    },
  ];
}

function mailStores(facts: HostFacts, isSettled: (path: Path) => boolean): readonly WrittenRule[] {
  return [
    {
      name: 'Stores of virtual mail users',
      comment: 'messages come and go; whose the directories are and who may read them does not change',
      severity: 'high',
      paths: patterns(MAIL_STORES.filter((path) => facts.existing.has(path) && !isSettled(path))),
      types: ['directory'],
      depth: 2,
      watch: ['dynamic'],
    },
  ];
}

function applications(facts: HostFacts, isSettled: (path: Path) => boolean): readonly WrittenRule[] {
  const isPart = (path: Path): boolean => facts.servicePrograms.some(({ program }) => isWithin(program, path));
  const running = (facts.directories.get(OPT) ?? []).filter((path) => isPart(path) && !isSettled(path));
  return [
    {
      name: 'Applications that services run from /opt',
      comment:
        'a change runs with the rights of the service; what applications write below their directory is left out',
      severity: 'critical',
      paths: patterns(running),
      exclude: [WRITTEN_BY_APPLICATIONS],
      types: [],
      watch: ['config'],
    },
  ];
}

function programs(facts: HostFacts): readonly WrittenRule[] {
  const outside = facts.servicePrograms.filter(
    ({ program }) => !WATCHED_PROGRAMS.some((directory) => isWithin(program, directory)),
  );
  const units = new Map(outside.map(({ unit, program }) => [program, unit]));
  return [
    {
      name: 'Programs that services run from elsewhere',
      comment: 'they run by themselves and lie where no shipped policy looks',
      severity: 'critical',
      paths: patterns([...units.keys()].sort(), (path) => `started by ${units.get(path) ?? ''}`),
      types: [],
      watch: ['config'],
    },
  ];
}

function homes(facts: HostFacts): readonly WrittenRule[] {
  const isElsewhere = (home: Path): boolean =>
    home !== '/' &&
    home !== '/root' &&
    !/^\/home\/[^/]+$/.test(home) &&
    !/^\/(?:usr|bin|sbin|dev|proc)(?:\/|$)/.test(home);
  const accounts = facts.accounts.filter(
    ({ home, shell, hasHome }) => hasHome && isElsewhere(home) && !NO_LOGIN.test(shell),
  );
  const names = new Map<Path, string>();
  for (const { name, home } of accounts) names.set(home, [...(names.get(home)?.split(', ') ?? []), name].join(', '));
  const found = patterns([...names.keys()].sort(), (path) => `home of ${names.get(path) ?? ''}`);
  return [
    {
      name: 'Login files of accounts with a home elsewhere',
      comment: 'accounts with a login shell: a key added here is a way in that the policy for the system does not see',
      severity: 'high',
      paths: found.map(({ text, reason }) => ({ text: `${text}/${LOGIN_FILES}`, reason })),
      types: [],
      watch: ['config'],
    },
  ];
}

/**
 * The rules that select something; and paths that no pattern can say. `isSettled`: what is ignored, or watched already.
 */
export function proposeRules(
  facts: HostFacts,
  isSettled: (path: Path) => boolean,
): { readonly rules: readonly WrittenRule[]; readonly unwritable: readonly Path[] } {
  const rules = [
    ...servedData(facts, isSettled),
    ...mailStores(facts, isSettled),
    ...applications(facts, isSettled),
    ...programs(facts),
    ...homes(facts),
  ].filter(({ paths }) => paths.length > 0);
  const named = [
    ...LISTED_DIRECTORIES.flatMap((path) => facts.directories.get(path) ?? []),
    ...facts.servicePrograms.map(({ program }) => program),
    ...facts.accounts.filter(({ hasHome }) => hasHome).map(({ home }) => home),
  ];
  return { rules, unwritable: [...new Set(unwritable(named))].sort() };
}
