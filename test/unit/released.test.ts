/**
 * What docs/stability.md promises, held against what was released (test/fixtures/released-1), which nobody changes any
 * more: what was there still is, and what came since is in nobody's way. Baselines and histories are in
 * test/acceptance/released.test.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HISTORY_VERSION } from '../../src/baseline/history/schema.ts';
import { FORMAT_VERSION } from '../../src/baseline/schema.ts';
import { buildProgram } from '../../src/cli/program.ts';
import type { AnyCommand } from '../../src/cli/typed-commander.ts';
import { pathFromText } from '../../src/model/bytes.ts';
import { SYSEXITS } from '../../src/model/errors.ts';
import { outcomeExitCode, SIGNAL_EXIT } from '../../src/model/exit.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { policyJsonSchema } from '../../src/policy/schema.ts';
import { Selector } from '../../src/policy/select.ts';
import { EVIDENCE_SCHEMA } from '../../src/report/evidence/document.ts';
import { parseReport, reportSchema } from '../../src/report/public.ts';
import { readerOf } from '../support/compiled-policies.ts';
import { EVIDENCE } from '../support/evidence-schema.ts';

const ROOT = join(import.meta.dirname, '../..');

function released(name: string): string {
  return readFileSync(join(ROOT, 'test/fixtures/released-1', name), 'utf8');
}

/** Whatever of a released document is not in the one of today: members, and elements of lists. */
function lost(then: unknown, now: unknown, at = ''): readonly string[] {
  if (Array.isArray(then)) {
    if (!Array.isArray(now)) return [at];
    return then.flatMap((element) => {
      const isThere = now.some((candidate) => lost(element, candidate).length === 0);
      return isThere ? [] : [`${at}: ${JSON.stringify(element)}`];
    });
  }
  if (typeof then !== 'object' || then === null) return then === now ? [] : [at];
  if (typeof now !== 'object' || now === null) return [at];
  const members = new Map(Object.entries(now));
  return Object.entries(then).flatMap(([name, value]) => lost(value, members.get(name), `${at}/${name}`));
}

/** Names of all members that a schema knows, at any depth. */
function membersOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === 'properties' && typeof value === 'object' && value !== null ? Object.keys(value) : []),
    ...membersOf(value),
  ]);
}

describe('policy language 1', () => {
  const sources = { 'policy.yaml': released('policy.yaml'), 'included.yaml': released('included.yaml') };

  test('still has every key and value, and the samples have every key', () => {
    const schema: unknown = JSON.parse(released('policy.schema.json'));
    expect(lost(schema, policyJsonSchema())).toEqual([]);
    const texts = Object.values(sources).join('\n');
    const missing = membersOf(schema).filter((name) => !new RegExp(`\\b${name}:`).test(texts));
    expect(missing).toEqual([]);
  });

  test('still means the same', () => {
    const { policy, sha256 } = loadPolicy('policy.yaml', readerOf(sources));
    expect(sha256).toBe('34fc6b548f26fb6e858772350e8471223f7008dc15f243b4ab4a1211a1e347d3');
    const selector = new Selector(policy);
    const governs = (name: string): string | undefined => {
      const path = pathFromText(name);
      return policy.rules[selector.govern(path, 'file', pathFromText('/'))]?.name;
    };
    const expected = {
      '/boot/vmlinuz': 'Included',
      '/etc/passwd': 'Settings',
      '/etc/ssh/sshd_config': 'Expected',
      '/opt/app/bin/tool': 'Programs',
      '/srv/a/b/x.so.1': 'Programs',
      '/srv/a/b/x.so.pyc': undefined,
      '/usr/bin/1/2/3/4/5': 'Programs',
      '/usr/bin/1/2/3/4/5/6': undefined,
      '/var/cache/x': undefined,
      '/var/log/app.log.3': 'Logs',
      '/var/log/app.log.30': undefined,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, governs(name)]))).toEqual(expected);
    const watched = policy.rules.map(({ name, severity, watch }) => [name, severity, [...watch.attributes].join(' ')]);
    const readOnly =
      'type mode uid gid nlink size blocks inode mtime ctime flags rdev sha256 sha512 target acl xattrs selinux caps';
    expect(watched).toEqual([
      ['Included', 'medium', readOnly.replace('inode', 'inode dev').replace('rdev', 'rdev btime atime')],
      ['Programs', 'critical', readOnly],
      ['Settings', 'high', 'type mode uid gid nlink size flags rdev sha1 sha256 sha512 target acl xattrs selinux caps'],
      ['Logs', 'medium', 'type mode uid gid flags rdev acl selinux caps'],
      ['Expected', 'medium', readOnly],
    ]);
  });
});

describe('integ-report/1', () => {
  test('as it was released is read, and its members are those of today', () => {
    const text = released('report.json');
    expect(parseReport(text)).toEqual(JSON.parse(text));
    expect(lost(JSON.parse(released('report.schema.json')), reportSchema)).toEqual([]);
  });
});

describe('integ-evidence/1', () => {
  test('still has every member', () => {
    expect(lost(JSON.parse(released('evidence.schema.json')), EVIDENCE)).toEqual([]);
  });
});

describe('the command line', () => {
  function optionsOf(command: AnyCommand, name: string): readonly (readonly [string, readonly string[]])[] {
    const own = [name, command.options.map(({ flags }) => flags)] as const;
    return [own, ...command.commands.flatMap((child) => optionsOf(child, `${name} ${child.name()}`))];
  }

  test('still has every command and option', () => {
    const now = Object.fromEntries(
      optionsOf(
        buildProgram(() => undefined),
        'integ',
      ),
    );
    expect(lost(JSON.parse(released('command-line.json')), now)).toEqual([]);
  });
});

describe('the exit codes', () => {
  test('mean what they meant', () => {
    expect(SYSEXITS).toMatchObject({
      usage: 64,
      untrusted: 65,
      missing: 66,
      undelivered: 69,
      internal: 70,
      cannotCreate: 73,
      io: 74,
      locked: 75,
      permission: 77,
      policy: 78,
    });
    expect(SIGNAL_EXIT).toEqual({ SIGINT: 130, SIGTERM: 143 });
    const nothing = { added: false, removed: false, changed: false, violated: false, incomplete: false };
    const codes = Object.keys(nothing).map((what) => [what, outcomeExitCode({ ...nothing, [what]: true })]);
    expect(Object.fromEntries(codes)).toEqual({ added: 1, removed: 2, changed: 4, violated: 8, incomplete: 16 });
    expect(outcomeExitCode(nothing)).toBe(0);
  });
});

describe('docs/stability.md', () => {
  test('has the versions and the exit codes of the code', () => {
    const page = readFileSync(join(ROOT, 'docs/stability.md'), 'utf8');
    const cells = page
      .split('\n')
      .flatMap((line) => (line.startsWith('|') ? [line.split('|').map((cell) => cell.trim())] : []));
    const versions = Object.fromEntries(cells.slice(2, 7).map(([, what, version]) => [what, version]));
    expect(versions).toEqual({
      'the policy language': '1',
      'the report as JSON': `\`${reportSchema.properties.schema.const}\``,
      'the evidence as JSON': `\`${EVIDENCE_SCHEMA}\``,
      'the baseline': String(FORMAT_VERSION),
      'the history': String(HISTORY_VERSION),
    });
    const codes = cells.map(([, code = '']) => code);
    expect(codes).toEqual(expect.arrayContaining(Object.values(SYSEXITS).map(String)));
    expect(codes).toContain(Object.values(SIGNAL_EXIT).join(', '));
  });
});
