/** What to say to a scanner that looks for AIDE by name. Every sentence is true of any host with a baseline. */

export const COMPENSATING_CONTROL: readonly string[] = [
  'Scanners for CIS benchmarks and DISA STIGs (OpenSCAP and its kin) look for the program AIDE by name: that the package is installed, that its database exists, that cron or a timer runs aide --check, that /etc/aide.conf lists the audit tools. They do not look at what is monitored.',
  'On a host with integ instead of AIDE these automated checks fail, and integ does nothing to make them pass. The failure is to be recorded as an exception, with integ as the compensating control; whether that is accepted is for the assessor to decide.',
  'Package installed and database exists: the purpose is a record to compare with. integ baseline show prints when it was made, of how many objects, its seal and its signature; integ baseline verify verifies every byte of it.',
  'Checked regularly: the purpose is that a change is noticed in time. integ schedule show prints the timer or cron job; integ report list prints every check that was made and the nights without one, and verifies that none was removed or edited.',
  'Mail after a check: integ notify test sends through every channel of the policy; integ notify queue prints what could not be delivered.',
  'Audit tools protected: integ policy explain /usr/sbin/auditctl prints the rule that governs it and what that watches; mode inode nlink uid gid size blocks acl xattrs sha512 are what the benchmark lists as p+i+n+u+g+s+b+acl+xattrs+sha512.',
  'Where a scanner takes tailoring (XCCDF), deselect the rules package_aide_installed and those whose names begin with aide_, and keep this document with the tailoring as the reason.',
];

/** Commands that show what the text says. */
export const COMPENSATING_COMMANDS: readonly string[] = [
  'integ baseline show',
  'integ baseline verify',
  'integ schedule show',
  'integ report list',
  'integ notify queue',
  'integ policy explain /usr/sbin/auditctl',
];
