/**
 * A YAML document as a plain JSON value: aliases and merge keys resolved, keys unique, bounded against texts that expand
 * beyond measure. Numbers that JSON lacks become the strings that stand for them.
 */
import type { Alias, Document, Pair, YAMLMap } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Json } from "../../runtime/values/value.js";
import type { Anchors } from "./anchors.js";
import { unmask } from "./mask.js";
import type { SourceProblem } from "./problem.js";
import { limits } from "./problem.js";
import type { Range } from "./range.js";

interface Composed {
  readonly value: Json;
  readonly problems: readonly SourceProblem[];
}

/** The document's value; where something is wrong with it, the first `limits.problems` of what is. */
export function composeValue(document: Document.Parsed, anchors: Anchors): Composed {
  const composer = new Composer(anchors);
  const value = composer.compose(document.contents, 0);
  return { value, problems: composer.problems };
}

class Composer {
  readonly problems: SourceProblem[] = [];
  #values = 0;
  #exhausted = false;
  /** The outermost alias that is being written out. */
  #alias: unknown;

  constructor(readonly anchors: Anchors) {}

  compose(node: unknown, depth: number): Json {
    if (this.#isTooMuch(node, depth)) return null;
    if (isAlias(node)) return this.#writeOut(node, depth);
    if (isScalar(node)) return scalar(node.value);
    if (isSeq(node)) return node.items.map((item) => this.compose(item, depth + 1));
    if (isMap(node)) return this.#map(node, depth);
    return null;
  }

  #writeOut(alias: Alias, depth: number): Json {
    const target = this.anchors.get(alias);
    if (target === undefined) {
      this.#add({ kind: "syntax", message: `nothing has the anchor "&${alias.source}"`, range: rangeOf(alias) });
      return null;
    }
    const outer = this.#alias;
    this.#alias ??= alias;
    const value = this.compose(target, depth + 1);
    this.#alias = outer;
    return value;
  }

  #isTooMuch(node: unknown, depth: number): boolean {
    if (this.#exhausted) return true;
    this.#values++;
    if (this.#values <= limits.values && depth <= limits.depth) return false;
    this.#exhausted = true;
    const message =
      depth > limits.depth
        ? `the spec is nested more than ${limits.depth} levels deep`
        : `the spec stands for more than ${limits.values} values, its aliases written out`;
    this.problems.push({ kind: "limit", message, range: rangeOf(this.#alias ?? node) });
    return true;
  }

  #map(map: YAMLMap, depth: number): Json {
    const own = new Map<string, Json>();
    const places = new Map<string, Range>();
    const merged: Json[] = [];
    for (const pair of map.items) {
      if (isMergeKey(pair)) {
        const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
        merged.push(...sources.map((source) => this.compose(source, depth + 1)));
        continue;
      }
      const key = this.#key(pair.key);
      if (key === undefined) continue;
      const first = places.get(key);
      if (first !== undefined) this.#add({ kind: "duplicate-key", key, range: rangeOf(pair.key), first });
      places.set(key, rangeOf(pair.key));
      own.set(key, this.compose(pair.value, depth + 1));
    }
    const entries = merged.reverse().flatMap((source) => (isJsonRecord(source) ? Object.entries(source) : []));
    return Object.fromEntries([...entries, ...own]);
  }

  #key(node: unknown): string | undefined {
    const key = isAlias(node) ? this.anchors.get(node) : node;
    if (isScalar(key) && key.value !== null) return unmask(String(key.value));
    this.#add({ kind: "syntax", message: "a key must be a plain word or a string", range: rangeOf(node) });
    return undefined;
  }

  #add(problem: SourceProblem): void {
    if (this.problems.length < limits.problems) this.problems.push(problem);
  }
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === "<<" && pair.key.type === "PLAIN";
}

function isJsonRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scalar(value: unknown): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return unmask(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return value === undefined ? null : String(value);
}

function rangeOf(node: unknown): Range {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return [0, 0];
  return [Number(node.range[0]), Number(node.range[1])];
}
