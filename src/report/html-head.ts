/**
 * How every HTML file of integ begins: it needs nothing else, and a policy of the page (CSP) forbids everything but the
 * one style sheet and the script that stand in it, so that even a mistake in escaping would run nothing.
 */
import { STYLE } from './html-style.ts';
import { type Html, html, raw, sourceOf } from './html-template.ts';

/** Up to the beginning of the body. `contents`: what the link to it is called; `script`: the one that may run. */
export function documentHead(title: string, contents: string, script?: string): Html {
  const policy = [
    "default-src 'none'",
    `style-src ${sourceOf(STYLE)}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to ${contents}</a>
`;
}
