/**
 * A spec's text, its YAML document and its lines. Only a Source turns a path into a line and a column; the rest of the
 * compiler knows paths alone. The one file that imports `yaml` for reading.
 */
import type { ParsedNode, YAMLMap } from "yaml";
import { isAlias, isMap, isScalar, isSeq, LineCounter } from "yaml";
import type { Json } from "../../runtime/values/value.js";
import type { Anchors } from "./anchors.js";
import { resolveAliases } from "./anchors.js";
import { composeValue } from "./compose.js";
import { parseText } from "./parse-text.js";
import type { Path } from "./path.js";
import type { SourceProblem } from "./problem.js";
import type { Position, Range } from "./range.js";

export type { Position, Range } from "./range.js";

export interface Source {
  /** As it was given on the command line, or relative to the spec's folder. */
  readonly file: string;
  readonly text: string;
  /** What the text says, aliases and merge keys resolved; null when it says nothing. */
  readonly value: Json;
  readonly problems: readonly SourceProblem[];
  /** The nearest place to a path: its value, or its key. A path that is not in the text gives its nearest parent. */
  rangeOf(path: Path, part: "key" | "value"): Range;
  /** The place inside a string's own text, for expressions; the whole value where the text is written with escapes. */
  rangeWithin(path: Path, start: number, end: number): Range;
  /** Counted from 1, columns in UTF-16 units. */
  position(offset: number): Position;
}

/** Reads a spec's text. Never throws: what is wrong with it is in `problems`. */
export function readSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const parsed = parseText(text, lines);
  const { document } = parsed;
  const anchors: Anchors = document === undefined ? new Map() : resolveAliases(document);
  const composed = document === undefined ? { value: null, problems: [] } : composeValue(document, anchors);
  const problems = parsed.problems.length > 0 ? parsed.problems : composed.problems;
  const tree: Tree = { root: document?.contents ?? null, anchors, entries: new WeakMap() };
  return {
    file,
    text,
    value: composed.value,
    problems,
    rangeOf: (path, part) => clamp(findRange(tree, path, part), text),
    rangeWithin: (path, start, end) => within(tree, path, start, end, text),
    position: (offset) => {
      const { line, col } = lines.linePos(offset);
      return line === 0 ? { line: 1, column: 1 } : { line, column: col };
    },
  };
}

/** The document's nodes, with what was found out of them on the way. */
interface Tree {
  readonly root: ParsedNode | null;
  readonly anchors: Anchors;
  /** Of mappings that were looked into: the entries by key. */
  readonly entries: WeakMap<YAMLMap, ReadonlyMap<string, Entry>>;
}

interface Entry {
  readonly key: unknown;
  readonly value: unknown;
}

function findRange(tree: Tree, path: Path, part: "key" | "value"): Range {
  let node: unknown = tree.root;
  let range = rangeOfNode(node) ?? [0, 0];
  if (path.length === 0) return [range[0], range[0]];
  for (const [index, step] of path.entries()) {
    const pair = lookUp(tree, node, step);
    if (pair === undefined) return index === 0 ? [range[0], range[0]] : range;
    const isLast = index === path.length - 1;
    const chosen = isLast && part === "key" ? pair.key : pair.value;
    range = rangeOfNode(chosen) ?? rangeOfNode(pair.key) ?? range;
    node = pair.value;
  }
  return range;
}

function lookUp(tree: Tree, node: unknown, step: string | number): Entry | undefined {
  const target = followAlias(tree, node);
  if (isSeq(target)) {
    const item: unknown = target.items[Number(step)];
    return item === undefined ? undefined : { key: item, value: item };
  }
  return isMap(target) ? entriesOf(tree, target).get(String(step)) : undefined;
}

function followAlias({ anchors }: Tree, node: unknown): unknown {
  return isAlias(node) ? anchors.get(node) : node;
}

/** The mapping's own entries before those merged into it; where a key stands twice, the last. */
function entriesOf(tree: Tree, map: YAMLMap): ReadonlyMap<string, Entry> {
  const known = tree.entries.get(map);
  if (known !== undefined) return known;
  const entries = new Map<string, Entry>();
  // Set before merges are followed: a mapping may be merged into itself.
  tree.entries.set(map, entries);
  const merged: unknown[] = [];
  for (const pair of map.items) {
    const key = followAlias(tree, pair.key);
    if (!isScalar(key)) continue;
    if (key.value === "<<") merged.push(...(isSeq(pair.value) ? pair.value.items : [pair.value]));
    else entries.set(String(key.value), pair);
  }
  for (const source of merged) {
    const target = followAlias(tree, source);
    if (!isMap(target)) continue;
    for (const [key, entry] of entriesOf(tree, target)) if (!entries.has(key)) entries.set(key, entry);
  }
  return entries;
}

function rangeOfNode(node: unknown): Range | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  const range = node.range;
  return Array.isArray(range) ? [Number(range[0]), Number(range[1])] : undefined;
}

function within(tree: Tree, path: Path, start: number, end: number, text: string): Range {
  const [from, to] = findRange(tree, path, "value");
  const first = text[from];
  const inner = first === '"' || first === "'" ? from + 1 : from;
  const written = text.slice(inner, first === '"' || first === "'" ? to - 1 : to);
  const isPlain =
    !written.includes("\n") && !written.includes("\\") && !written.includes("''") && first !== "|" && first !== ">";
  return clamp(isPlain ? [inner + start, Math.min(inner + end, to)] : [from, to], text);
}

/** An empty range underlines the character it stands before; nothing lies beyond the text. */
function clamp([start, end]: Range, text: string): Range {
  const from = Math.min(start, text.length);
  const firstLineEnd = text.indexOf("\n", from);
  const limit = firstLineEnd === -1 ? text.length : firstLineEnd;
  const to = Math.min(Math.max(end, from + 1), Math.max(limit, from));
  return [from, Math.max(to, from)];
}
