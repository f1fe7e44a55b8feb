/**
 * Whether what was read back is a report: a small part of JSON Schema, as far as the schema of reports uses it and readers
 * rely on it. Members that the schema does not know are let through; nobody reads them.
 */

interface Shape {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Shape;
  readonly propertyNames?: Shape;
  readonly items?: Shape;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    default:
      return typeof value === type;
  }
}

function isAmong({ type, const: only, enum: known, pattern, minimum }: Shape, value: unknown): boolean {
  if (type !== undefined && ![type].flat().some((name) => isOfType(name, value))) return false;
  if (only !== undefined && value !== only) return false;
  if (known !== undefined && !known.includes(value)) return false;
  if (typeof value === 'number' && minimum !== undefined && value < minimum) return false;
  return typeof value !== 'string' || pattern === undefined || new RegExp(pattern, 'v').test(value);
}

/** Where a value has not the shape that the schema demands, as a path such as `changes.3.flags`; undefined: nowhere. */
export function misshapen(shape: Shape, value: unknown, at = ''): string | undefined {
  const below = (name: string | number): string => (at === '' ? String(name) : `${at}.${name}`);
  if (!isAmong(shape, value)) return at;
  if (Array.isArray(value)) {
    const { items } = shape;
    if (items === undefined) return undefined;
    for (const [index, item] of value.entries()) {
      const found = misshapen(items, item, below(index));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const missing = shape.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return below(missing);
  for (const [name, member] of Object.entries(value)) {
    if (shape.propertyNames !== undefined && !isAmong(shape.propertyNames, name)) return below(name);
    const known = shape.properties?.[name] ?? shape.additionalProperties;
    const found = typeof known === 'object' ? misshapen(known, member, below(name)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
