/** Which shipped policies a host has a use for, each with the fact that says so. */
import { type Path, pathFromLatin1, pathFromText } from '../../model/bytes.ts';
import type { HostFacts } from '../../model/host-facts.ts';

interface Indication {
  readonly policy: string;
  /** Names of packages of Debian, RHEL and Alpine. */
  readonly packages: RegExp;
  readonly services: RegExp;
  /** What the software itself brings wherever it is installed by hand. */
  readonly paths: readonly string[];
}

/** In the order of the proposal; a policy that is not shipped is never proposed. */
const INDICATIONS: readonly Indication[] = [
  {
    policy: 'ssh',
    packages: /^openssh-server$/,
    services: /^sshd?$/,
    paths: ['/etc/ssh/sshd_config'],
  },
  {
    policy: 'sendmail',
    packages: /^sendmail(?:-bin)?$/,
    services: /^sendmail$/,
    paths: ['/etc/mail/sendmail.cf'],
  },
  {
    policy: 'postfix',
    packages: /^postfix$/,
    services: /^postfix$/,
    paths: ['/etc/postfix/main.cf'],
  },
  {
    policy: 'opensmtpd',
    packages: /^opensmtpd$/,
    services: /^(?:opensmtpd|smtpd)$/,
    paths: ['/etc/smtpd.conf', '/etc/smtpd/smtpd.conf'],
  },
  {
    policy: 'dovecot',
    packages: /^dovecot(?:-core)?$/,
    services: /^dovecot$/,
    paths: ['/etc/dovecot/dovecot.conf'],
  },
  {
    policy: 'web',
    packages: /^(?:nginx|nginx-(?:core|light|full|extras)|apache2|httpd|php[0-9.]*-fpm)$/,
    services: /^(?:nginx|apache2|httpd|php[0-9.]*-fpm)$/,
    paths: ['/etc/nginx/nginx.conf', '/etc/apache2/apache2.conf', '/etc/httpd/conf/httpd.conf'],
  },
  {
    policy: 'database',
    packages:
      /^(?:postgresql(?:-?[0-9]+|-server)?|(?:default-)?(?:mariadb|mysql)-server(?:-[0-9.]+)?|redis(?:-server)?|valkey(?:-server)?)$/,
    services: /^(?:postgresql|mariadb|mysqld?|redis(?:-server)?|valkey)$/,
    paths: ['/var/lib/postgresql', '/var/lib/pgsql/data', '/var/lib/mysql', '/var/lib/redis'],
  },
  {
    policy: 'containers',
    packages: /^(?:docker\.io|docker-ce|moby-engine|docker|podman|containerd|containerd\.io|cri-o)$/,
    services: /^(?:docker|podman|containerd|crio)$/,
    paths: ['/var/lib/docker', '/var/lib/containers/storage', '/var/lib/containerd'],
  },
];

/** Policies for a purpose, which no fact of the host shows. */
const PURPOSES: readonly (readonly [string, string])[] = [
  ['bastion', 'for a host that people log in to in order to reach others'],
  ['pci-dss', 'for a host with cardholder data'],
  ['cis', 'for a host that is held to a CIS benchmark'],
];

export const INDICATING_PATHS: readonly Path[] = INDICATIONS.flatMap(({ paths }) => paths).map(pathFromText);

export interface ProposedInclude {
  readonly policy: string;
  /** One character a byte. */
  readonly reason: string;
  /** False for one that the reader must decide about. */
  readonly isCertain: boolean;
}

function reasonOf(
  { packages, services, paths }: Indication,
  facts: HostFacts,
): Pick<ProposedInclude, 'reason' | 'isCertain'> | undefined {
  const name = [...facts.packages.keys()].filter((candidate) => packages.test(candidate)).sort()[0];
  if (name !== undefined) {
    return { reason: `package ${name} ${facts.packages.get(name) ?? ''} is installed`, isCertain: true };
  }
  const service = facts.services.find((candidate) => services.test(candidate));
  if (service !== undefined) return { reason: `service ${service} is started`, isCertain: true };
  const path = paths.map(pathFromText).find((candidate) => facts.existing.has(candidate));
  if (path === undefined) return undefined;
  // What was left behind by a removed package is no reason.
  return facts.packages.size === 0
    ? { reason: `${path} is there`, isCertain: true }
    : { reason: `${path} is there, but no package and no service of it`, isCertain: false };
}

/** `available`: the policies that are shipped; `base`: the one for the system. */
export function proposeIncludes(
  facts: HostFacts,
  available: readonly string[],
  base: string,
): readonly ProposedInclude[] {
  const system = pathFromLatin1(pathFromText(facts.system.prettyName));
  return [
    { policy: base, reason: `the system is ${system}`, isCertain: true },
    ...INDICATIONS.flatMap((indication) => {
      const reason = reasonOf(indication, facts);
      return reason === undefined ? [] : [{ policy: indication.policy, ...reason }];
    }),
    ...PURPOSES.map(([policy, reason]) => ({ policy, reason, isCertain: false })),
  ].filter(({ policy }) => available.includes(policy));
}
