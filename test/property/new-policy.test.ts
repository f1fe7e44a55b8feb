import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathFromLatin1 } from '../../src/model/bytes.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { proposePolicy } from '../../src/policy/propose/propose.ts';
import { readerOf } from '../support/compiled-policies.ts';
import { hostileName, hostileText } from '../support/hostile-names.ts';

const base = loadPolicy('b', readerOf({ b: 'version: 1\ninclude: [builtin:debian-base]\n' })).policy;
const latin1 = hostileText.map((text) => Buffer.from(text, 'utf8').toString('latin1'));

test('whatever a host calls its packages, mounts, directories and accounts, the proposal is a policy of its own', () => {
  fc.assert(
    fc.property(fc.array(hostileName, { minLength: 1, maxLength: 4 }), latin1, hostileText, (names, bytes, text) => {
      const paths = (directory: string) => names.map((name) => pathFromLatin1(`${directory}/${name}`));
      const proposal = proposePolicy(
        {
          hostName: text === '' ? 'host' : 'mail1',
          system: { id: 'debian', idLike: [], prettyName: text },
          packages: new Map([
            ['postfix', bytes],
            ['redis', bytes],
          ]),
          services: names,
          servicePrograms: paths('/srv/bin').map((program) => ({ unit: `${bytes}.service`, program })),
          mounts: paths('/mnt').map((path) => ({ path, type: 'nfs4' })),
          existing: new Set([pathFromLatin1('/usr/sbin/sendmail')]),
          directories: new Map([[pathFromLatin1('/srv'), paths('/srv')]]),
          accounts: paths('/data').map((home) => ({
            name: bytes,
            home,
            shell: pathFromLatin1('/bin/sh'),
            hasHome: true,
          })),
          unread: [text],
        },
        ['debian-base'],
        'debian-base',
      );
      const { policy } = loadPolicy('p', readerOf({ p: proposal }));
      expect(policy.rules.slice(0, base.rules.length).map(({ name }) => name)).toEqual(
        base.rules.map(({ name }) => name),
      );
      expect(policy.rules.length - base.rules.length).toBeLessThanOrEqual(3);
      const readable = policy.rules.slice(base.rules.length).flatMap((rule) => rule.paths.map((path) => path.text));
      for (const written of readable) expect(written).toMatch(/^\/(?:srv|data)\//);
    }),
    { numRuns: 60 },
  );
});
