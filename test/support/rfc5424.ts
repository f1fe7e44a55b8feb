/**
 * A parser of syslog messages, written from the ABNF of RFC 5424 section 6, and of the framing of RFC 6587. For tests.
 */

export interface SyslogMessage {
  readonly facility: number;
  readonly severity: number;
  readonly timestamp: string;
  readonly hostName: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  readonly data: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Without the byte order mark. */
  readonly text: string;
  readonly hasMark: boolean;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)`;
const HEADER = new RegExp(
  String.raw`^<(0|[1-9]\d{0,2})>1 (-|${DATE}T${TIME}) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) `,
);
const SD_NAME = String.raw`[!#-<>-\\^-~]{1,32}`;
const ELEMENT = new RegExp(String.raw`^\[(${SD_NAME})((?: ${SD_NAME}="(?:[^"\\\]]|\\["\\\]])*")*)\]`);
const PARAMETER = new RegExp(String.raw` (${SD_NAME})="((?:[^"\\\]]|\\["\\\]])*)"`, 'g');
const MARK = '\ufeff';

/** Throws when the octets are no message. */
export function parseSyslog(octets: Uint8Array): SyslogMessage {
  const line = decoder.decode(octets);
  const [all = '', priority = '', timestamp = '', hostName = '', appName = '', procId = '', msgId = ''] =
    HEADER.exec(line) ?? [];
  if (all === '' || Number(priority) > 191) throw new Error(`header of ${JSON.stringify(line)}`);
  const data = new Map<string, ReadonlyMap<string, string>>();
  let rest = line.slice(all.length);
  if (rest.startsWith('-')) rest = rest.slice(1);
  else {
    for (let element = ELEMENT.exec(rest); element !== null; element = ELEMENT.exec(rest)) {
      const [text, id = '', parameters = ''] = element;
      if (data.has(id)) throw new Error(`${id} stands twice`);
      const pairs = [...parameters.matchAll(PARAMETER)].map(([, name = '', value = '']) => {
        return [name, value.replace(/\\(["\\\]])/g, '$1')] as const;
      });
      data.set(id, new Map(pairs));
      rest = rest.slice(text.length);
    }
    if (data.size === 0) throw new Error(`structured data of ${JSON.stringify(line)}`);
  }
  if (rest !== '' && !rest.startsWith(' ')) throw new Error(`after the structured data: ${JSON.stringify(rest)}`);
  const message = rest.slice(1);
  const hasMark = message.startsWith(MARK);
  const text = hasMark ? message.slice(1) : message;
  // MSG-ANY may be anything, but UTF-8 must be marked.
  if (!hasMark && /[^\0-\x7f]/.test(text)) throw new Error(`text that is not ASCII without a mark: ${text}`);
  return {
    facility: Math.floor(Number(priority) / 8),
    severity: Number(priority) % 8,
    ...{ timestamp, hostName, appName, procId, msgId, data, text, hasMark },
  };
}

/** The messages of a stream with octet counting; throws when anything is left over. */
export function parseFrames(stream: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at < stream.length) {
    const [all, digits] = /^([1-9]\d*) /.exec(Buffer.from(stream.subarray(at, at + 12)).toString('latin1')) ?? [];
    if (all === undefined) throw new Error(`no length at ${at}`);
    const start = at + all.length;
    at = start + Number(digits);
    if (at > stream.length) throw new Error('the last frame is cut off');
    frames.push(stream.subarray(start, at));
  }
  return frames;
}
