/**
 * SQL expressions that decode a record with nothing but what the stock sqlite3 program has, made from the attribute
 * table and the record layout. Only the views use them: integ itself decodes records in the model.
 *
 * SQLite cannot turn bytes of a blob into numbers, so a byte's value is where it stands in a blob of all 256 values.
 * The expressions expect three columns in scope: `record`, `t` (that blob) and `f` (the field bits as an integer).
 */
import { ATTRIBUTES, type AttributeName } from '../model/attributes.ts';
import { FIXED_LENGTH, FLAGS_KNOWN, fieldBit, fixedOffset, OPTIONAL_FIELDS, VARIABLE_FIELDS } from '../model/record.ts';
import { FLAG_NAMES, flagBit } from '../model/values/flags.ts';

/** The blob that `t` must be, as a literal. */
export const ALL_BYTES = `x'${Buffer.from(Array.from({ length: 256 }, (_, value) => value)).toString('hex')}'`;

/** Where in a blob: 1-based, as substr() counts; either known now or an expression. */
type Position = number | string;

function after(position: Position, distance: number): Position {
  if (typeof position === 'number') return position + distance;
  return distance === 0 ? position : `${position}+${distance}`;
}

function byte(blob: string, position: Position): string {
  return `(instr(t,substr(${blob},${position},1))-1)`;
}

/** Little-endian; 64 bits come out signed, as SQLite has no other integers. */
function integer(blob: string, position: Position, length: number): string {
  const bytes = Array.from({ length }, (_, index) => {
    const value = byte(blob, after(position, index));
    return index === 0 ? value : `(${value}<<${8 * index})`;
  });
  return `(${bytes.join('|')})`;
}

/** An integer, or its digits as text where it is too large for SQLite's integers. */
function unsigned(blob: string, position: Position, length: number): string {
  const value = integer(blob, position, length);
  return length < 8 ? value : `(SELECT CASE WHEN v<0 THEN printf('%u',v) ELSE v END FROM (SELECT ${value} AS v))`;
}

/** The field bits of `record`; what the column `f` must be. */
export const FIELD_BITS = integer('record', 1, 4);

/** 1 or 0: whether a field bit is set. */
function fieldIsSet(bit: number | string): string {
  return `(f>>${bit}&1)`;
}

function time(blob: string, position: Position): string {
  const seconds = integer(blob, position, 8);
  const nanoseconds = integer(blob, after(position, 8), 4);
  // ISO 8601 writes the years 0000 to 9999 with four digits; strftime gives NULL for others.
  return (
    "(SELECT CASE WHEN s BETWEEN -62167219200 AND 253402300799 AND n<1000000000 THEN strftime('%Y-%m-%dT%H:%M:%S'," +
    "s,'unixepoch')||printf('.%09dZ',n) ELSE printf('@%d.%09d',s,n) END " +
    `FROM (SELECT ${seconds} AS s,${nanoseconds} AS n))`
  );
}

function device(blob: string, position: Position): string {
  return `${integer(blob, position, 4)}||':'||${integer(blob, after(position, 4), 4)}`;
}

function flagNames(blob: string, position: Position): string {
  const names = FLAG_NAMES.map((name) => `CASE WHEN v&${flagBit(name)} THEN ',${name}' ELSE '' END`);
  const all = `coalesce(nullif(substr(${names.join('||')},2),''),'none')`;
  return `(SELECT ${all} FROM (SELECT ${integer(blob, position, 4)} AS v))`;
}

const TYPE_WORDS =
  "WHEN 8 THEN 'file' WHEN 4 THEN 'directory' WHEN 10 THEN 'symlink' WHEN 1 THEN 'fifo' " +
  "WHEN 12 THEN 'socket' WHEN 6 THEN 'block' WHEN 2 THEN 'char'";

/** A value of fixed length at a known place, as integ prints it. */
function fixedLengthValue(name: AttributeName, position: Position): string {
  const { kind, length = 0 } = ATTRIBUTES[name];
  switch (kind) {
    case 'type':
      return `CASE ${byte('record', after(position, 1))}>>4 ${TYPE_WORDS} END`;
    case 'mode':
      return `printf('%04o',${integer('record', position, 2)}&4095)`;
    case 'unsigned':
      return unsigned('record', position, length);
    case 'time':
      return time('record', position);
    case 'device':
      return device('record', position);
    case 'flags':
      return flagNames('record', position);
    case 'digest':
      return `lower(hex(substr(record,${position},${length})))`;
    case 'target':
    case 'acl':
    case 'xattrs':
    case 'selinux':
    case 'capabilities':
      throw new Error(`integ: internal error: ${name} has no fixed length`);
    default:
      return kind satisfies never;
  }
}

/** Where the optional field with this number begins, or, past the last one, the variable fields. */
function optionalPosition(index: number): Position {
  const before = OPTIONAL_FIELDS.slice(0, index).map(({ bit, length }) => `${length}*${fieldIsSet(bit)}`);
  return before.length === 0 ? FIXED_LENGTH + 1 : `${FIXED_LENGTH + 1}+${before.join('+')}`;
}

/**
 * A one-row query for `o`, where the variable field with this number begins: a step for each field before it, whose
 * length stands in front of its bytes. Their field bits lie side by side, two for each field.
 */
function variablePosition(index: number, firstFilledBit: number): string {
  const filled = fieldIsSet(`(${firstFilledBit}+2*n)`);
  return (
    `WITH RECURSIVE place(n,o) AS (SELECT 0,${optionalPosition(OPTIONAL_FIELDS.length)} UNION ALL ` +
    `SELECT n+1,o+CASE WHEN ${filled} THEN 4+${integer('record', 'o', 4)} ELSE 0 END FROM place WHERE n<${index}) ` +
    `SELECT o FROM place WHERE n=${index}`
  );
}

function variableValue(name: AttributeName): string {
  const index = VARIABLE_FIELDS.findIndex((field) => field.name === name);
  const field = VARIABLE_FIELDS[index];
  if (field === undefined) throw new Error(`integ: internal error: ${name} is not a variable attribute`);
  const place = variablePosition(index, field.filledBit - 2 * index);
  const bytes = `(SELECT substr(record,o+4,${integer('record', 'o', 4)}) FROM (${place}))`;
  return `CASE WHEN ${fieldIsSet(field.filledBit)} THEN ${bytes} WHEN ${fieldIsSet(field.bit)} THEN x'' END`;
}

/** The value of an attribute, NULL where it was not recorded. A variable attribute comes as a blob. */
export function attributeValue(name: AttributeName): string {
  switch (ATTRIBUTES[name].storage) {
    case 'fixed': {
      const value = fixedLengthValue(name, fixedOffset(name) + 1);
      return name === 'flags' ? `CASE WHEN ${fieldIsSet(Math.log2(FLAGS_KNOWN))} THEN ${value} END` : value;
    }
    case 'optional': {
      const position = optionalPosition(OPTIONAL_FIELDS.findIndex((field) => field.name === name));
      return `CASE WHEN ${fieldIsSet(Math.log2(fieldBit(name)))} THEN ${fixedLengthValue(name, position)} END`;
    }
    case 'variable':
      return variableValue(name);
    default:
      return ATTRIBUTES[name].storage satisfies never;
  }
}
