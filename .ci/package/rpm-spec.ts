/** The spec of the rpm: what it needs, which files are in it with which rights, what runs around installing. */
import { SERVICE, TIMER } from '../../src/app/schedule/unit-names.ts';
import { DISTRIBUTION_VERSION } from './checkout.ts';
import type { Stage, Staged } from './stage.ts';
import { CONFIGURATION, DOCUMENTATION, EXAMPLE, STATE, TREE } from './system-files.ts';

/** Directories that are this package's; those above belong to the system. */
const OWN = [TREE, CONFIGURATION, STATE, DOCUMENTATION];

const isOwn = (path: string): boolean => OWN.some((folder) => path === folder || path.startsWith(`${folder}/`));

function line({ path, kind, mode }: Staged): string {
  const what = kind === 'directory' ? '%dir ' : path === EXAMPLE ? '%config(noreplace) ' : '';
  const about = path.startsWith(`${DOCUMENTATION}/`) && kind === 'file' ? '%doc ' : '';
  return `%attr(${mode.toString(8).padStart(4, '0')}, root, root) ${what}${about}"/${path}"`;
}

export function rpmSpec(stage: Stage): string {
  const listed = stage.all().filter(({ path, kind }) => kind === 'file' || isOwn(path));
  return `Name: integ
Version: ${DISTRIBUTION_VERSION}
Release: 1
Summary: File integrity monitor with a sealed baseline
License: MIT AND Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND ISC AND MIT-0 AND Unicode-3.0 AND Zlib AND blessing AND (GPL-3.0-or-later WITH GCC-exception-3.1)
Group: Applications/System
# What is inside is needed by nothing else, and what it needs is said here.
AutoReqProv: no
Requires: /bin/sh, glibc >= 2.28, libgcc, libstdc++ >= 5.2
Recommends: openssh-clients

# The files are as they must be: nothing is stripped, compressed or moved.
%global __os_install_post %{nil}
%global __spec_install_pre %{nil}
%global debug_package %{nil}
%global _build_id_links none
%global _docdir_fmt %{NAME}

%description
integ records what the files of a host are, in a sealed baseline, and reports
what was added, removed, changed or moved since, worst first, and what could
not be examined.

It brings the Node.js it runs on. Nothing is started or scheduled by
installing it: integ policy new, integ init and integ schedule install do.

%post
[ ! -d /run/systemd/system ] || systemctl daemon-reload >/dev/null 2>&1 || :

%preun
# Only the timer that this package brought: one that integ schedule install wrote stays, as configuration does.
if [ "$1" = 0 ] && [ ! -e /etc/systemd/system/${TIMER} ] && command -v systemctl >/dev/null; then
  systemctl --no-reload disable ${TIMER} >/dev/null 2>&1 || :
  [ ! -d /run/systemd/system ] || systemctl stop ${TIMER} ${SERVICE} >/dev/null 2>&1 || :
fi

%postun
[ ! -d /run/systemd/system ] || systemctl daemon-reload >/dev/null 2>&1 || :

%files
%defattr(-, root, root)
${listed.map(line).join('\n')}
`;
}
