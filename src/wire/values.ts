/**
 * The objects in the lines of a scan of another host, which may be hostile: each is well-formed and of bounded size, or
 * Malformed is thrown.
 */
import type { Path } from '../model/bytes.ts';
import type { MountPoint, Unavailable } from '../model/entry.ts';
import type { Failure } from '../model/errors.ts';
import { type FailureCode, isFailureCode } from '../model/failure-codes.ts';
import { isRequirementKey } from '../model/requirement.ts';
import { LONGEST_MOUNT_TEXT } from './bounds.ts';
import { flagOf, Malformed, objectOf, pathOf, printableOf, shortTextOf } from './json.ts';

export function failureOf(item: unknown, path: Path): Failure {
  const value = objectOf(item, 'failure');
  return {
    path,
    operation: shortTextOf(value['operation'], 'operation'),
    code: codeOf(value['code']),
    message: shortTextOf(value['message'], 'message'),
  };
}

function codeOf(value: unknown): FailureCode {
  const code = shortTextOf(value, 'code');
  if (!isFailureCode(code)) throw new Malformed('code is none that a scan gives');
  return code;
}

export function requirementsOf(value: unknown, what: string): Readonly<Record<string, string | boolean>> {
  const entries = Object.entries(objectOf(value, what)).map(([key, item]): [string, string | boolean] => {
    if (!isRequirementKey(key)) throw new Malformed(`${what} names what is no requirement`);
    return [key, typeof item === 'boolean' ? item : shortTextOf(item, what)];
  });
  return Object.fromEntries(entries);
}

export function mountOf(item: unknown): MountPoint {
  const value = objectOf(item, 'a mount');
  return {
    path: pathOf(value, 'path'),
    type: printableOf(value['type'], 'type'),
    source: printableOf(value['source'], 'source', LONGEST_MOUNT_TEXT),
    options: printableOf(value['options'], 'options', LONGEST_MOUNT_TEXT),
    entered: flagOf(value['entered'], 'entered'),
  };
}

export function unavailableOf(item: unknown): Unavailable {
  const value = objectOf(item, 'what is unavailable');
  return {
    attribute: shortTextOf(value['attribute'], 'attribute'),
    fileSystem: shortTextOf(value['fileSystem'], 'fileSystem'),
    example: pathOf(value, 'example'),
  };
}
