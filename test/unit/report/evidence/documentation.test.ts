import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FRAMEWORK_NAMES, SECTIONS } from '../../../../src/report/evidence/framework.ts';
import { FRAMEWORKS } from '../../../../src/report/evidence/frameworks.ts';
import { FINDING_OUTCOMES } from '../../../../src/report/evidence/wording.ts';
import { EVIDENCE } from '../../../support/evidence-schema.ts';
import { breaches, type Schema } from '../../../support/json-schema.ts';
import { sampleEvidence } from '../../../support/sample-evidence.ts';

const PAGE = readFileSync(new URL('../../../../docs/compliance.md', import.meta.url), 'utf8');

/** Names of all members below a schema. */
function membersOf({ properties = {}, items }: Schema): readonly string[] {
  const own = Object.entries(properties).flatMap(([name, schema]) => [name, ...membersOf(schema)]);
  return items === undefined ? own : [...own, ...membersOf(items)];
}

test('every member of the JSON document is told in docs/compliance.md', () => {
  const untold = membersOf(EVIDENCE).filter((name) => !new RegExp(`[\`(, ]${name}[\`), ]`).test(PAGE));
  expect(untold).toEqual([]);
});

test('a document with something of everything has the documented shape', () => {
  const seals = ({ generations }: { readonly generations: readonly object[] }) =>
    generations.map((generation) => ({ ...generation, seal: 'ab'.repeat(32) }));
  const sample = sampleEvidence('x');
  expect(breaches(EVIDENCE, { ...sample, generations: seals(sample) })).toEqual([]);
});

test('every word for what became of a finding is told', () => {
  for (const outcome of FINDING_OUTCOMES) expect(PAGE).toContain(`| \`${outcome}\` |`);
});

describe.each(FRAMEWORK_NAMES)('the table of %s', (name) => {
  const framework = FRAMEWORKS[name];

  test('is told, with where its demands are to be read', () => {
    expect(PAGE).toContain(`| \`${name}\` |`);
    expect(framework.id).toBe(name);
    for (const source of framework.sources) expect(source).toMatch(/^https:\/\//);
  });

  test('says of each control what answers it or what does not', () => {
    for (const { id, answer, lacks, sections } of framework.controls) {
      expect(answer ?? lacks, id).toBeDefined();
      for (const section of sections) expect(SECTIONS).toContain(section);
    }
    expect(new Set(framework.controls.map(({ id }) => id)).size).toBe(framework.controls.length);
  });
});

test('what integ cannot see is said to be out of scope', () => {
  const control = FRAMEWORKS['pci-dss'].controls.find(({ id }) => id === '11.6.1');
  expect(control).toMatchObject({ sections: [] });
  expect(control?.answer).toBeUndefined();
});
