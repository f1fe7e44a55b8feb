/** `integ hash`: digests of files, as Tripwire's siggen prints them and as sha256sum -c and its kin read them. */
import { existsSync } from 'node:fs';
import { digestContent } from '../../../app/hash.ts';
import { loadDigests } from '../../../digest/algorithms.ts';
import { DEFAULT_DIGESTS, DIGEST_NAMES, type DigestName, isDigestName } from '../../../model/attributes.ts';
import { printableText } from '../../../model/bytes.ts';
import { errorCode, SYSEXITS, type SysexitName, SystemError, UserError } from '../../../model/errors.ts';
import { harmless } from '../../../report/plain.ts';
import type { CommandContext } from '../../context.ts';
import type { HashOptions } from './define.ts';

interface FileDigests {
  readonly file: string;
  readonly digests: ReadonlyMap<DigestName, string>;
}

export async function runHash(
  context: CommandContext,
  options: HashOptions,
  [operands]: readonly [readonly string[]],
): Promise<number> {
  const { algorithms, files } = interpret(operands, options);
  if (options.format === 'sum' && algorithms.length !== 1) {
    throw new UserError('usage', '--format sum needs exactly one algorithm', { hint: 'name it with -a' });
  }
  await loadDigests();
  const results: FileDigests[] = [];
  let exitCode = 0;
  for (const file of files) {
    try {
      const input = file === '-' ? process.stdin : undefined;
      const result = { file, digests: encoded(await digestContent(file, algorithms, input), options.encoding) };
      if (options.format === 'json') results.push(result);
      else context.terminal.print(options.format === 'sum' ? sumLine(result) : textBlock(result, files.length > 1));
    } catch (error) {
      const failure = asUserError(file, error);
      context.terminal.error(failure);
      if (exitCode === 0) exitCode = SYSEXITS[failure.code];
    }
  }
  if (options.format === 'json') {
    const list = results.map(({ file, digests }) => ({ file: printableText(file), ...Object.fromEntries(digests) }));
    context.terminal.print(`${JSON.stringify(list, null, 2)}\n`);
  }
  return exitCode;
}

/** `-a md5 sha1 FILE` names two algorithms: words that name one and no file are taken as such. */
function interpret(operands: readonly string[], options: HashOptions) {
  const named = (options.algorithm ?? []).flatMap((text) => text.split(',')).filter((text) => text !== '');
  const files = [...operands];
  while (named.length > 0 && files.length > 1 && isDigestName(files[0] ?? '') && !existsSync(files[0] ?? '')) {
    named.push(files.shift() ?? '');
  }
  if (named.length === 0) return { algorithms: DEFAULT_DIGESTS, files };
  if (named.includes('all')) return { algorithms: DIGEST_NAMES, files };
  const unknown = named.find((name) => !isDigestName(name));
  if (unknown !== undefined) {
    throw new UserError('usage', `there is no algorithm ${printableText(unknown)}`, {
      hint: `choose from all, ${DIGEST_NAMES.join(', ')}`,
    });
  }
  return { algorithms: DIGEST_NAMES.filter((name) => named.includes(name)), files };
}

function encoded(digests: ReadonlyMap<DigestName, Uint8Array>, encoding: HashOptions['encoding']) {
  const encode = encoding === 'hex' ? toHex : toTripwireBase64;
  return new Map([...digests].map(([name, digest]) => [name, encode(digest)]));
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base 64 as in Tripwire: the digest as one big-endian number, filled with zero bits in front, and no padding. */
function toTripwireBase64(bytes: Uint8Array): string {
  const digits = Math.ceil((bytes.length * 8) / 6);
  let rest = BigInt(`0x0${toHex(bytes)}`);
  let text = '';
  for (let index = 0; index < digits; index += 1) {
    text = (BASE64[Number(rest & 63n)] ?? '') + text;
    rest >>= 6n;
  }
  return text;
}

/** The line format of sha256sum(1): a name with a backslash or newline is escaped and the line starts with one. */
function sumLine({ file, digests }: FileDigests): string {
  const [digest] = digests.values();
  const escaped = file.replace(
    /[\\\n\r]/g,
    (character) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r' })[character] ?? '',
  );
  if (harmless(escaped) !== escaped) {
    throw new UserError('usage', `the name ${printableText(file)} cannot be written in the format sum`, {
      hint: 'a terminal would obey it: use --format text or json',
    });
  }
  return `${escaped === file ? '' : '\\'}${digest}  ${escaped}\n`;
}

function textBlock({ file, digests }: FileDigests, named: boolean): string {
  const width = Math.max(...[...digests.keys()].map((name) => name.length));
  const lines = [...digests].map(([name, digest]) => `${name.padEnd(width)} : ${digest}\n`);
  return named ? `--- ${printableText(file)}\n${lines.join('')}` : lines.join('');
}

const REASONS: Readonly<Record<string, readonly [SysexitName, string]>> = {
  ENOENT: ['missing', 'no such file'],
  ENOTDIR: ['missing', 'a part of the path is not a directory'],
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'not permitted'],
  EISDIR: ['usage', 'it is a directory'],
};

function asUserError(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  if (error instanceof SystemError) {
    const hint = 'what comes through a pipe is read from standard input: integ hash -';
    return new UserError('io', `cannot read ${printableText(file)}: ${error.message}`, { hint, cause: error });
  }
  const code = errorCode(error);
  const [name, reason] = REASONS[code] ?? ['io', code];
  return new UserError(name, `cannot read ${printableText(file)}: ${reason}`, { cause: error });
}
