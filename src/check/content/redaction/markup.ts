/**
 * Secrets in XML, and in pairs of a name and a value that stand apart: `<password>…</password>`, `<add key="password"
 * value="…"/>`, `name: DB_PASSWORD` above `value: …`, `<key>Password</key><string>…</string>` of property lists.
 */
import { looksLikeValue } from './line-shapes.ts';
import { isPlaceholder } from './placeholder.ts';
import type { Reading } from './reading.ts';
import { isSecretName } from './secret-names.ts';
import { replaceValue } from './values.ts';

/**
 * Bounded, so that a tag that never closes costs little; the closing tag must follow, so that a stray one hides
 * nothing.
 */
const ELEMENT =
  /(<([A-Za-z][\w:.-]{0,80})((?:\s[^<>]{0,400})?)>(?:\s*<!\[CDATA\[)?)([^<]{1,4000}?)(?=(?:\]\]>\s*)?<\/\2\s*>)/gi;
/** An element of which only the child has the text: `<Password><Value>…</Value>`. */
const NESTED =
  /(<([A-Za-z][\w:.-]{0,80})((?:\s[^<>]{0,400})?)>\s{0,400}<(?:value|plaintext|string|text|val)>\s{0,80})([^<]{1,4000})(?=<\/)/gi;
const NAME_THEN_VALUE =
  /(<(key|name|param-name|property|option)>\s{0,40}([\w.:-]{1,80})\s{0,40}<\/\2>\s{0,400}<(?:string|value|param-value|data|val|defaultValue)(?:\s[^<>]{0,100})?>\s{0,40})([^<]{1,4000})(?=<\/)/gi;
/** Values of a name that stands beside them in the same tag, map or list item. */
const NAME_BESIDE_VALUE =
  /(\b(?:name|key|id|parameter|variable|field|option|property|env|attribute)["']?[^\S\r\n]{0,20}(?::|=>|=)[^\S\r\n]{0,20}["']?([\w.:/-]{1,80})["']?[\s,;]{0,80}(?:(?:type|id|secret|encrypted|sensitive|scope|protected)["']?[^\S\r\n]{0,20}[:=][^\S\r\n]{0,20}["']?\w{1,40}["']?[\s,;]{0,80}){0,3}["']?(?:value|val|default|content|string|data|text)["']?[^\S\r\n]{0,20}(?::|=>|=)[^\S\r\n]{0,20})("[^"\r\n]{0,4000}"|'[^'\r\n]{0,4000}'|[^\s"',;}<>]{1,4000}(?:[^\S\r\n]+[^\s"',;}<>#]{1,400}(?=[^\S\r\n]*$)){0,1})/gim;
const VALUE_BESIDE_NAME =
  /(\bvalue["']?[^\S\r\n]{0,20}[:=][^\S\r\n]{0,20})("[^"\r\n]{0,400}"|'[^'\r\n]{0,400}')([\s,;]{1,80}["']?(?:name|key|id)["']?[^\S\r\n]{0,20}[:=][^\S\r\n]{0,20}["']([\w.:/-]{1,80})["'])/gi;

function replaced(name: string, value: string, below: Reading['below'] = 'never'): string {
  const strength = isSecretName(name);
  if (strength === undefined) return value;
  const trimmed = value.trim();
  const inner = /^(["']).*\1$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
  const isForeign = value.includes('\n') && below !== 'always' && !looksLikeValue(inner);
  if (inner === '' || isForeign || isPlaceholder(inner)) return value;
  const start = value.indexOf(inner);
  const text = replaceValue(inner, '', strength === 'strong');
  return value.slice(0, start) + text + value.slice(start + inner.length);
}

/** What names an element: itself, or its attribute `name`. */
function nameOf(element: string, attributes: string): string {
  return isSecretName(element) === undefined
    ? (/\s(?:name|key|id)\s{0,8}=\s{0,8}["']([\w.:-]{1,80})["']/i.exec(attributes)?.[1] ?? '')
    : element;
}

/** In files that are no XML, text of several lines is not taken for that of an element: it could be anybody's lines. */
export function redactMarkup(text: string, below: Reading['below']): string {
  const elements = text.includes('</')
    ? text
        .replace(ELEMENT, (_, head: string, element: string, attributes: string, value: string) => {
          return head + replaced(nameOf(element, attributes), value, below);
        })
        .replace(NESTED, (_, head: string, element: string, attributes: string, value: string) => {
          return head + replaced(nameOf(element, attributes), value, below);
        })
        .replace(
          NAME_THEN_VALUE,
          (_, head: string, __: string, name: string, value: string) => head + replaced(name, value),
        )
    : text;
  return elements
    .replace(NAME_BESIDE_VALUE, (_, head: string, name: string, value: string) => head + replaced(name, value))
    .replace(VALUE_BESIDE_NAME, (_, head: string, value: string, tail: string, name: string) => {
      return head + replaced(name, value) + tail;
    });
}
