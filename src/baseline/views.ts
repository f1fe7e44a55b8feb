/**
 * The views that answer questions by hand with `sqlite3 baseline.db` (docs/baseline-format.md, "Views"). They are made
 * from the attribute table; integ itself never reads one.
 */
import { ATTRIBUTE_NAMES, ATTRIBUTES, type AttributeName } from '../model/attributes.ts';
import { ALL_BYTES, attributeValue, FIELD_BITS } from './record-sql.ts';

/** Name of an attribute as a column that needs no quotes. */
export function columnName(name: AttributeName): string {
  return name.replaceAll('-', '_');
}

/** What a terminal obeys or a reader cannot see, and how it is written, as by integ's own escaping. */
function escapes(): readonly (readonly [character: string, escaped: string])[] {
  const named = new Map([
    [0x09, '\\t'],
    [0x0a, '\\n'],
    [0x0d, '\\r'],
    [0x5c, '\\\\'],
  ]);
  // The backslash first: it must not meet those that the others bring.
  const points = [0x5c, ...range(0x01, 0x1f), 0x7f, ...range(0x80, 0x9f), ...range(0x200b, 0x200f)];
  points.push(...range(0x2028, 0x202e), ...range(0x2060, 0x2069), 0xfeff);
  return points.map((point) => {
    const hex = point.toString(16);
    const plain = point < 0x80 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
    return [Buffer.from(String.fromCodePoint(point)).toString('hex'), named.get(point) ?? plain];
  });
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** One row for each replacement, to be made in the order of `n`. */
const ESCAPES = ` VALUES ${escapes()
  .map(([hex, shown], n) => `(${n},CAST(x'${hex}' AS TEXT),'${shown}')`)
  .join(',')}`;

/** A blob as text that is safe to show and to compare: plain where it is plain, else with the replacements made. */
function escaped(blob: string): string {
  return (
    `(SELECT CASE WHEN x GLOB '*[^ -~]*' OR instr(x,'\\') THEN (WITH RECURSIVE step(m,v) AS (SELECT 0,x UNION ALL ` +
    'SELECT m+1,replace(v,bytes,shown) FROM step JOIN escapes ON n=m) SELECT v FROM step ORDER BY m DESC LIMIT 1) ' +
    `ELSE x END FROM (SELECT CAST(${blob} AS TEXT) AS x))`
  );
}

function column(name: AttributeName): string {
  const value = attributeValue(name);
  switch (ATTRIBUTES[name].kind) {
    case 'target':
    case 'selinux':
      return escaped(value);
    case 'acl':
    case 'xattrs':
    case 'capabilities':
      return `(SELECT CASE WHEN x IS NOT NULL THEN lower(hex(x)) END FROM (SELECT ${value} AS x))`;
    case 'type':
    case 'mode':
    case 'unsigned':
    case 'time':
    case 'device':
    case 'flags':
    case 'digest':
      return value;
    default:
      return ATTRIBUTES[name].kind satisfies never;
  }
}

const DIRECTORY_PATHS = `
  WITH RECURSIVE below(id, path) AS (
    SELECT id, '' FROM directories WHERE parent = 0
    UNION ALL
    SELECT directories.id, below.path || '/' || directories.name
    FROM below JOIN directories ON directories.parent = below.id
  )
  SELECT id, CAST(path AS BLOB) AS path FROM below`;

function objects(): string {
  const columns = ATTRIBUTE_NAMES.map((name) => `${column(name)} AS ${columnName(name)}`);
  return `
  SELECT path,
    ${escaped('path')} AS path_text,
    rule, severity,
    ${columns.join(',\n    ')}
  FROM (
    SELECT path, rule, severity, record, t, ${FIELD_BITS} AS f
    FROM (
      SELECT CASE dir WHEN 0 THEN x'2f' ELSE CAST(directory_paths.path || '/' || entries.name AS BLOB) END AS path,
        rules.name AS rule, rules.severity AS severity, entries.record AS record,
        ${ALL_BYTES} AS t
      FROM entries
      JOIN rules ON rules.position = entries.rule
      LEFT JOIN directory_paths ON directory_paths.id = entries.dir
    )
  )`;
}

const KEPT_CONTENTS = `
  SELECT path, ${escaped('path')} AS path_text, length(content) AS stored_bytes FROM contents`;

function view(name: string, query: string, columns = ''): readonly [string, string] {
  return [name, `CREATE VIEW ${name}${columns} AS${query}`];
}

/** The statements that create the views, in order, by name. */
export const VIEWS: ReadonlyMap<string, string> = new Map([
  view('escapes', ESCAPES, '(n, bytes, shown)'),
  view('directory_paths', DIRECTORY_PATHS),
  view('objects', objects()),
  view('kept_contents', KEPT_CONTENTS),
]);
