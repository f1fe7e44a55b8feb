/** What lintian finds and is meant to be so, each with its reason. */
import { RUNTIME } from '../../src/app/installation/files.ts';
import { STATE, TREE } from './system-files.ts';

const NODE = `*${TREE}/${RUNTIME.node}*`;

const OVERRIDES: readonly { readonly reason: string; readonly tags: readonly string[] }[] = [
  {
    reason:
      'The package brings the Node.js that integ is tested on, as that is published, with its libraries inside and\n# symbols by which a crash can be read. No Debian that is supported has one that is new enough.',
    tags: [`embedded-library ${NODE}`, `unstripped-binary-or-object ${NODE}`, `hardening-no-pie ${NODE}`],
  },
  {
    reason: 'better-sqlite3 brings its native file as it is, with the SQLite inside that it is tested with.',
    tags: [`unstripped-binary-or-object *${TREE}/node_modules/better-sqlite3/*`],
  },
  {
    reason: 'The first line is for a checkout: here nothing but /usr/bin/integ starts it, on the Node.js inside.',
    tags: [`missing-dep-for-interpreter node * *${TREE}/bin/integ.js*`],
  },
  {
    reason: "Baselines, histories and keys are nobody else's business.",
    tags: [`non-standard-dir-perm 0700 != 0755 *${STATE}/*`],
  },
  {
    reason: 'The licence of Node.js is given word for word, with those of its parts.',
    tags: ['copyright-file-contains-full-apache-2-license', 'old-fsf-address-in-copyright-file'],
  },
];

export const LINTIAN_OVERRIDES = OVERRIDES.map(
  ({ reason, tags }) => `# ${reason}\n${tags.map((tag) => `integ: ${tag}\n`).join('')}`,
).join('');
