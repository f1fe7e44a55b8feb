/**
 * The script of the HTML report: shows the filter, which is of no use without it, and unfolds everything for printing.
 * The page says all that it has to say without it. Nothing in it comes from a report.
 */

export const SCRIPT = `
'use strict';
(() => {
  const bar = document.getElementById('filter');
  const form = bar.querySelector('form');
  const shown = document.getElementById('shown');
  const items = [...document.querySelectorAll('li[data-kind]')].map((element) => ({
    element,
    kind: element.dataset.kind,
    kinds: element.dataset.kind.split(','),
    severity: element.dataset.severity,
    rules: element.dataset.rules === undefined ? [element.dataset.rule] : JSON.parse(element.dataset.rules),
    text: undefined,
  }));
  const counted = items.filter(({ kind }) => kind !== 'consequence').length;
  const boxes = [...document.querySelectorAll('main section[data-fold], main details.group')];
  const groups = boxes.filter((box) => box.localName === 'details');
  const foldedBefore = new Map();
  const number = (count) => count.toLocaleString('en');

  const textOf = (item) => (item.text ??= item.element.textContent.toLowerCase());
  const chosen = (name) => new Set([...form.querySelectorAll('input[name=' + name + ']:checked')].map(({ value }) => value));

  function apply() {
    const words = form.elements.text.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const severities = chosen('severity');
    const kinds = chosen('kind');
    const rule = form.elements.rule.value;
    const isActive = words.length > 0 || severities.size > 0 || kinds.size > 0 || rule !== '';
    const hits = new Map();
    let count = 0;
    for (const item of items) {
      // What could not be examined belongs to no rule and no severity: it may hide any finding, so it stays in sight.
      const isError = item.kind === 'not examined';
      const isShown =
        (kinds.size === 0 || item.kinds.some((kind) => kinds.has(kind))) &&
        (isError || severities.size === 0 || severities.has(item.severity)) &&
        (isError || rule === '' || item.rules.includes(rule)) &&
        words.every((word) => textOf(item).includes(word));
      item.element.hidden = !isShown;
      if (!isShown) continue;
      if (item.kind !== 'consequence') count += 1;
      for (let box = item.element.closest('details.group, section'); box !== null; box = box.parentElement.closest('details.group, section')) {
        hits.set(box, (hits.get(box) ?? 0) + 1);
      }
    }
    for (const box of boxes) box.hidden = isActive && !hits.has(box);
    for (const group of groups) {
      if (!isActive) {
        if (foldedBefore.has(group)) group.open = foldedBefore.get(group);
        continue;
      }
      if (!foldedBefore.has(group)) foldedBefore.set(group, group.open);
      group.open = (hits.get(group) ?? 0) <= 200;
    }
    if (!isActive) foldedBefore.clear();
    bar.classList.toggle('active', isActive);
    const elsewhere = Number(shown.dataset.total) - counted;
    const missing = elsewhere > 0 ? '; ' + number(elsewhere) + ' more are not in this page' : '';
    shown.value = number(count) + ' of ' + number(counted) + ' shown' + missing;
  }

  let frame = 0;
  function soon() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(apply);
  }

  form.addEventListener('input', soon);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', soon);

  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details:not([open])')];
    for (const details of folded) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of folded) details.open = false;
  });

  bar.hidden = false;
  apply();
})();
`;
