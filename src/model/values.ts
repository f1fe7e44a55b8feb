/**
 * What the stored bytes of an attribute mean to a person: the text of reports, in every format. Pure functions that
 * take their input for hostile: whatever the bytes are, they give printable text. They compare nothing; records do
 * that.
 */
import { ATTRIBUTE_NAMES, ATTRIBUTES, type AttributeName } from './attributes.ts';
import { pathFromBytes, printable } from './bytes.ts';
import { attributeBytes, decodeTime, objectTypeOf, type RecordBytes, S_IFMT } from './record.ts';
import { formatAcl } from './values/acl.ts';
import { formatCapabilities } from './values/capabilities.ts';
import { hex, invalidValue } from './values/fields.ts';
import { formatFlags } from './values/flags.ts';
import { formatTime } from './values/time.ts';
import { formatXattrs } from './values/xattrs.ts';

const MODE_DIGITS = 4;

/** `value` has the length that the attribute table gives, as every value in a well-formed record has. */
function formatValue(name: AttributeName, value: Uint8Array): string {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const { kind } = ATTRIBUTES[name];
  switch (kind) {
    case 'type':
      return objectTypeOf(view.getUint16(0, true)) ?? invalidValue(value);
    case 'mode':
      return (view.getUint16(0, true) & ~S_IFMT).toString(8).padStart(MODE_DIGITS, '0');
    case 'unsigned':
      return String(value.length === 8 ? view.getBigUint64(0, true) : view.getUint32(0, true));
    case 'device':
      return `${view.getUint32(0, true)}:${view.getUint32(4, true)}`;
    case 'time':
      return formatTime(decodeTime(value));
    case 'flags':
      return formatFlags(view.getUint32(0, true));
    case 'digest':
      return hex(value);
    case 'target':
      return printable(pathFromBytes(value));
    case 'selinux':
      return value.length === 0 ? 'none' : printable(pathFromBytes(value));
    case 'acl':
      return formatAcl(value);
    case 'xattrs':
      return formatXattrs(value);
    case 'capabilities':
      return formatCapabilities(value);
    default: {
      const never: never = kind;
      throw new Error(`integ: internal error: no text for values of kind ${String(never)}`);
    }
  }
}

/** The value of an attribute as printable text, or undefined when it was not recorded. The record is well-formed. */
export function formatAttribute(record: RecordBytes, name: AttributeName): string | undefined {
  const value = attributeBytes(record, name);
  return value === undefined ? undefined : formatValue(name, value);
}

/** All recorded attributes as printable text, in table order. The record is well-formed. */
export function formatAttributes(record: RecordBytes): { readonly [Name in AttributeName]?: string } {
  const values: { [Name in AttributeName]?: string } = {};
  for (const name of ATTRIBUTE_NAMES) {
    const value = formatAttribute(record, name);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
