/**
 * One line of syslog as RFC 5424 has it, and what this program needs to read of its own lines. Knows no report. Names
 * come printable: no control character, and no byte that is not UTF-8, gets into a line.
 */
import { SYSLOG_FACILITIES } from '../model/notify.ts';
import { plain } from '../report/plain.ts';

/** Until the project has a number of its own: the one that RFC 5612 keeps for documentation. */
const SD_ID = 'integ@32473';

/** What every receiver should take (RFC 5424 section 6.1); also what a datagram of UDP carries nearly everywhere. */
export const LARGEST_LINE = 2048;
/** Long names leave room for what comes after them. */
const LARGEST_VALUE = 480;
const CUT = '...';
/** That says UTF-8 (section 6.4). */
const MARK = '\ufeff';
const MARK_OCTETS = Buffer.byteLength(MARK);

/** Severities of RFC 5424 section 6.2.1. */
export const SYSLOG_LEVELS = { critical: 2, error: 3, warning: 4, notice: 5, informational: 6 } as const;

export interface LineHead {
  readonly facility: string;
  /** ISO 8601 with at most six digits of a second. */
  readonly timestamp: string;
  readonly hostName: string;
  readonly tag: string;
  readonly processId: number;
}

export interface LineContent {
  readonly level: number;
  readonly messageId: string;
  /** PARAM-NAME and PARAM-VALUE; a value that is undefined or empty is left out. The important ones first. */
  readonly parameters: Readonly<Record<string, string | number | undefined>>;
  readonly text: string;
}

/** PRINTUSASCII of a bounded length; the NILVALUE for nothing. */
function headerField(text: string, length: number): string {
  return text.replace(/[^!-~]/g, '?').slice(0, length) || '-';
}

/** At most so many octets of UTF-8, whole characters, and a mark where something is missing. */
function bounded(text: string, octets: number): string {
  if (Buffer.byteLength(text) <= octets) return text;
  let kept = '';
  let room = octets - CUT.length;
  for (const character of text) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}${CUT}`;
}

/** Section 6.3.3. */
function parameterValue(text: string): string {
  return text.replace(/["\\\]]/g, '\\$&');
}

/** Section 6.4: text that is not ASCII alone begins with a byte order mark, which says that it is UTF-8. */
export function marked(text: string): string {
  return /^[ -~]*$/.test(text) ? text : MARK + text;
}

/** Codes 12 to 15, which no name of ours has, are those of NTP, log audit, log alert and the clock daemon. */
const UNNAMED = 4;

/** Table 1 of section 6.2.1. */
function facilityCode(name: string): number {
  const index = (SYSLOG_FACILITIES as readonly string[]).indexOf(name);
  return name.startsWith('local') ? index + UNNAMED : index;
}

export function syslogLine(head: LineHead, { level, messageId, parameters, text }: LineContent): string {
  const facility = facilityCode(head.facility);
  const fields = [
    `<${facility * 8 + level}>1`,
    head.timestamp,
    headerField(head.hostName, 255),
    headerField(head.tag, 48),
    headerField(String(head.processId), 128),
    headerField(messageId, 32),
  ];
  let line = `${fields.join(' ')} [${SD_ID}`;
  const reserve = Math.min(Buffer.byteLength(text), LARGEST_VALUE) + ' ]'.length + MARK_OCTETS + CUT.length;
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === '') continue;
    const parameter = ` ${name}="${parameterValue(bounded(plain(String(value)), LARGEST_VALUE))}"`;
    // A parameter is there whole or not at all: one that is cut could not be told from another.
    if (Buffer.byteLength(line) + Buffer.byteLength(parameter) + reserve <= LARGEST_LINE) line += parameter;
  }
  line += '] ';
  const room = LARGEST_LINE - Buffer.byteLength(line) - MARK_OCTETS;
  return line + marked(bounded(plain(text), room));
}

export interface ReadLine {
  readonly priority: number;
  readonly tag: string;
  readonly processId: string;
  readonly messageId: string;
  readonly sdId: string;
  /** `name="value"`, escaped as in the line. */
  readonly parameters: readonly string[];
  /** Without a byte order mark. */
  readonly text: string;
}

const LINE =
  /^<(\d{1,3})>1 \S+ \S+ (\S+) (\S+) (\S+) \[(\S+?)((?: [a-zA-Z0-9]+="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff?(.*)$/s;
const PARAMETER = /[a-zA-Z0-9]+="(?:[^"\\\]]|\\["\\\]])*"/g;

/** Reads a line that `syslogLine` made; undefined for any other. */
export function readLine(line: string): ReadLine | undefined {
  const [, priority, tag, processId, messageId, sdId, parameters, text] = LINE.exec(line) ?? [];
  if (priority === undefined || tag === undefined || processId === undefined || messageId === undefined)
    return undefined;
  if (sdId === undefined || parameters === undefined || text === undefined) return undefined;
  return {
    priority: Number(priority),
    tag,
    processId,
    messageId,
    sdId,
    parameters: parameters.match(PARAMETER) ?? [],
    text,
  };
}
