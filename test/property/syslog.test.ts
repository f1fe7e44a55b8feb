import fc from 'fast-check';
import { expect, test } from 'vitest';
import { syslogLines } from '../../src/notify/syslog-findings.ts';
import { readLine } from '../../src/notify/syslog-line.ts';
import { hostileName, hostileText, reportAbout } from '../support/hostile-names.ts';
import { parseSyslog } from '../support/rfc5424.ts';

const SETTINGS = { facility: 'authpriv', tag: 'integ', max: 1000 };
const LARGEST_DATAGRAM = 2048;

test('whatever names and texts are, each line is a message of RFC 5424 that holds no control character', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(hostileName, { minLength: 1, maxLength: 5 }),
      hostileName,
      hostileText,
      (all, target, words) => {
        const report = { ...reportAbout(all, target, words), host: words };
        const lines = syslogLines({ report, hostName: words, now: 0, isTest: false }, SETTINGS);
        const messages = lines.map((line) => parseSyslog(Buffer.from(line, 'utf8')));
        for (const line of lines) {
          expect(line).not.toMatch(/[^\P{C}\ufeff]|[\p{Zl}\p{Zp}]/u);
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LARGEST_DATAGRAM);
          // What is handed to logger is what stands in the line.
          const read = readLine(line);
          expect(read?.parameters).toHaveLength(parseSyslog(Buffer.from(line)).data.get('integ@32473')?.size ?? 0);
        }
        const shown = messages
          .filter(({ msgId }) => msgId === 'ADDED')
          .map(({ data }) => data.get('integ@32473')?.get('path'));
        expect(new Set(shown)).toEqual(
          new Set(report.changes.filter(({ kind }) => kind === 'added').map(({ path }) => path)),
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('a name of 4096 bytes is cut in its line, and the line says so', () => {
  for (const part of ['n', 'é', '\xff', '"', ']\\']) {
    const name = Buffer.from(part.repeat(4096), part === '\xff' ? 'latin1' : 'utf8').toString('latin1');
    const lines = syslogLines(
      { report: reportAbout([name], name, 'x'), hostName: 'h', now: 0, isTest: false },
      SETTINGS,
    );
    for (const line of lines) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LARGEST_DATAGRAM);
      const path = parseSyslog(Buffer.from(line)).data.get('integ@32473')?.get('path');
      if (path?.startsWith(`/${part.slice(0, 1)}`)) expect(path).toMatch(/\.\.\.$/);
    }
  }
});
