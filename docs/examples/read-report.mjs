#!/usr/bin/env node
// Prints what of a report somebody should look at today, and ends with the exit code of the check that made it; with 65
// when it is no report. What packages explain and what is of low severity is only counted.
//
//   integ check --format json | node read-report.mjs
//   node read-report.mjs report.json
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseReport } from 'integ';

const [file] = process.argv.slice(2);

try {
  const report = parseReport(await text(file === undefined ? process.stdin : createReadStream(file)));
  const isUrgent = ({ severity }) => severity === 'high' || severity === 'critical';
  // What only follows from another finding is in the document, and counts nowhere.
  const changes = report.changes.filter(({ consequence }) => !consequence);
  const urgent = changes.filter((change) => isUrgent(change) && change.explained === undefined);
  const violations = report.violations.filter(isUrgent);

  console.log(`${report.host}: ${report.status}, ${report.summary.examined} objects examined`);
  for (const { path, message } of report.errors) console.log(`not examined: ${path}: ${message}`);
  for (const { severity, path, rule } of violations) console.log(`${severity}: ${path} violates "${rule}"`);
  for (const { severity, kind, path, flags } of urgent) {
    console.log(`${severity}: ${kind} ${path}${flags.length === 0 ? '' : ` (${flags.join(', ')})`}`);
  }
  const others = changes.length + report.violations.length - urgent.length - violations.length;
  if (others > 0) console.log(`and ${others} more`);
  process.exitCode = report.exitCode;
} catch (error) {
  console.error(`read-report: ${error.message}`);
  process.exitCode = 65;
}
