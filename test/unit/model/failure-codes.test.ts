import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { describe, expect, test } from 'vitest';
import { pathFromLatin1 } from '../../../src/model/bytes.ts';
import { asListed, errnoName, failureFrom, SYSEXITS, SystemError } from '../../../src/model/errors.ts';
import { FAILURE_CODES, type FailureCode, hintOf, isFailureCode } from '../../../src/model/failure-codes.ts';
import { htmlReport } from '../../../src/report/html.ts';
import { markdownReport } from '../../../src/report/markdown.ts';
import { reportSchema } from '../../../src/report/schema.ts';
import { textReport } from '../../../src/report/text.ts';
import { sampleReport } from '../../support/sample-reports.ts';

const CODES = Object.keys(FAILURE_CODES).filter(isFailureCode);
const PATH = pathFromLatin1('/mnt/file');

/** All of src but for the record itself. */
function source(): string {
  const directory = resolve(import.meta.dirname, '../../../src');
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('failure-codes.ts'))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');
}

/** As node:fs throws it for an errno, whether it has a name for it or not. */
function thrownByNode(errno: number): Error {
  const code = getSystemErrorMap().get(-errno)?.[0] ?? `Unknown system error ${-errno}`;
  return Object.assign(new Error(`${code}: what strerror says, read`), { code, errno: -errno });
}

describe('the codes of what could not be examined', () => {
  test('have a sentence each, which no two of them of integ share', () => {
    const own = CODES.filter((code) => !/^E[A-Z0-9]+$/.test(code) || code.startsWith('EUNKNOWN'));
    const words = own.map((code) => FAILURE_CODES[code].words);
    expect(new Set(words).size).toBe(own.length);
    expect(own).not.toContain('LOST');
  });

  test('of integ are all made somewhere, and have something to be done', () => {
    const text = source();
    for (const code of CODES.filter((one) => !one.startsWith('E') || one.startsWith('EUNKNOWN'))) {
      expect(text, code).toContain(`'${code}'`);
      expect(hintOf(code), code).toBeDefined();
    }
  });

  test('have every system error that the scan throws by name', () => {
    const named = [
      ...source().matchAll(/new SystemError\('(?:lstat|open|read|getxattr|path|deadline)', '([A-Z0-9]+)'/g),
    ];
    expect(named.length).toBeGreaterThan(10);
    for (const [, code = ''] of named) expect(isFailureCode(code), code).toBe(true);
  });

  test('have every way in which a check fails as a whole', () => {
    const exits = CODES.filter((code) => /^EXIT\d/.test(code));
    expect(exits).toEqual(Object.values(SYSEXITS).map((code) => `EXIT${code}`));
  });

  test('are named by the schema of reports, which takes others too', () => {
    const { code } = reportSchema.properties.errors.items.properties;
    for (const one of CODES) expect(code.description).toContain(one);
    expect(code).not.toHaveProperty('enum');
  });

  test('tell what to do in every format for people', () => {
    const withHint = CODES.filter((code) => hintOf(code) !== undefined);
    const failures = withHint.map((code) => ({ path: `/${code}`, code }));
    const report = sampleReport({ before: {}, now: { tree: {}, failures } });
    for (const format of [textReport, markdownReport, htmlReport]) {
      const told = [...format(report)].join('');
      for (const code of withHint) expect(told, code).toContain(`${code}: ${hintOf(code)}`);
    }
  });
});

describe('an error of the kernel', () => {
  const numbers = new Set([
    ...[...getSystemErrorMap().keys()].map((errno) => -errno).filter((errno) => errno < 1000),
    ...Object.values(constants.errno),
    ...[117, 123, 126, 127, 133, 200],
  ]);

  test('is listed, or its name begins the message', () => {
    for (const errno of numbers) {
      const name = errnoName(errno);
      expect(name).toMatch(/^E[A-Z0-9]+$/);
      for (const error of [new SystemError('read', name), thrownByNode(errno)]) {
        const { code, message } = failureFrom(PATH, error);
        if (code === 'EUNKNOWN') expect(message.startsWith(`${name}: `), `${name}: ${message}`).toBe(true);
        else expect({ code, message }).toEqual({ code: name, message: FAILURE_CODES[code].words });
      }
    }
  });

  test('has its name and advice also where Node.js has no name for it', () => {
    const told = (errno: number) => failureFrom(PATH, thrownByNode(errno)).code;
    const expected: readonly (readonly [number, FailureCode])[] = [
      [116, 'ESTALE'],
      [74, 'EBADMSG'],
      [117, 'EUCLEAN'],
      [126, 'ENOKEY'],
    ];
    for (const [errno, code] of expected) {
      expect(told(errno)).toBe(code);
      expect(errnoName(errno)).toBe(code);
      expect(hintOf(code)).toBeDefined();
    }
  });

  test('keeps what is said beside it, as which limit it was', () => {
    const error = new SystemError('read', 'EFBIG', 'it is larger than 16 MiB');
    expect(failureFrom(PATH, error)).toEqual({
      path: PATH,
      operation: 'read',
      code: 'EFBIG',
      message: 'it is larger than 16 MiB',
    });
  });
});

test('a code of another version is read, and shown in the message', () => {
  const stored = { path: PATH, operation: 'examine', code: 'LOST', message: 'a worker thread died' };
  expect(asListed(stored)).toEqual({ ...stored, code: 'EUNKNOWN', message: 'LOST: a worker thread died' });
  expect(hintOf('LOST')).toBeUndefined();
  for (const code of ['toString', '__proto__', '']) {
    expect(hintOf(code)).toBeUndefined();
    expect(asListed({ ...stored, code }).code).toBe('EUNKNOWN');
  }
});
