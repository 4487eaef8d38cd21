/** What each alias of a document stands for: the last node before it that has its anchor. Found in one walk over the document. */
import type { Alias, Document } from "yaml";
import { isAlias, isMap, isNode, isScalar, isSeq } from "yaml";

export type Anchors = ReadonlyMap<Alias, unknown>;

/** An alias whose anchor is not there is left out. Iterative: a document may be nested deeply. */
export function resolveAliases(document: Document.Parsed): Anchors {
  const known = new Map<string, unknown>();
  const targets = new Map<Alias, unknown>();
  const open: unknown[] = [document.contents];
  while (open.length > 0) {
    const node = open.pop();
    if (isAlias(node)) {
      if (known.has(node.source)) targets.set(node, known.get(node.source));
      continue;
    }
    if (isNode(node) && "anchor" in node && typeof node.anchor === "string") known.set(node.anchor, node);
    if (isScalar(node)) continue;
    if (isSeq(node)) for (let index = node.items.length - 1; index >= 0; index--) open.push(node.items[index]);
    else if (isMap(node)) {
      for (let index = node.items.length - 1; index >= 0; index--) {
        const pair = node.items[index];
        open.push(pair?.value, pair?.key);
      }
    }
  }
  return targets;
}
