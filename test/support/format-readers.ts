/** Readers of the formats, written from their specifications and from nothing of integ, for tests. */
import { execFileSync } from 'node:child_process';

/** Rows as the csv module of Python reads them. */
export function readCsv(text: string): readonly (readonly string[])[] {
  const program =
    "import csv, io, json, sys\nbytes = sys.stdin.buffer.read()\nprint(json.dumps(list(csv.reader(io.StringIO(bytes.decode('utf-8'), newline=''), strict=True))))";
  const output = execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(output);
}

/** Objects, one a line, as the json module of Python reads them; duplicate keys are an error. */
export function readJsonLines(text: string): readonly Record<string, unknown>[] {
  const program = `
import json, sys
def once(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)
lines = sys.stdin.buffer.read().decode('utf-8').split('\\n')
assert lines[-1] == ''
print(json.dumps([json.loads(line, object_pairs_hook=once) for line in lines[:-1]]))
`;
  const output = execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(output);
}

export interface CefEvent {
  readonly header: readonly string[];
  readonly extension: ReadonlyMap<string, string>;
}

const CEF_HEADER_FIELDS = 7;

function unescapeCef(text: string, allowed: string): string {
  return text.replace(/\\(.?)/gs, (_, character: string) => {
    if (character === '' || !allowed.includes(character)) throw new Error(`\\${character} is no escape`);
    return character === 'n' ? '\n' : character === 'r' ? '\r' : character;
  });
}

/** ArcSight Common Event Format, version 0: seven header fields, then key=value pairs. Throws for anything else. */
export function readCef(line: string): CefEvent {
  if (!line.startsWith('CEF:0|')) throw new Error('no CEF:0');
  const header: string[] = [];
  let rest = line.slice('CEF:'.length);
  while (header.length < CEF_HEADER_FIELDS) {
    const [all, field] = /^((?:[^|\\\r\n]|\\[\\|])*)\|/.exec(rest) ?? [];
    if (all === undefined || field === undefined) throw new Error(`header field ${header.length} of ${line}`);
    header.push(unescapeCef(field, '\\|'));
    rest = rest.slice(all.length);
  }
  const extension = new Map<string, string>();
  // A key follows a space (or nothing) and ends at an equals sign that is not escaped.
  const keys = [...rest.matchAll(/(?:^| )([A-Za-z0-9_.-]+)=/g)];
  if (rest !== '' && keys[0]?.index !== 0) throw new Error(`extension of ${line}`);
  for (const [number, match] of keys.entries()) {
    const end = keys[number + 1]?.index ?? rest.length;
    const raw = rest.slice(match.index + match[0].length, end);
    if (/(?<!\\)(?:\\\\)*=/.test(raw)) throw new Error(`an equals sign that is not escaped: ${raw}`);
    const [, key = ''] = match;
    if (extension.has(key)) throw new Error(`${key} stands twice`);
    extension.set(key, unescapeCef(raw, '\\=nr'));
  }
  return { header, extension };
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Prometheus text exposition format 0.0.4, and what the textfile collector asks for beyond it. Throws for anything
 * else.
 */
export function readPrometheus(text: string): readonly Sample[] {
  if (!text.endsWith('\n')) throw new Error('no final newline');
  const samples: Sample[] = [];
  const described = new Set<string>();
  const typed = new Set<string>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      const seen = kind === 'HELP' ? described : typed;
      if (seen.has(name)) throw new Error(`second ${kind} of ${name}`);
      if (kind === 'TYPE' && rest !== 'gauge') throw new Error(`type ${rest}`);
      seen.add(name);
      current = name;
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9][0-9.e+-]*)$/.exec(line);
    if (sample === null) throw new Error(`neither a comment nor a sample without timestamp: ${line}`);
    const [, name = '', list, value] = sample;
    if (name !== current || !described.has(name) || !typed.has(name)) throw new Error(`${name} is not in its group`);
    samples.push({ name, labels: readLabels(list ?? ''), value: Number(value) });
  }
  const keys = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
  if (new Set(keys).size !== keys.length) throw new Error('a series stands twice');
  return samples;
}

function readLabels(list: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = list; rest !== ''; ) {
    const [all, name = '', value = ''] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest) ?? [];
    if (all === undefined) throw new Error(`labels: ${list}`);
    labels[name] = value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(all.length);
  }
  return labels;
}
