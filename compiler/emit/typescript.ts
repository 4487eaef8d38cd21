/**
 * Templates for TypeScript in which a user's string cannot become code, as in ajv's code generation: a plain string enters
 * a template only as a literal, and code is a type of its own that only templates make.
 */
import { invariant } from "../../runtime/errors.js";

declare const isCode: unique symbol;

export interface Code {
  readonly text: string;
  readonly [isCode]: true;
}

type Part = Code | string | number | boolean | readonly Code[];

/** Code from a template: strings become literals, lists of code stand beside each other. */
export function ts(strings: TemplateStringsArray, ...parts: readonly Part[]): Code {
  return code(strings.reduce((text, string, index) => `${text}${printPart(parts[index - 1])}${string}`));
}

function printPart(part: Part | undefined): string {
  if (part === undefined) return "";
  if (typeof part === "string") return quote(part);
  if (typeof part === "number" || typeof part === "boolean") return String(part);
  return "text" in part ? part.text : part.map(({ text }) => text).join("");
}

/** A name, which must be one. */
export function name(text: string): Code {
  invariant(/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(text), `${JSON.stringify(text)} is an identifier`);
  return code(text);
}

/** A user's words in a TSDoc comment; they cannot end it. */
export function docComment(text: string, indent = ""): Code {
  const lines = commentLines(text);
  const [first = ""] = lines;
  if (lines.length <= 1) return code(first === "" ? "" : `${indent}/** ${first} */\n`);
  return code(`${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`);
}

/** A user's words in line comments; they cannot leave them. */
export function lineComment(text: string): Code {
  return code(
    commentLines(text)
      .map((line) => `// ${line}`.trimEnd())
      .join("\n"),
  );
}

/** What `schemaToType` and `schemaToDeclaration` printed, in which every string is quoted already. */
export function printedType(text: string): Code {
  return code(text);
}

export function joinCode(parts: readonly Code[], separator: ", " | "\n" | "" | " | "): Code {
  return code(parts.map(({ text }) => text).join(separator));
}

function code(text: string): Code {
  return { text } as Code;
}

/** A string literal in the quotes that need fewer escapes, as formatters write it; what readers cannot see is escaped. */
export function quote(text: string): string {
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  const mark = doubles > singles ? "'" : '"';
  return `${mark}${text.replaceAll(unsafe, (found) => escapeIn(found, mark))}${mark}`;
}

/** Quotes, backslashes, control and direction characters, line separators, halves of pairs. */
const unsafe = /["'\\]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const short: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

function escapeIn(found: string, mark: string): string {
  if (found === '"' || found === "'") return found === mark ? `\\${found}` : found;
  const units = Array.from({ length: found.length }, (_, index) =>
    found.charCodeAt(index).toString(16).padStart(4, "0"),
  );
  return short[found] ?? units.map((unit) => `\\u${unit}`).join("");
}

function commentLines(text: string): readonly string[] {
  return text
    .replaceAll("*/", "*\\/")
    .replaceAll("\r\n", "\n")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (found) => (found === "\n" ? found : " "))
    .trim()
    .split("\n")
    .map((line) => line.replace(directive, "$1\\$2"));
}

/** What tools obey in a comment, such as `@ts-expect-error`. */
const directive = /^([\s/*]*)(@|biome-ignore|eslint-)/;
