/** What public schemas say of the fields that integ uses: ECS 9, SARIF 2.1.0. For tests. */
import type { Schema } from './json-schema.ts';

/** Any member that is not described may be there, and may be anything. */
const ANYTHING = { additionalProperties: true } satisfies Schema;
const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

export const ECS_EVENT: Schema = {
  type: 'object',
  required: ['@timestamp', 'ecs', 'event', 'host', 'message', 'integ'],
  properties: {
    '@timestamp': { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    ecs: { type: 'object', properties: { version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' } } },
    message: TEXT,
    host: { type: 'object', properties: { name: TEXT } },
    rule: { type: 'object', properties: { name: TEXT } },
    error: { type: 'object', properties: { code: TEXT, message: TEXT, type: TEXT } },
    event: {
      type: 'object',
      required: ['kind', 'category', 'type', 'action', 'module', 'dataset', 'id'],
      properties: {
        kind: { enum: ['event', 'alert'] },
        category: { type: 'array', items: { enum: ['file', 'configuration'] } },
        type: { type: 'array', items: { enum: ['creation', 'deletion', 'change', 'info', 'access'] } },
        action: { type: 'array', items: TEXT },
        outcome: { enum: ['success', 'failure', 'unknown'] },
        severity: COUNT,
        module: { const: 'integ' },
        dataset: { const: 'integ.check' },
        id: TEXT,
        start: TEXT,
        end: TEXT,
        duration: COUNT,
      },
    },
    file: fileSchema(),
    integ: { type: 'object', required: ['run_id', 'finding'], ...ANYTHING },
  },
};

/** Of `file`, and of what was before. */
export function fileSchema(): Schema {
  const time: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' };
  const names = ['path', 'name', 'inode', 'uid', 'gid', 'mode', 'owner', 'group', 'target_path'];
  const hashes = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'ssdeep', 'tlsh', 'cdhash'];
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(names.map((name) => [name, TEXT])),
      type: { enum: ['file', 'dir', 'symlink', 'fifo', 'socket', 'block_device', 'char_device'] },
      size: { type: ['integer', 'string'] },
      mtime: time,
      ctime: time,
      accessed: time,
      created: time,
      hash: { type: 'object', properties: Object.fromEntries(hashes.map((name) => [name, TEXT])) },
    },
  };
}

export const SARIF: Schema = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: TEXT,
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: { type: 'object', required: ['tool', 'invocations', 'results'], properties: runSchema() },
    },
  },
};

function runSchema(): Readonly<Record<string, Schema>> {
  const message: Schema = { type: 'object', required: ['text'], properties: { text: TEXT } };
  const guid: Schema = {
    type: 'string',
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  };
  const uri: Schema = { type: 'string', pattern: '^(?:[A-Za-z0-9\\-._~/]|%[0-9A-F]{2})+$' };
  const artifact: Schema = { type: 'object', required: ['uri'], properties: { uri, uriBaseId: { const: 'ROOT' } } };
  const physical: Schema = { type: 'object', properties: { artifactLocation: artifact } };
  const locations: Schema = { type: 'array', items: { type: 'object', properties: { physicalLocation: physical } } };
  const level: Schema = { enum: ['none', 'note', 'warning', 'error'] };
  const notification: Schema = {
    type: 'object',
    required: ['message'],
    properties: { level, message, locations, descriptor: { type: 'object', properties: { id: TEXT } } },
  };
  const rules: Schema = { type: 'array', items: { type: 'object', required: ['id'], properties: { id: TEXT } } };
  return {
    tool: {
      type: 'object',
      properties: { driver: { type: 'object', required: ['name'], properties: { name: TEXT, version: TEXT, rules } } },
    },
    automationDetails: { type: 'object', properties: { id: TEXT, guid } },
    baselineGuid: guid,
    originalUriBaseIds: { type: 'object', properties: { ROOT: { type: 'object', ...ANYTHING } } },
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    properties: { type: 'object', ...ANYTHING },
    invocations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['executionSuccessful'],
        properties: {
          executionSuccessful: { type: 'boolean' },
          exitCode: { type: 'integer' },
          startTimeUtc: TEXT,
          endTimeUtc: TEXT,
          toolExecutionNotifications: { type: 'array', items: notification },
          toolConfigurationNotifications: { type: 'array', items: notification },
        },
      },
    },
    results: {
      type: 'array',
      items: {
        type: 'object',
        required: ['message', 'ruleId', 'ruleIndex'],
        properties: {
          ruleId: TEXT,
          ruleIndex: COUNT,
          level,
          baselineState: { enum: ['new', 'unchanged', 'updated', 'absent'] },
          message,
          locations,
          partialFingerprints: { type: 'object', additionalProperties: TEXT },
          properties: { type: 'object', ...ANYTHING },
        },
      },
    },
  };
}
