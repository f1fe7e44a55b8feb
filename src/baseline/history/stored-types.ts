/**
 * Whether a row of a history has the types that its table declares. SQLite sees to that only as long as nobody else
 * wrote the file, so what a row says is used by nobody before it was looked at here.
 */
import { MalformedRows } from '../malformed.ts';

type ColumnType = 'text' | 'count';

/** The value of a row for each of its columns. */
export type RowOf<Columns extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof Columns]: Columns[Name] extends 'count' ? number : string;
};

function isOf(type: ColumnType, value: unknown): boolean {
  return type === 'text' ? typeof value === 'string' : Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * The row, each column of the type that is named for it: text, or a whole number from 0 to 2^53 - 1. Throws
 * MalformedRows.
 */
export function typedRow<Columns extends Readonly<Record<string, ColumnType>>>(
  table: string,
  columns: Columns,
  row: unknown,
): RowOf<Columns> {
  const values: Readonly<Record<string, unknown>> = typeof row === 'object' && row !== null ? { ...row } : {};
  for (const [name, type] of Object.entries(columns)) {
    if (!isOf(type, values[name])) throw new MalformedRows(`in a row of ${table} the column ${name} is no ${type}`);
  }
  // Each column was just looked at.
  return values as RowOf<Columns>;
}
