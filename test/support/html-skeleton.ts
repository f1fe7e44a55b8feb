/** What a parser of HTML that is not ours sees in pages: which elements with which attributes, and which texts. */
import { spawnSync } from 'node:child_process';

export interface ParsedPage {
  /** Each start tag with the names of its attributes, in the order of the page. */
  readonly elements: readonly string[];
  /** The text of each element of the kinds that hold values, white space and all. */
  readonly texts: readonly string[];
  readonly attributeValues: readonly string[];
}

const PARSER = `
import json, sys
from html.parser import HTMLParser

class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.values, self.open = [], [], [], None
    def handle_starttag(self, tag, attributes):
        self.elements.append(' '.join([tag] + [name for name, _ in attributes]))
        self.values += [value for _, value in attributes if value is not None]
        if tag in ('code', 'span', 'td', 'dd', 'title', 'option', 'p', 'li', 'ins', 'del'):
            self.texts.append('')
            self.open = len(self.texts) - 1
    def handle_endtag(self, tag):
        self.open = None
    def handle_data(self, data):
        if self.open is not None:
            self.texts[self.open] += data
    def handle_comment(self, data):
        self.elements.append('comment')
    def handle_decl(self, data):
        self.elements.append('declaration')
    def unknown_decl(self, data):
        self.elements.append('declaration')
    def handle_pi(self, data):
        self.elements.append('instruction')

result = []
for text in json.load(sys.stdin):
    page = Page()
    page.feed(text)
    page.close()
    result.append({'elements': page.elements, 'texts': page.texts, 'attributeValues': page.values})
json.dump(result, sys.stdout)
`;

export const HAS_PYTHON = spawnSync('python3', ['-c', 'import html.parser'], { stdio: 'ignore' }).status === 0;

export function parsePages(pages: readonly string[]): readonly ParsedPage[] {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PARSER], {
    input: JSON.stringify(pages),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  // The program above writes nothing else.
  return JSON.parse(stdout) as ParsedPage[];
}
