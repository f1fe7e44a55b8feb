/** Mail addresses as they leave this machine. */
import { isQualified } from '../../system/qualified-name.ts';

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
/** The longest a domain can be in the DNS (RFC 1035). */
const LONGEST_DOMAIN = 253;

/** The name of this machine as the domain of an address (RFC 5321 section 4.1.2), or one that is nobody else's. */
function domainOf(hostName: string): string {
  return hostName.length <= LONGEST_DOMAIN && DOMAIN.test(hostName) ? hostName : 'localhost.localdomain';
}

/** What says by which name other mail servers know this machine. */
export interface Names {
  /** As the policy has it. */
  readonly setting: string | undefined;
  readonly qualifiedName: () => Promise<string | undefined>;
  /** The sender, as the policy has it. */
  readonly from: string | undefined;
  readonly hostName: string;
}

/** The domain of this machine in mail: of these names the first that there is. */
export async function mailDomain({ setting, qualifiedName, from, hostName }: Names): Promise<string> {
  const domain = setting ?? (await qualifiedName());
  if (domain !== undefined) return domain;
  const [, ofSender] = from?.split('@') ?? [];
  return ofSender !== undefined && isQualified(ofSender) ? ofSender : domainOf(hostName);
}

/**
 * A local user with the domain of this machine: for a header, which RFC 5322 wants whole, and for a server elsewhere,
 * which does not know who `root` is. The local mailer does, so it is told `root`.
 */
export function qualified(address: string, domain: string): string {
  return address.includes('@') ? address : `${address}@${domain}`;
}
