import { expect, test } from 'vitest';
import { jsonReport } from '../../../src/report/json.ts';
import { reportSchema } from '../../../src/report/schema.ts';
import { fullReport, sampleReport } from './samples.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Where a value breaks the schema, for the keywords that ours uses. */
function breaches(schema: Schema, value: unknown, at = '$'): readonly string[] {
  const found: string[] = [];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.includes(typeName(value))) return [`${at} is ${typeName(value)}`];
  if (schema.const !== undefined && value !== schema.const) found.push(`${at} is ${String(value)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) found.push(`${at} is ${String(value)}`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value))) found.push(`${at} has no shape`);
  if (Number(value) < (schema.minimum ?? -Infinity)) found.push(`${at} is too small`);
  if (Number(value) > (schema.maximum ?? Infinity)) found.push(`${at} is too large`);
  if (Array.isArray(value) && schema.items !== undefined) {
    const items = schema.items;
    return found.concat(value.flatMap((item, index) => breaches(items, item, `${at}[${index}]`)));
  }
  if (typeName(value) !== 'object') return found;
  const entries = Object.entries(value as object);
  for (const name of schema.required ?? [])
    if (!entries.some(([key]) => key === name)) found.push(`${at}.${name} misses`);
  for (const [key, member] of entries) {
    if (schema.propertyNames !== undefined) found.push(...breaches(schema.propertyNames, key, `${at} key`));
    const described = schema.properties?.[key] ?? schema.additionalProperties;
    if (described === false || described === undefined) found.push(`${at}.${key} is not described`);
    else if (typeof described === 'object') found.push(...breaches(described, member, `${at}.${key}`));
  }
  return found;
}

function asJson(report: ReturnType<typeof fullReport>): unknown {
  return JSON.parse([...jsonReport(report)].join(''));
}

const SCHEMA: Schema = reportSchema;

test('reports with something of everything are valid by the published schema', () => {
  expect(breaches(SCHEMA, asJson(fullReport()))).toEqual([]);
});

test('an empty report is valid too', () => {
  expect(breaches(SCHEMA, asJson(sampleReport({ before: {}, now: {} })))).toEqual([]);
});

test('a report with a key, a kind or a flag that the schema does not know is not valid', () => {
  const report = fullReport();
  expect(breaches(SCHEMA, { ...report, more: 1 })).toEqual(['$.more is not described']);
  const [change] = report.changes;
  expect(breaches(SCHEMA, { ...report, changes: [{ ...change, kind: 'eaten' }] })).not.toEqual([]);
  expect(breaches(SCHEMA, { ...report, changes: [{ ...change, flags: ['odd'] }] })).not.toEqual([]);
});
