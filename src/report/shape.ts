/**
 * Whether what was read is a report: a small part of JSON Schema, as far as the schema of reports uses it and readers
 * rely on it. Members that the schema does not know are let through; nobody reads them.
 */

export interface Shape {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
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

/** What a value itself is not, whatever it holds; undefined: it is as the schema demands. */
function unlike(shape: Shape, value: unknown): string | undefined {
  const types = [shape.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return `is not of type ${types.join(' or ')}`;
  if (shape.const !== undefined && value !== shape.const) return `is not ${JSON.stringify(shape.const)}`;
  if (shape.enum !== undefined && !shape.enum.includes(value)) return `is none of ${shape.enum.join(', ')}`;
  if (typeof value === 'number') {
    if (shape.minimum !== undefined && value < shape.minimum) return `is below ${shape.minimum}`;
    if (shape.maximum !== undefined && value > shape.maximum) return `is above ${shape.maximum}`;
  }
  if (typeof value === 'string' && shape.pattern !== undefined && !new RegExp(shape.pattern, 'v').test(value)) {
    return `does not match ${shape.pattern}`;
  }
  return undefined;
}

/**
 * Where a value has not the shape that the schema demands, and why: `changes.3.flags is missing`; undefined: nowhere.
 */
export function misshapen(shape: Shape, value: unknown, at = ''): string | undefined {
  const below = (name: string | number): string => (at === '' ? String(name) : `${at}.${name}`);
  const wrong = unlike(shape, value);
  if (wrong !== undefined) return `${at === '' ? 'the document' : at} ${wrong}`;
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
  if (missing !== undefined) return `${below(missing)} is missing`;
  for (const [name, member] of Object.entries(value)) {
    const odd = shape.propertyNames === undefined ? undefined : unlike(shape.propertyNames, name);
    if (odd !== undefined) return `${below(name)}: the name ${odd}`;
    const known = shape.properties?.[name] ?? shape.additionalProperties;
    const found = typeof known === 'object' ? misshapen(known, member, below(name)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
