/**
 * A finding in the shape of the report. Its texts are made when they are asked for: the attributes of a million new
 * files, all printed at once, would not fit in memory.
 */
import type { AttributeName, ObjectType } from '../model/attributes.ts';
import { needsExactBytes, type Path, pathBase64, printable, printableText } from '../model/bytes.ts';
import { type RecordBytes, recordType } from '../model/record.ts';
import type {
  AttributeChange,
  ChangeKind,
  ContentChange,
  Explanation,
  FindingFlag,
  ReportChange,
  ShippingPackage,
} from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import { formatAttribute } from '../model/values.ts';
import type { Finding, RecordArena } from './finding.ts';
import type { RuleRemarks } from './rule-remarks.ts';

export interface ChangeContext {
  readonly rules: readonly Rule[];
  readonly recordedRules: readonly Rule[];
  readonly records: RecordArena;
  /** Other reported names of the inode of a finding. */
  readonly links: ReadonlyMap<Finding, readonly Path[]>;
  /** What changed inside of files (content/findings.ts). */
  readonly contents: ReadonlyMap<Finding, ContentChange> | undefined;
  readonly remarks: RuleRemarks;
}

type Attributes = { [Name in AttributeName | 'mount']?: AttributeChange };

function attributeChange(
  name: AttributeName,
  before: RecordBytes | undefined,
  after: RecordBytes | undefined,
): AttributeChange | undefined {
  const was = before === undefined ? undefined : formatAttribute(before, name);
  const is = after === undefined ? undefined : formatAttribute(after, name);
  if (was === undefined && is === undefined) return undefined;
  return { ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) };
}

function printableMount({ before, after }: AttributeChange): AttributeChange {
  return {
    ...(before === undefined ? {} : { before: printableText(before) }),
    ...(after === undefined ? {} : { after: printableText(after) }),
  };
}

function attributesOf(finding: Finding, records: RecordArena): Attributes {
  const { before, after, differences, mount } = finding;
  const was = before === undefined ? undefined : records.get(before);
  const is = after === undefined ? undefined : records.get(after);
  const attributes: Attributes = {};
  if (mount !== undefined) attributes.mount = printableMount(mount);
  for (const name of differences) {
    const change = attributeChange(name, was, is);
    if (change !== undefined) attributes[name] = change;
  }
  return attributes;
}

function typeOf(finding: Finding, records: RecordArena): ObjectType {
  const handle = finding.after ?? finding.before;
  // A mount point of which nothing was recorded: nearly all of them are directories.
  return handle === undefined ? 'directory' : recordType(records.get(handle));
}

function ruleOf(finding: Finding, { rules, recordedRules }: ChangeContext): Rule | undefined {
  return (finding.kind === 'removed' ? recordedRules : rules)[finding.rule];
}

/**
 * A plain object to its readers, spread and JSON.stringify included, except that `attributes` is computed each time.
 */
export class ReportedChange implements ReportChange {
  /** Given when the report is whole (report/numbers.ts). */
  declare number?: number;
  declare readonly kind: ChangeKind;
  declare readonly path: string;
  declare readonly pathBase64?: string;
  declare readonly type: ObjectType;
  declare readonly rule: string;
  declare readonly severity: Severity;
  declare readonly from?: string;
  declare readonly fromBase64?: string;
  declare readonly attributes: Attributes;
  declare readonly flags: readonly FindingFlag[];
  declare readonly consequence?: true;
  declare readonly links?: readonly string[];
  declare readonly content?: ContentChange;
  declare readonly explained?: Explanation;
  declare readonly shippedBy?: ShippingPackage;
  declare readonly why?: string;
  declare readonly fix?: string;
  readonly #finding: Finding;
  readonly #records: RecordArena;

  constructor(finding: Finding, context: ChangeContext) {
    this.#finding = finding;
    this.#records = context.records;
    this.kind = finding.kind;
    this.path = printable(finding.path);
    if (needsExactBytes(finding.path)) this.pathBase64 = pathBase64(finding.path);
    this.type = typeOf(finding, context.records);
    const rule = ruleOf(finding, context);
    this.rule = printableText(rule?.name ?? '');
    this.severity = finding.severity;
    if (finding.from !== undefined) {
      this.from = printable(finding.from);
      if (needsExactBytes(finding.from)) this.fromBase64 = pathBase64(finding.from);
    }
    Object.defineProperty(this, 'attributes', { get: this.#readAttributes, enumerable: true });
    this.flags = finding.flags;
    if (finding.isConsequence) this.consequence = true;
    const links = context.links.get(finding);
    if (links !== undefined) this.links = links.map(printable);
    const content = context.contents?.get(finding);
    if (content !== undefined) this.content = content;
    if (finding.explained !== undefined) this.explained = finding.explained;
    if (finding.shippedBy !== undefined) this.shippedBy = finding.shippedBy;
    if (rule !== undefined) Object.assign(this, context.remarks.of(rule));
  }

  // One function for all, called on the object it is read from; so all objects share one hidden class.
  #readAttributes(): Attributes {
    return attributesOf(this.#finding, this.#records);
  }
}
