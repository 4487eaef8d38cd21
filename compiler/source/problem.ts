/** What can be wrong with a spec's text before anything is known of its meaning. */
import type { YAMLParseError, YAMLWarning } from "yaml";
import type { Range } from "./source.js";

/** Bounds on a spec's text, so that any text is judged in bounded time and memory. */
export const limits = {
  characters: 2 * 1024 * 1024,
  depth: 64,
  brackets: 500,
  indent: 400,
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
  const message = error.message.split("\n")[0] ?? "";
  return { kind: "syntax", message: message.charAt(0).toLowerCase() + message.slice(1), range: [start, end] };
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
