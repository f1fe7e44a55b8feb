/**
 * What one host asks another to scan, as JSON on the standard input of `integ scan --stdin-policy`. It holds all that
 * the scan needs, so that the examined host needs no policy file, no baseline and no state of its own.
 */
import type { PolicySource } from '../model/baseline.ts';
import type { StartLink } from '../model/rule.ts';
import { MOST_TIMES, type SkippedPath } from '../model/skipped.ts';
import { MOST_VALUES_OF_REQUEST } from './bounds.ts';
import { type PrefixRequest, pathMembers } from './format.ts';
import {
  bigOf,
  countOf,
  digestNamesOf,
  flagOf,
  type JsonObject,
  listOf,
  Malformed,
  objectOf,
  parseJson,
  pathOf,
  textOf,
} from './json.ts';

const REQUEST_SCHEMA = 'integ-scan-request/1';
const MOST_JOBS = 1024;

export interface RemoteRequest {
  /** Version of integ that asks. */
  readonly version: string;
  /** The policy as the baseline holds it. */
  readonly policy: readonly PolicySource[];
  readonly startLinks: readonly StartLink[];
  /** Directory of the examined host that counts as root, as text. */
  readonly root: string;
  /** Patterns as typed after --paths; undefined for everything. */
  readonly scope: readonly string[] | undefined;
  readonly jobs: number | undefined;
  readonly portable: boolean;
  /** Whether every other process of the examined host goes first. */
  readonly nice: boolean;
  /** Bytes of file content that may be read a second; undefined: no limit. */
  readonly maxRate: number | undefined;
  /** Seconds after which nothing more is examined; undefined: to the end. */
  readonly deadline: number | undefined;
  /** Seconds without progress after which a file system is not waited for any more; undefined: ten minutes. */
  readonly stall: number | undefined;
  /** What is to be examined first, as earlier checks did not come to it. */
  readonly skipped: readonly SkippedPath[];
  readonly prefixes: readonly PrefixRequest[];
  /** Whether the requirements of the policy are to be judged. */
  readonly requirements: boolean;
}

export function encodeRequest(request: RemoteRequest): string {
  const { version, policy, startLinks, root, scope, jobs, portable, nice, maxRate, deadline } = request;
  const { stall, skipped, prefixes, requirements } = request;
  const value = {
    schema: REQUEST_SCHEMA,
    version,
    policy: policy.map(({ name, text }) => ({ name, text })),
    startLinks: startLinks.map(({ rule, path, target }) => ({
      rule,
      ...pathMembers('path', path),
      ...pathMembers('target', target),
    })),
    root,
    scope,
    jobs,
    portable,
    nice,
    maxRate,
    deadline,
    stall,
    leftOut: skipped.map(({ path, times }) => ({ ...pathMembers('path', path), times })),
    prefixes: prefixes.map(({ path, inode, length, algorithms }) => ({
      ...pathMembers('path', path),
      inode: String(inode),
      length: String(length),
      algorithms,
    })),
    requirements,
  };
  return `${JSON.stringify(value)}\n`;
}

function parse(json: Buffer): JsonObject {
  return objectOf(parseJson(json, MOST_VALUES_OF_REQUEST), 'the request');
}

/** The version that asks, which decides whether the rest is understood. Throws Malformed. */
export function requestVersion(json: Buffer): string {
  const request = parse(json);
  const schema = request['schema'];
  if (typeof schema !== 'string' || !schema.startsWith('integ-scan-request/')) {
    throw new Malformed('it is no request for a scan');
  }
  return textOf(request['version'], 'version');
}

function optional<Value>(value: unknown, read: (value: unknown) => Value): Value | undefined {
  return value === undefined ? undefined : read(value);
}

/** Throws Malformed. */
export function decodeRequest(json: Buffer): RemoteRequest {
  const request = parse(json);
  if (request['schema'] !== REQUEST_SCHEMA) throw new Malformed(`it is not in the form ${REQUEST_SCHEMA}`);
  const root = textOf(request['root'], 'root');
  if (!root.startsWith('/') || root.includes('\0')) throw new Malformed('root is not an absolute path');
  const jobs = optional(request['jobs'], (value) => countOf(value, 'jobs'));
  if (jobs !== undefined && (jobs < 1 || jobs > MOST_JOBS)) throw new Malformed(`jobs is not 1 to ${MOST_JOBS}`);
  const maxRate = optional(request['maxRate'], (value) => countOf(value, 'maxRate'));
  if (maxRate === 0) throw new Malformed('maxRate is 0');
  const deadline = optional(request['deadline'], (value) => countOf(value, 'deadline'));
  const stall = optional(request['stall'], (value) => countOf(value, 'stall'));
  if (stall === 0) throw new Malformed('stall is 0');
  return {
    version: textOf(request['version'], 'version'),
    policy: listOf(request['policy'], 'policy', (item) => {
      const source = objectOf(item, 'a policy source');
      return { name: textOf(source['name'], 'name'), text: textOf(source['text'], 'text') };
    }),
    startLinks: listOf(request['startLinks'], 'startLinks', (item) => {
      const link = objectOf(item, 'a start link');
      return { rule: countOf(link['rule'], 'rule'), path: pathOf(link, 'path'), target: pathOf(link, 'target') };
    }),
    root,
    scope: optional(request['scope'], (value) => listOf(value, 'scope', (item) => textOf(item, 'a pattern'))),
    jobs,
    portable: flagOf(request['portable'], 'portable'),
    nice: flagOf(request['nice'], 'nice'),
    maxRate,
    deadline,
    stall,
    skipped: listOf(request['leftOut'], 'leftOut', (item) => {
      const left = objectOf(item, 'what was left out');
      const times = countOf(left['times'], 'times');
      if (times < 1 || times > MOST_TIMES) throw new Malformed(`times is not 1 to ${MOST_TIMES}`);
      return { path: pathOf(left, 'path'), times };
    }),
    prefixes: listOf(request['prefixes'], 'prefixes', (item) => {
      const prefix = objectOf(item, 'a prefix');
      return {
        path: pathOf(prefix, 'path'),
        inode: bigOf(prefix['inode'], 'inode'),
        length: bigOf(prefix['length'], 'length'),
        algorithms: digestNamesOf(prefix['algorithms'], 'algorithms'),
      };
    }),
    requirements: flagOf(request['requirements'], 'requirements'),
  };
}
