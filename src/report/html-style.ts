/** The style sheet of the HTML report: light and dark, screen and paper. Nothing in it comes from a report. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --faint: #57606a; --panel: #f6f8fa; --line: #d0d7de; --link: #0550ae;
  --critical: #a40e26; --high: #a33a00; --medium: #7a5200; --low: #0550ae; --info: #57606a;
  --plus: #116329; --plus-page: #e6f6e9; --minus: #a40e26; --minus-page: #ffebe9; --hunk: #6639ba;
  --clean-page: #116329; --changed-page: #8f4a00; --incomplete-page: #a40e26; --status-text: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --faint: #9aa4af; --panel: #161b22; --line: #30363d; --link: #79b8ff;
    --critical: #ff8f98; --high: #ffab70; --medium: #e3b341; --low: #79b8ff; --info: #9aa4af;
    --plus: #7ee787; --plus-page: #12261e; --minus: #ff9a9a; --minus-page: #2d1519; --hunk: #d2a8ff;
    --clean-page: #0f5323; --changed-page: #7a3e00; --incomplete-page: #8e1519;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 7rem; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
}
.width { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
code, pre, td, .path { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 0.875rem; }
code, td, .path, dd, .note, .aside { overflow-wrap: anywhere; }
/* Two spaces in a name are not one. */
code, td, .path { white-space: pre-wrap; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 0.75rem; padding-bottom: 0.3rem; border-bottom: 2px solid var(--line); font-size: 1.2rem; }
h2 .name { display: inline-block; }
h2 .name::first-letter { text-transform: uppercase; }
h2 .number { font-weight: normal; color: var(--faint); }
ul { margin: 0; padding: 0; list-style: none; }
p { margin: 0.25rem 0; }
.faint, .aside, .note { color: var(--faint); }
.aside { font-size: 0.875rem; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 0.5rem; top: 0.5rem; z-index: 3; padding: 0.5rem 1rem; background: var(--page); }

.status { padding: 1.25rem 0; color: var(--status-text); background: var(--changed-page); }
.status :focus-visible { outline-color: var(--status-text); }
.status p { max-width: 60rem; }
.status.clean { background: var(--clean-page); }
.status.incomplete { background: var(--incomplete-page); border-bottom: 0.5rem double var(--status-text); }
.warning { margin: 1rem 0; padding: 0.75rem 1rem; border: 2px solid var(--critical); border-radius: 6px; font-weight: 600; }
.tally { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 1rem 0 0; }
.tally a {
  display: block; padding: 0.3rem 0.8rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--panel); color: var(--text); text-decoration: none;
}
.tally a:hover { border-color: currentColor; }

.filter { position: sticky; top: 0; z-index: 2; background: var(--page); border-bottom: 1px solid var(--line); }
.filter form { display: flex; flex-wrap: wrap; gap: 0.4rem 1.5rem; align-items: center; padding-top: 0.6rem; padding-bottom: 0.6rem; font-size: 0.875rem; }
.filter fieldset { display: flex; flex-wrap: wrap; gap: 0.1rem 0.8rem; margin: 0; padding: 0; border: 0; }
.filter legend { float: left; margin-right: 0.8rem; padding: 0; color: var(--faint); }
.filter label { display: inline-flex; gap: 0.35rem; align-items: center; white-space: nowrap; }
.filter input[type="search"], .filter select, .filter button {
  font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--faint); border-radius: 5px; padding: 0.25rem 0.5rem;
}
.filter input[type="search"] { width: 18rem; max-width: 60vw; }
.filter select { max-width: 16rem; }
.filter button { cursor: pointer; }
.filter output { flex: 1; font-weight: 600; }

.findings > li { padding: 0.6rem 0; border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 5rem; }
.what { display: flex; gap: 0.75rem; align-items: baseline; }
.what .number { flex: none; min-width: 2rem; text-align: right; color: var(--faint); }
.kind { flex: none; width: 8.25rem; font-weight: 600; }
.kind .sign { display: inline-block; width: 1.1rem; }
.path { font-weight: 600; font-size: 0.9375rem; }
.more { margin-left: 11.75rem; }
.flags { font-weight: 600; color: var(--high); }
.facts { margin: 0.3rem 0; font-weight: 600; }
.facts li::before { content: "\\2022\\00a0"; }
.critical > h2 { border-color: var(--critical); } .critical > h2 .name { color: var(--critical); }
.high > h2 { border-color: var(--high); } .high > h2 .name { color: var(--high); }
.medium > h2 { border-color: var(--medium); } .medium > h2 .name { color: var(--medium); }
.low > h2 { border-color: var(--low); } .low > h2 .name { color: var(--low); }
.not-examined > h2 { border-color: var(--critical); } .not-examined > h2 .name { color: var(--critical); }

summary { cursor: pointer; }
.more summary { color: var(--faint); font-size: 0.875rem; }
.group > summary { padding: 0.6rem 0; font-weight: 600; overflow-wrap: anywhere; }
.group > .findings { margin-left: 1rem; padding-left: 1rem; border-left: 3px solid var(--line); }
table { border-collapse: collapse; margin: 0.3rem 0; }
th, td { padding: 0.1rem 1.25rem 0.1rem 0; text-align: left; vertical-align: top; }
th { font-weight: normal; color: var(--faint); font-size: 0.875rem; }
tbody th { white-space: nowrap; }
pre { margin: 0.3rem 0; padding: 0.5rem 0; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); overflow-x: auto; }
pre.diff > * { display: block; width: max-content; min-width: 100%; padding: 0 0.75rem; min-height: 1.5em; text-decoration: none; }
ins { color: var(--plus); background: var(--plus-page); }
del { color: var(--minus); background: var(--minus-page); }
.hunk { color: var(--hunk); }
pre.commands { padding: 0.75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.5rem; margin: 0; }
dt { color: var(--faint); }
dd { margin: 0; }
footer.width { margin-top: 2.5rem; margin-bottom: 2.5rem; padding-top: 0.75rem; border-top: 1px solid var(--line); color: var(--faint); font-size: 0.875rem; }

@media (max-width: 40rem) {
  .what { display: block; }
  .kind { margin-right: 0.75rem; }
  .more { margin-left: 0; }
  .filter { position: static; }
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: 0.4rem; }
}
@media print {
  :root {
    --page: #ffffff; --text: #000000; --faint: #444444; --panel: #ffffff; --line: #999999; --link: #000000;
    --critical: #8a0a1e; --high: #7a2b00; --medium: #5c3d00; --low: #04408a; --info: #444444;
    --plus: #0b4a1d; --plus-page: #ffffff; --minus: #8a0a1e; --minus-page: #ffffff; --hunk: #4b2a8c;
    --status-text: #000000;
  }
  body { font-size: 10pt; }
  .status, .status.clean, .status.incomplete { background: none; border: 3pt solid #000000; padding: 0.5rem; }
  .filter form > *, .skip, .tally { display: none; }
  .filter { position: static; border: 0; }
  .filter.active output { display: block; }
  .findings > li { content-visibility: visible; }
  h2, .what, summary, thead { break-after: avoid; }
  tr, .what, pre.diff > * { break-inside: avoid; }
  pre { white-space: pre-wrap; overflow: visible; }
  pre.diff > * { width: auto; overflow-wrap: anywhere; }
  /* Paper cannot be unfolded; browsers without this selector are told by the script. */
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
