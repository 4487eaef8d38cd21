/** What can be wrong with a spec's text before anything is known of its meaning. */
import type { YAMLParseError, YAMLWarning } from "yaml";
import type { Range } from "./range.js";

/** Bounds on a spec's text, so that any text is judged in bounded time and memory. */
export const limits = {
  characters: 2 * 1024 * 1024,
  depth: 64,
  brackets: 500,
  indent: 400,
  tokens: 700_000,
  values: 400_000,
  problems: 20,
} as const;

export type SourceProblem =
  | { readonly kind: "limit"; readonly message: string; readonly range: Range }
  | { readonly kind: "syntax"; readonly message: string; readonly range: Range }
  | { readonly kind: "duplicate-key"; readonly key: string; readonly range: Range; readonly first: Range }
  | { readonly kind: "unquoted"; readonly what: "expression" | "type"; readonly found: string; readonly range: Range }
  | { readonly kind: "several-documents"; readonly range: Range };

/** A problem that the YAML parser found; the two mistakes that flow mappings invite are recognised. */
export function syntaxProblem(error: YAMLParseError | YAMLWarning, text: string): SourceProblem {
  const [start, end] = error.pos;
  const unquoted = unquotedIn(text, start);
  if (unquoted !== undefined) return unquoted;
  const bracket = error.code === "BAD_INDENT" || error.code === "MISSING_CHAR" ? openBracket(text, start) : undefined;
  if (bracket !== undefined) {
    const message = `this ${JSON.stringify(text[bracket])} is not closed`;
    return { kind: "syntax", message, range: [bracket, bracket + 1] };
  }
  return { kind: "syntax", message: wordsFor(error, text.slice(start, end)), range: [start, end] };
}

function wordsFor(error: YAMLParseError | YAMLWarning, found: string): string {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "lines are indented with spaces, not with tabs";
    case "TAG_RESOLVE_FAILED":
      return `the tag ${JSON.stringify(found)} means nothing here; leave it out`;
    case "MULTILINE_IMPLICIT_KEY":
      return 'a key must stand on one line; a ":" may be missing';
    case "BLOCK_AS_IMPLICIT_KEY":
      return "nested mappings must stand on lines of their own, indented; or a text with a colon must be quoted";
    default: {
      const message = error.message.split("\n")[0] ?? "";
      return message.charAt(0).toLowerCase() + message.slice(1);
    }
  }
}

/** The last bracket before an offset that nothing closes; texts in quotes and comments are passed over. */
function openBracket(text: string, offset: number): number | undefined {
  const open: number[] = [];
  const part = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?<=\s)#[^\n]*|[[{\]}]/g;
  for (let match = part.exec(text); match !== null && match.index < offset; match = part.exec(text)) {
    if (match[0] === "[" || match[0] === "{") open.push(match.index);
    else if (match[0] === "]" || match[0] === "}") open.pop();
  }
  return open.at(-1);
}

/** `{ when: ${ … } }` and `{ type: float32[4] }`: YAML ends the plain text at the bracket. */
function unquotedIn(text: string, offset: number): SourceProblem | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", lineStart);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
  for (const [what, pattern] of unquotedForms) {
    const match = pattern.exec(line);
    if (match?.groups?.["found"] === undefined) continue;
    const found = match.groups["found"].trim();
    const start = lineStart + match.index + match[0].indexOf(found);
    return { kind: "unquoted", what, found, range: [start, start + found.length] };
  }
  return undefined;
}

const unquotedForms = [
  ["expression", /[{,][^"'{}]*:\s*(?<found>\$\{[^}]*\}?)/],
  ["type", /[{,][^"'{}]*:\s*(?<found>(?:list<)?(?:float|int|uint|bool|string)\d*\[[^\]]*\]>?)/],
] as const;
