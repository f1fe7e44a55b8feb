/**
 * Every kind of requirement, kept and violated, judged alike on this system, below another root and on another host.
 */
import { chmodSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { REQUIREMENT_NAMES, REQUIREMENTS, type RequirementKey } from '../../src/model/requirement.ts';
import { type Box, box, PROGRAM } from '../support/integ.ts';
import { isRoot } from '../support/privileges.ts';
import { tool, works } from '../support/programs.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { noSshd, startSshd } from '../support/sshd.ts';

interface Sample {
  /** What the policy says of an object that is as it should be, and of one that is not. */
  readonly kept: string;
  readonly violated: string;
  /**
   * Makes an object of either kind at a name below the tree; default: a file of mode 0644 with the content "content".
   */
  readonly make?: (it: Box, name: string, isKept: boolean) => void;
}

const CONTENT_SHA256 = '434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53';
const LONG_AGO = 1_000_000_000;

const SAMPLES: Readonly<Record<RequirementKey, Sample>> = {
  exists: { kept: 'true', violated: 'false' },
  type: {
    kept: 'symlink',
    violated: 'directory',
    make: (it, name) => symlinkSync('elsewhere', it.path(name)),
  },
  owner: { kept: '[0, root]', violated: 'no-such-user' },
  group: { kept: '0', violated: '4242' },
  mode: { kept: "{ max: '0755' }", violated: "'0600'" },
  flags: {
    kept: '[immutable]',
    violated: '[immutable]',
    make: (it, name, isKept) => {
      it.file(name);
      if (isKept) tool('chattr', '+i', it.path(name));
    },
  },
  sha256: { kept: `'${CONTENT_SHA256}'`, violated: `'${'0'.repeat(64)}'` },
  no_setuid: {
    kept: 'true',
    violated: 'true',
    make: (it, name, isKept) => void it.file(name, 'x', isKept ? 0o755 : 0o4755),
  },
  parents_not_writable: {
    kept: 'true',
    violated: 'true',
    make: (it, name, isKept) => {
      if (!isKept) {
        mkdirSync(it.path('open'));
        chmodSync(it.path('open'), 0o777);
      }
      it.file(name);
    },
  },
  max_age: {
    kept: "'1d'",
    violated: "'1d'",
    make: (it, name, isKept) => {
      it.file(name);
      if (!isKept) utimesSync(it.path(name), LONG_AGO, LONG_AGO);
    },
  },
  content: { kept: "{ matches: '^content$' }", violated: "{ not_matches: '^content$' }" },
};

const KEYS = REQUIREMENT_NAMES.map((name) => REQUIREMENTS[name].key);

/** A root of its own with one object for each key and kind; the tree lies where nobody but root may write. */
class Objects {
  readonly it = box('/var/lib');
  readonly #names: readonly (readonly [key: RequirementKey, isKept: boolean, name: string])[];

  constructor() {
    chmodSync(this.it.directory, 0o755);
    // What chattr +i needs is not there in every container; requirements.test.ts skips visibly then.
    const probe = this.it.file('probe');
    const hasFlags = works('chattr', '+i', probe);
    if (hasFlags) tool('chattr', '-i', probe);
    this.#names = KEYS.flatMap((key) => {
      const violated = [key, false, key === 'parents_not_writable' ? `open/${key}` : `${key}-violated`] as const;
      return key === 'flags' && !hasFlags ? [violated] : [[key, true, `${key}-kept`] as const, violated];
    });
    for (const [key, isKept, name] of this.#names) {
      const { make = (it, made) => void it.file(made, 'content\n', 0o644) } = SAMPLES[key];
      make(this.it, name, isKept);
    }
    onTestFinished(() => {
      if (hasFlags) tool('chattr', '-i', this.it.path('flags-kept'));
    });
  }

  /** The policy for the tree as it is seen from a root. */
  policy(prefix: string): void {
    const rules = this.#names.map(([key, isKept, name]) => {
      const value = isKept ? SAMPLES[key].kept : SAMPLES[key].violated;
      const rule = `${key} ${isKept ? 'kept' : 'violated'}`;
      return `  - { name: '${rule}', paths: ['${prefix}/${name}'], watch: existence, require: { ${key}: ${value} } }\n`;
    });
    this.it.policyText(`version: 1\nrules:\n${rules.join('')}`);
  }
}

/** Each violation names its own key and no other, and nothing else is wrong. */
function expectAllJudged(report: Report): void {
  expect(report).toMatchObject({ exitCode: 8, errors: [] });
  const found = report.violations.map(({ rule, expected, actual }) => {
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    return `${rule}: ${Object.keys(expected).join()}`;
  });
  expect(found.sort()).toEqual(KEYS.map((key) => `${key} violated: ${key}`).sort());
}

describe.skipIf(!isRoot())('every requirement (needs root)', () => {
  test('is judged on this system', () => {
    const objects = new Objects();
    objects.policy(objects.it.tree);
    objects.it.init();
    expectAllJudged(objects.it.check());
  });

  test('is judged below another root', () => {
    const objects = new Objects();
    objects.policy('');
    const root = ['--root', objects.it.tree];
    objects.it.init(...root);
    expectAllJudged(objects.it.check(root));
  });

  test.skipIf(noSshd !== undefined)(`is judged of another host (needs ${noSshd ?? 'nothing more'})`, async () => {
    const objects = new Objects();
    const server = await startSshd(scratchDirectory(), 'true');
    try {
      objects.policy(objects.it.tree);
      objects.it.init();
      const own = `'${process.execPath}' '${PROGRAM}'`;
      const over = ['--host', 'examined', '--ssh-config', server.config, '--remote-command', own];
      expectAllJudged(objects.it.check(over));
    } finally {
      await server.stop();
    }
  });
});
