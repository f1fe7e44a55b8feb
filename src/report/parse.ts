/**
 * Reads a report back from the JSON document that json.ts writes, line by line, since the document may be longer than
 * the longest string. It is for reports that integ stored itself, not for JSON of any other shape.
 */
import { REPORT_SCHEMA, type Report } from '../model/report.ts';
import { plain } from './plain.ts';
import { reportSchema } from './schema.ts';
import { misshapen } from './shape.ts';

const KEY_LINE = /^ {2}("(?:[^"\\]|\\.)*"): (.*)$/s;

function withoutComma(text: string): string {
  return text.endsWith(',') ? text.slice(0, -1) : text;
}

function* linesOf(pieces: Iterable<string>): Generator<string, void, undefined> {
  let rest = '';
  for (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** A document as a report. Throws an Error that says which member is not that of one, and why. */
export function asReport(document: unknown): Report {
  const schema = typeof document === 'object' && document !== null ? Reflect.get(document, 'schema') : undefined;
  const wrong =
    typeof schema === 'string' && schema !== REPORT_SCHEMA
      ? `its schema is ${schema}`
      : misshapen(reportSchema, document);
  if (wrong !== undefined) throw new Error(plain(`this is not a report of ${REPORT_SCHEMA}: ${wrong}`));
  // Just held to the schema, which a test holds to the type.
  return document as Report;
}

/** Throws an Error when the text is not such a document. */
export function parseStoredReport(pieces: Iterable<string>): Report {
  const members: Record<string, unknown> = {};
  let list: unknown[] | undefined;
  for (const line of linesOf(pieces)) {
    if (line === '{' || line === '}') continue;
    if (list !== undefined) {
      if (withoutComma(line) === '  ]') list = undefined;
      else list.push(JSON.parse(withoutComma(line)));
      continue;
    }
    const [, key, value] = KEY_LINE.exec(line) ?? [];
    if (key === undefined || value === undefined) throw new Error('this is not a report as integ writes it');
    const name = String(JSON.parse(key));
    if (value === '[') {
      list = [];
      members[name] = list;
    } else members[name] = JSON.parse(withoutComma(value));
  }
  return asReport(members);
}
