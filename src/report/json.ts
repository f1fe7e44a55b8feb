/**
 * The report as one JSON document of schema integ-report/1, in pieces: a report of a million findings is longer than
 * the longest string. Every finding has a line of its own. Other documents are written in the same way.
 */
import type { Report } from '../model/report.ts';
import { jsonLine } from './plain.ts';

/** The pieces, in order; together they are the document with a newline at its end. */
export function jsonReport(report: Report): Generator<string, void, undefined> {
  return jsonDocument(report);
}

/** A document with a line for each member, and one for each item of the lists among them. */
export function* jsonDocument(document: object): Generator<string, void, undefined> {
  let separator = '{\n';
  for (const [key, value] of Object.entries(document)) {
    yield `${separator}  ${jsonLine(key)}: `;
    separator = ',\n';
    if (Array.isArray(value)) yield* jsonList(value);
    else yield jsonLine(value);
  }
  yield '\n}\n';
}

function* jsonList(list: readonly unknown[]): Generator<string, void, undefined> {
  if (list.length === 0) {
    yield '[]';
    return;
  }
  let separator = '[\n    ';
  for (const item of list) {
    yield `${separator}${jsonLine(item)}`;
    separator = ',\n    ';
  }
  yield '\n  ]';
}
