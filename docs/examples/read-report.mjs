// Prints what an administrator should look at first in a report, and ends with 1 when there is something.
// integ check --format json | node read-report.mjs
import { text } from 'node:stream/consumers';
import { parseReport } from 'integ';

const report = parseReport(await text(process.stdin));
const urgent = report.changes.filter(
  ({ severity, consequence, explained }) =>
    (severity === 'critical' || severity === 'high') && consequence !== true && explained === undefined,
);
console.log(`${report.host}: ${report.status}, ${report.summary.examined} objects examined`);
for (const { kind, severity, path } of urgent) console.log(`${severity}: ${kind} ${path}`);
for (const { path, message } of report.errors) console.log(`not examined: ${path}: ${message}`);
process.exitCode = urgent.length + report.violations.length + report.errors.length > 0 ? 1 : 0;
