/** A text as one YAML document, bounded in time and memory, with what is wrong with it as YAML. */
import type { Document, LineCounter } from "yaml";
import { Composer, isScalar, Lexer, Parser } from "yaml";
import { maskPaths } from "./mask.js";
import type { SourceProblem } from "./problem.js";
import { limits, syntaxProblem } from "./problem.js";

export interface ParsedText {
  readonly document?: Document.Parsed;
  readonly problems: readonly SourceProblem[];
}

export function parseText(text: string, lines: LineCounter): ParsedText {
  const excess = findExcess(text);
  if (excess !== undefined) return { problems: [excess] };
  const [document, second] = firstDocuments(maskPaths(text), lines);
  if (document === undefined) return { problems: [] };
  const problems = firstCauses(
    [...document.errors, ...document.warnings].slice(0, limits.problems).map((error) => syntaxProblem(error, text)),
  );
  if (problems.length === 0 && second !== undefined)
    problems.push({ kind: "several-documents", range: [second.range[0], second.range[0] + 1] });
  return { document, problems };
}

function findExcess(text: string): SourceProblem | undefined {
  if (text.length > limits.characters) {
    const message = `the spec has ${text.length} characters, and ${limits.characters} are the most that are read`;
    return { kind: "limit", message, range: [0, 0] };
  }
  const nesting = firstTooDeep(text);
  if (nesting !== undefined) {
    const message = `the spec is nested more than ${limits.depth} levels deep`;
    return { kind: "limit", message, range: [nesting, nesting + 1] };
  }
  if (text.length <= limits.tokens || !hasTooManyTokens(text)) return undefined;
  return { kind: "limit", message: `the spec has more than ${limits.tokens} words and signs`, range: [0, 0] };
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
    } else if (atStart && (character === 32 || character === 45 || character === 63 || character === 58)) {
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

/** Reading the words costs little; what is made of each costs a hundred times its length. */
function hasTooManyTokens(text: string): boolean {
  let count = 0;
  for (const _ of new Lexer().lex(text)) if (++count > limits.tokens) return true;
  return false;
}

/** The first document, and the next that says something. What follows is not looked at. */
function firstDocuments(text: string, lines: LineCounter): readonly Document.Parsed[] {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ uniqueKeys: false, version: "1.2", prettyErrors: false, logLevel: "silent" });
  const found: Document.Parsed[] = [];
  const { stackTraceLimit } = Error;
  // The parser makes an Error of each mistake, and a text can hold some hundred thousand.
  Error.stackTraceLimit = 0;
  try {
    for (const document of composer.compose(parser.parse(text), true, text.length)) {
      if (found.length === 0 || saysSomething(document)) found.push(document);
      if (found.length > 1) break;
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return found;
}

function saysSomething({ contents }: Document.Parsed): boolean {
  return contents !== null && !(isScalar(contents) && contents.value === null && contents.source === "");
}

/** What follows a syntax error is mostly noise; the mistakes that are recognised are told each once. */
function firstCauses(problems: readonly SourceProblem[]): SourceProblem[] {
  const recognised = new Map<number, SourceProblem>();
  for (const problem of problems) if (problem.kind === "unquoted") recognised.set(problem.range[0], problem);
  return recognised.size > 0 ? [...recognised.values()].slice(0, limits.problems) : problems.slice(0, 1);
}
