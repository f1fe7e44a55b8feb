/**
 * The markup of manual pages: the macros of man(7), as man and mandoc read them. Texts come in plain; what would be
 * taken for markup is escaped here and nowhere else.
 */

/** Text as roff: backslashes, and hyphens that are to stay hyphens when copied; never the beginning of a request. */
export function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
  return escaped.replace(/^([.'])/gm, '\\&$1');
}

const LINE_LENGTH = 72;

/** Text whose breaks mean nothing, in lines of a length that mandoc(1) asks for. */
function filled(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && line.length + word.length >= LINE_LENGTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return roff([...lines, line].join('\n'));
}

export const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
export const italic = (text: string): string => `\\fI${roff(text)}\\fR`;

export interface PageTitle {
  readonly name: string;
  readonly section: number;
  /** One line: what it is. */
  readonly about: string;
  readonly version: string;
}

export function title({ name, section, about, version }: PageTitle): string[] {
  // No date: the page is the same whenever it is made.
  return [
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} ${section} "" "integ ${version}" "integ"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(about)}`,
  ];
}

export const section = (name: string): string => `.SH ${roff(name)}`;
export const subsection = (name: string): string => `.SS ${roff(name)}`;
export const paragraph = (text: string): string[] => ['.PP', filled(text)];

/** A term with what is said about it; the term is markup already. */
export const item = (term: string, text: string): string[] => ['.TP', term, filled(text)];

/** Lines that keep their breaks, indented and in constant width. */
export function verbatim(lines: readonly string[]): string[] {
  return ['.PP', '.RS 4', '.nf', ...lines.map((line) => (line === '' ? '\\&' : roff(line))), '.fi', '.RE'];
}

/** The source of a page: a section begins with a paragraph anyhow. */
export function page(lines: readonly string[]): string {
  return `${lines.join('\n').replace(/^(\.S[HS] .*)\n\.PP$/gm, '$1')}\n`;
}
