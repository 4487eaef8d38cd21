/**
 * A spec's text, its YAML document and its lines. Only a Source turns a path into a line and a column; the rest of the
 * compiler knows paths alone. The one file that imports `yaml` for reading.
 */
import type { Document, ParsedNode, YAMLMap } from "yaml";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Json } from "../../runtime/values/value.js";
import { composeValue } from "./compose.js";
import { maskPaths } from "./mask.js";
import type { Path } from "./path.js";
import type { SourceProblem } from "./problem.js";
import { limits, syntaxProblem } from "./problem.js";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets into the text, the end exclusive. */
export type Range = readonly [start: number, end: number];

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
  const documents = parse(text, lines);
  const document = documents.document;
  const composed = document === undefined ? { value: null, problems: [] } : composeValue(document);
  const problems = documents.problems.length > 0 ? documents.problems : composed.problems;
  const root = document?.contents ?? null;
  return {
    file,
    text,
    value: composed.value,
    problems,
    rangeOf: (path, part) => clamp(findRange(document, root, path, part), text),
    rangeWithin: (path, start, end) => within(document, root, path, start, end, text),
    position: (offset) => {
      const { line, col } = lines.linePos(offset);
      return line === 0 ? { line: 1, column: 1 } : { line, column: col };
    },
  };
}

interface Parsed {
  readonly document?: Document.Parsed;
  readonly problems: readonly SourceProblem[];
}

function parse(text: string, lineCounter: LineCounter): Parsed {
  if (text.length > limits.characters) {
    const message = `the spec has ${text.length} characters, and ${limits.characters} are the most that are read`;
    return { problems: [{ kind: "limit", message, range: [0, 0] }] };
  }
  const nesting = firstTooDeep(text);
  if (nesting !== undefined) {
    const message = `the spec is nested more than ${limits.depth} levels deep`;
    return { problems: [{ kind: "limit", message, range: [nesting, nesting + 1] }] };
  }
  const options = { lineCounter, uniqueKeys: false, version: "1.2", prettyErrors: false, logLevel: "silent" } as const;
  const documents = parseAllDocuments(maskPaths(text), options);
  if (!Array.isArray(documents)) return { problems: [] };
  const [document, ...others] = documents.filter((each, index) => index === 0 || each.contents !== null);
  if (document === undefined) return { problems: [] };
  const problems = firstCauses([...document.errors, ...document.warnings].map((error) => syntaxProblem(error, text)));
  const second = others[0];
  if (problems.length === 0 && second !== undefined) {
    problems.push({ kind: "several-documents", range: [second.range[0], second.range[0] + 1] });
  }
  return { document, problems };
}

/** What follows a syntax error is mostly noise; the mistakes that are recognised are told each once. */
function firstCauses(problems: readonly SourceProblem[]): SourceProblem[] {
  const recognised = new Map<number, SourceProblem>();
  for (const problem of problems) if (problem.kind === "unquoted") recognised.set(problem.range[0], problem);
  return recognised.size > 0 ? [...recognised.values()].slice(0, limits.problems) : problems.slice(0, 1);
}

/** Where brackets or indentation nest deeper than a parser that recurses may follow; quotes and comments are not told apart. */
function firstTooDeep(text: string): number | undefined {
  let depth = 0;
  let indent = 0;
  let atStart = true;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 10) {
      atStart = true;
      indent = 0;
    } else if (atStart && (character === 32 || character === 45 || character === 63)) {
      indent++;
      if (indent > limits.indent) return i;
    } else {
      atStart = false;
      if (character === 91 || character === 123) depth++;
      else if ((character === 93 || character === 125) && depth > 0) depth--;
      if (depth > limits.brackets) return i;
    }
  }
  return undefined;
}

function findRange(
  document: Document.Parsed | undefined,
  root: ParsedNode | null,
  path: Path,
  part: "key" | "value",
): Range {
  let node: unknown = root;
  let range = rangeOfNode(root) ?? [0, 0];
  if (path.length === 0) return [range[0], range[0]];
  for (const [index, step] of path.entries()) {
    const pair = lookUp(document, node, step);
    if (pair === undefined) return index === 0 ? [range[0], range[0]] : range;
    const isLast = index === path.length - 1;
    const chosen = isLast && part === "key" ? pair.key : pair.value;
    range = rangeOfNode(chosen) ?? rangeOfNode(pair.key) ?? range;
    node = pair.value;
  }
  return range;
}

interface Entry {
  readonly key: unknown;
  readonly value: unknown;
}

function lookUp(document: Document.Parsed | undefined, node: unknown, step: string | number): Entry | undefined {
  const target = isAlias(node) ? (document === undefined ? undefined : node.resolve(document)) : node;
  if (isSeq(target)) {
    const item: unknown = target.items[Number(step)];
    return item === undefined ? undefined : { key: item, value: item };
  }
  if (!isMap(target)) return undefined;
  return ownEntry(target, String(step)) ?? mergedEntry(document, target, String(step));
}

function ownEntry(map: YAMLMap, key: string): Entry | undefined {
  return map.items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

function mergedEntry(document: Document.Parsed | undefined, map: YAMLMap, key: string): Entry | undefined {
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.value !== "<<") continue;
    const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const source of sources) {
      const entry = lookUp(document, source, key);
      if (entry !== undefined) return entry;
    }
  }
  return undefined;
}

function rangeOfNode(node: unknown): Range | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  const range = node.range;
  return Array.isArray(range) ? [Number(range[0]), Number(range[1])] : undefined;
}

function within(
  document: Document.Parsed | undefined,
  root: ParsedNode | null,
  path: Path,
  start: number,
  end: number,
  text: string,
): Range {
  const [from, to] = findRange(document, root, path, "value");
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
