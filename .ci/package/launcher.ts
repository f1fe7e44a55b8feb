/** The command `integ` of a package: starts integ on its own Node.js, whatever the environment says. */
import { RUNTIME } from '../../src/app/installation/files.ts';

/**
 * Variables by which Node.js, or the OpenSSL in it, runs other code, or writes files of its own (node(1), openssl(7)).
 * Those of the dynamic loader have had their effect on the shell already: integ names them in its report.
 */
const UNSET = [
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_COMPILE_CACHE',
  'NODE_V8_COVERAGE',
  'NODE_REDIRECT_WARNINGS',
  'NODE_ICU_DATA',
  'NODE_CHANNEL_FD',
  'OPENSSL_CONF',
  'OPENSSL_ENGINES',
  'OPENSSL_MODULES',
];

const HEAD = `#!/bin/sh
# Starts integ on its own Node.js. By these, Node.js would run other code or write files of its own.
unset ${UNSET.join(' ')}
`;

/** For a tree that lies at a known place. */
export function systemLauncher(tree: string): string {
  return `${HEAD}exec /${tree}/${RUNTIME.node} /${tree}/bin/integ.js "$@"\n`;
}

/** For a tree that was unpacked anywhere, in which this lies: it may be started through symbolic links. */
export function archiveLauncher(): string {
  return `${HEAD}program=$0
while [ -h "$program" ]; do
  target=$(command -p readlink "$program")
  case $target in
    /*) program=$target ;;
    *) program=$(command -p dirname "$program")/$target ;;
  esac
done
case $program in
  */*) tree=\${program%/*} ;;
  *) tree=. ;;
esac
exec "\${tree:-/}/${RUNTIME.node}" "\${tree:-/}/bin/integ.js" "$@"
`;
}
