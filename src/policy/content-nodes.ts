/** Finds what a path leads to: in the nodes of a YAML document, which have positions, and in the content of it. */
import { Alias, type Document, isMap, isScalar, isSeq, type Node } from 'yaml';

export type ContentPath = readonly (string | number)[];

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

/** Goes down the tree of nodes as far as the path leads. */
export function findNode(document: Document, path: ContentPath): Found {
  let key: Node | undefined;
  let value: Node | undefined = document.contents ?? undefined;
  for (const step of path) {
    const inside: Node | undefined = value instanceof Alias ? value.resolve(document) : value;
    let next: unknown;
    if (isMap(inside)) {
      const pair = inside.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      // Keys and values of a parsed document are nodes; a missing value is null.
      key = pair.key as Node;
      next = pair.value;
    } else if (isSeq(inside)) {
      next = inside.items[Number(step)];
    } else {
      break;
    }
    if (next === undefined || next === null) break;
    value = next as Node;
  }
  return { key, value };
}

export function valueAt(content: unknown, path: ContentPath): unknown {
  let value = content;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    // Any own property may be looked up; what comes out is unknown again.
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
