/** Where a value breaks a JSON Schema, for the keywords that the schemas of integ use; an unknown one is an error. */
import type { Shape } from '../../src/report/shape.ts';

export type Schema = Shape;

const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'const', 'enum', 'pattern', 'minimum', 'maximum', 'properties', 'required', 'additionalProperties'],
  ...['propertyNames', 'items', 'description', 'title', 'contentEncoding', '$schema'],
]);

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function isOneOf(schema: Schema, value: unknown): boolean {
  const isConstant = schema.const === undefined || value === schema.const;
  return isConstant && (schema.enum === undefined || schema.enum.includes(value));
}

function isInRange({ minimum = -Infinity, maximum = Infinity }: Schema, value: unknown): boolean {
  return typeof value !== 'number' || (value >= minimum && value <= maximum);
}

/** Sentences, none when the value is valid. `at` is where the value stands. */
export function breaches(schema: Schema, value: unknown, at = '$'): readonly string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) return [`${at}: the schema says ${unknown.join(', ')}, which this test does not know`];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.includes(typeName(value))) return [`${at} is of type ${typeName(value)}`];
  if (!isOneOf(schema, value)) return [`${at} is ${String(value)}`];
  if (!isInRange(schema, value)) return [`${at} is out of range: ${String(value)}`];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value)))
    return [`${at}: ${String(value)}`];
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((item, index) => breaches(items, item, `${at}[${index}]`));
  }
  return typeof value === 'object' && value !== null ? ofMembers(schema, value, at) : [];
}

function ofMembers(schema: Schema, value: object, at: string): readonly string[] {
  const found = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${at}.${name} is missing`);
  for (const [key, member] of Object.entries(value)) {
    if (schema.propertyNames !== undefined) found.push(...breaches(schema.propertyNames, key, `${at}: key ${key}`));
    const described = schema.properties?.[key] ?? schema.additionalProperties;
    // Stricter than JSON Schema, which takes what it does not describe: ours is to describe everything.
    if (described === false || described === undefined) found.push(`${at}.${key} is not described`);
    else if (typeof described === 'object') found.push(...breaches(described, member, `${at}.${key}`));
  }
  return found;
}
