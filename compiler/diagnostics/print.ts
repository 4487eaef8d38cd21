/** Diagnostics for people, with frames, and for machines, as JSON. */

import { toPointer } from "../source/path.js";
import type { Source } from "../source/source.js";
import type { Diagnostic } from "./diagnostic.js";
import { rangeOfPlace } from "./diagnostic.js";

export interface PrintOptions {
  readonly color: boolean;
}

export interface DiagnosticJson {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly help: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly path: string;
  readonly related: readonly {
    readonly message: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
  }[];
}

export function diagnosticToJson(diagnostic: Diagnostic, source: Source): DiagnosticJson {
  const [start, end] = rangeOfPlace(diagnostic.place, source);
  const from = source.position(start);
  const to = source.position(end);
  return {
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    help: diagnostic.help,
    file: source.file,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    path: "path" in diagnostic.place ? toPointer(diagnostic.place.path) : "",
    related: diagnostic.related.map(({ message, place }) => ({
      message,
      file: source.file,
      ...source.position(rangeOfPlace(place, source)[0]),
    })),
  };
}

/** One diagnostic as a terminal shows it: what, where, the line with the place underlined, and what to do. */
export function printDiagnostic(diagnostic: Diagnostic, source: Source, { color }: PrintOptions): string {
  const paint = color ? paints : plain;
  const [start, end] = rangeOfPlace(diagnostic.place, source);
  const { line, column } = source.position(start);
  const lines = [
    `${paint[diagnostic.severity](`${diagnostic.severity} ${diagnostic.code}`)}${paint.strong(`: ${visible(diagnostic.message)}`)}`,
    `  ${paint.dim(`${source.file}:${line}:${column}`)}`,
    ...frame(source, [start, end], diagnostic.note, paint[diagnostic.severity], paint.dim),
    ...(diagnostic.help === "" ? [] : [`${paint.help("help")}: ${visible(diagnostic.help)}`]),
    ...diagnostic.related.map(({ message, place }) => {
      const at = source.position(rangeOfPlace(place, source)[0]);
      return `  ${paint.dim(`${source.file}:${at.line}:${at.column}`)} ${visible(message)}`;
    }),
  ];
  return `${lines.join("\n")}\n`;
}

/** All of them, and a line that counts them; empty when there are none. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], source: Source, options: PrintOptions): string {
  return diagnostics.map((each) => printDiagnostic(each, source, options)).join("\n");
}

export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const counts = (["error", "warning", "info"] as const).map(
    (severity) => [severity, diagnostics.filter((each) => each.severity === severity).length] as const,
  );
  const words = counts
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${names[severity][count === 1 ? 0 : 1]}`);
  return words.length === 0 ? "no mistakes" : words.join(", ");
}

const names = { error: ["error", "errors"], warning: ["warning", "warnings"], info: ["note", "notes"] } as const;

const widest = 100;

/** The source line, cut around the place when it is long, and carets below it. Wide characters keep their columns. */
function frame(
  source: Source,
  [start, end]: readonly [number, number],
  note: string,
  mark: Paint,
  dim: Paint,
): readonly string[] {
  const { line, column } = source.position(start);
  const lineStart = start - (column - 1);
  const newline = source.text.indexOf("\n", lineStart);
  const text = source.text.slice(lineStart, newline === -1 ? source.text.length : newline).replace(/\r$/, "");
  if (source.text === "") return [];
  const offset = column - 1 > widest - 20 ? column - 1 - 40 : 0;
  const shown = `${offset > 0 ? "…" : ""}${text.slice(offset, offset + widest)}${text.length > offset + widest ? "…" : ""}`;
  const lead = text.slice(offset, column - 1);
  const place = text.slice(column - 1, Math.max(column, Math.min(column - 1 + (end - start), offset + widest)));
  const gutter = String(line);
  const pad = `${offset > 0 ? " " : ""}${lead.replaceAll(/[^\t]/gu, blank)}`;
  const carets = "^".repeat(
    Math.max(
      1,
      [...place].reduce((width, character) => width + widthOf(character), 0),
    ),
  );
  return [
    `${dim(`${gutter} |`)} ${visible(shown)}`,
    `${dim(`${" ".repeat(gutter.length)} |`)} ${pad}${mark(note === "" ? carets : `${carets} ${visible(note)}`)}`,
  ];
}

function blank(character: string): string {
  return " ".repeat(widthOf(character));
}

/** East Asian wide characters and emoji take two columns of a terminal. */
function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const isWide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return isWide ? 2 : 1;
}

/** Nothing that a spec holds can steer the terminal. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

type Paint = (text: string) => string;

const paintWith =
  (code: string): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`;
const asIs: Paint = (text) => text;
const paints = {
  error: paintWith("1;31"),
  warning: paintWith("1;33"),
  info: paintWith("1;36"),
  strong: paintWith("1"),
  dim: paintWith("90"),
  help: paintWith("32"),
};
const plain: typeof paints = { error: asIs, warning: asIs, info: asIs, strong: asIs, dim: asIs, help: asIs };
