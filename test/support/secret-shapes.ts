/** The shapes of test/fixtures/redaction, and the ways in which each may stand in a real file. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Shape {
  readonly path: string;
  readonly flags: string;
  /** One character a byte, as texts are redacted. */
  readonly text: string;
  readonly secrets: readonly string[];
}

const ALPHABETS: Readonly<Record<string, string>> = {
  a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  b: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  h: '0123456789abcdef',
  H: '0123456789ABCDEF',
  d: '0123456789',
  B: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  C: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
};

/** Characters that look drawn and are always the same: `seed` tells them apart. */
function drawn(kind: string, length: number, seed: string): string {
  const alphabet = ALPHABETS[kind] ?? '';
  const isPadded = kind === 'b' && length % 4 === 0 && length < 60;
  let text = '';
  for (let block = 0; text.length < length; block++) {
    const bytes = createHash('sha256').update(`${seed} ${block}`).digest();
    text += Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('');
  }
  return isPadded ? `${text.slice(0, length - 1)}=` : text.slice(0, length);
}

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

interface Lines {
  readonly path: string;
  readonly flags: string;
  readonly lines: readonly string[];
}

/** Files of a fixture: a line `@ path flags`, and the lines of the file. */
export function readLines(file: string): readonly Lines[] {
  const files: { path: string; flags: string; lines: string[] }[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('%%')) continue;
    const [, path, flags = ''] = /^@ (\S+)(?: (\w+))?$/.exec(line) ?? [];
    if (path !== undefined) files.push({ path, flags, lines: [] });
    else files.at(-1)?.lines.push(line);
  }
  return files;
}

export function readShapes(file: string): readonly Shape[] {
  return readLines(file).map(({ path, flags, lines }, index) => {
    let count = 0;
    const text = lines
      .join('\n')
      .trimEnd()
      .replace(/\{([abhHdBC])(\d+)\}/g, (_, kind: string, length: string) => {
        count += 1;
        return drawn(kind, Number(length), `${path} ${index} ${count}`);
      });
    const secrets = [...text.matchAll(/«([^»]*)»/g)].map((match) => latin1(match[1] ?? ''));
    return { path, flags, text: latin1(text.replace(/[«»]/g, '')), secrets };
  });
}

/** The text with each secret changed by `change`. */
function replaceSecrets({ text, secrets }: Shape, change: (secret: string) => string): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, change(secret)), text);
}

/** The same secret with its last letters and digits counted on. */
export function nextSecret(secret: string): string {
  return secret.replace(/[A-EG-Ya-eg-y0-8](?=[^A-EG-Ya-eg-y0-8]*$)/, (last) =>
    String.fromCharCode(last.charCodeAt(0) + 1),
  );
}

export interface Variant {
  readonly name: string;
  readonly text: string;
}

function quotedValue({ text, secrets }: Shape): string {
  if (secrets.length !== 1 || /["'`\n]/.test(text)) return text;
  const [secret = ''] = secrets;
  const escaped = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<=[=\\t ])${escaped}(?=$| )`), `"${secret}"`);
}

export function variantsOf(shape: Shape): readonly Variant[] {
  const { text, flags, secrets } = shape;
  const isColumns = flags.includes('c');
  const lines = text.split('\n');
  const hasSecret = (line: string) => secrets.some((secret) => line.includes(secret));
  const variants: Variant[] = [
    { name: 'as it is', text },
    { name: 'changed', text: replaceSecrets(shape, nextSecret) },
    { name: 'between other lines', text: `# Managed by hand\nport = 25\n${text}\nlevel = 3\n# end\n` },
    { name: 'with Windows line ends', text: `${lines.join('\r\n')}\r\n` },
  ];
  if (!isColumns) {
    variants.push({ name: 'indented', text: lines.map((line) => `    ${line}`).join('\n') });
    variants.push({ name: 'indented by a tab', text: lines.map((line) => `\t${line}`).join('\n') });
    variants.push({ name: 'in quotes', text: quotedValue(shape) });
  }
  if (!/[xc]/.test(flags)) {
    const upper = lines.map((line) => {
      const at = Math.min(...secrets.map((secret) => line.indexOf(secret)).filter((index) => index >= 0));
      return Number.isFinite(at) ? line.slice(0, at).toUpperCase() + line.slice(at) : line;
    });
    variants.push({ name: 'in capitals', text: upper.join('\n') });
  }
  if (!/[nc]/.test(flags) && !text.includes('\\\n')) {
    const commented = lines.map((line) => (hasSecret(line) ? `${line} # since 2024` : line));
    variants.push({ name: 'with a comment behind', text: commented.join('\n') });
  }
  return variants;
}
