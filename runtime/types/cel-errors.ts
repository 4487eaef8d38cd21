/** What the CEL library reports, in sentences of ours with a place and, where there is one, a way out. */
import { type CelNode, isNode } from "./cel-syntax.js";
import type { RecordType, Type } from "./type.js";

/** What is wrong with an expression: `start` and `end` are offsets into its source. */
export interface CelProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly help?: string;
}

/** The library's errors, as far as they are looked at. */
export interface CelError {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number } | undefined;
  readonly node?: unknown;
}

/** What explaining may ask about the expression. */
export interface CelQuestions {
  readonly source: string;
  readonly variables: readonly string[];
  /** The type of a part of the source, when it has one by itself. */
  typeOf(part: string): Type | undefined;
}

/** What the library reported; undefined for an error of another origin. Its recursion has no bound in a row of `!`. */
export function celErrorOf(error: unknown): CelError | undefined {
  if (error instanceof RangeError) return { code: "too_deep", summary: "it is nested too deeply" };
  return isCelError(error) ? error : undefined;
}

function isCelError(error: unknown): error is CelError {
  return (
    error instanceof Error &&
    "code" in error &&
    "summary" in error &&
    typeof error.code === "string" &&
    typeof error.summary === "string"
  );
}

/** The error as a sentence with its place and a hint. */
export function explainCelError(error: CelError, questions: CelQuestions): CelProblem {
  const { start, end } = error.range ?? { start: 0, end: questions.source.length };
  const place = { start, end: Math.max(end, start) };
  const { message, help } = explain(error, questions, questions.source.slice(start, end));
  return help === undefined ? { message, ...place } : { message, ...place, help };
}

interface Explanation {
  readonly message: string;
  readonly help?: string | undefined;
}

function explain(error: CelError, questions: CelQuestions, part: string): Explanation {
  switch (error.code) {
    case "no_such_key":
      return { message: `there is no field ${quote(part)}`, help: helpWithFields(error.node, questions) };
    case "unknown_variable":
      return { message: `there is no input or step ${quote(part)}`, help: listNames("there are", questions.variables) };
    case "no_such_overload":
      return explainOperator(error, questions.source);
    case "incompatible_ternary_branches":
      return {
        message: "both sides of the condition must have the same type",
        help: "make both numbers with double(…), or wrap one in dyn(…)",
      };
    default:
      return { message: error.summary.split("\n", 1)[0] ?? error.summary };
  }
}

/** CEL keeps integers and numbers apart: the most frequent mistake is `ratio * 2`. */
function explainOperator({ node, summary }: CelError, source: string): Explanation {
  const match = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary);
  if (match === null) return { message: summary };
  const [, left = "", operator = "", right = ""] = match;
  const message = `CEL's ${quote(operator)} does not take ${nameOf(left)} and ${nameOf(right)}`;
  const mixed = [left, right].sort().join() === "double,int";
  if (!mixed || !isNode(node) || !Array.isArray(node.args)) return { message };
  const integer: unknown = node.args[left === "int" ? 0 : 1];
  return isNode(integer) ? { message, help: helpWithInteger(integer, source) } : { message };
}

function helpWithInteger(integer: CelNode, source: string): string {
  const written = source.slice(integer.start, integer.end);
  return /^-?\d+$/.test(written) ? `write ${written}.0` : `write double(${written})`;
}

function helpWithFields(node: unknown, questions: CelQuestions): string | undefined {
  if (!isNode(node) || !Array.isArray(node.args)) return undefined;
  const receiver: unknown = node.args[0];
  if (!isNode(receiver)) return undefined;
  const type = questions.typeOf(questions.source.slice(receiver.start, receiver.end));
  return type?.kind === "record" ? listFields(type) : undefined;
}

function listFields(record: RecordType): string | undefined {
  return listNames("the fields are", Object.keys(record.fields));
}

function listNames(lead: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || names.length > 12) return undefined;
  const quoted = names.map(quote);
  return `${lead} ${quoted.length === 1 ? "only " : ""}${quoted.join(", ")}`;
}

function nameOf(celType: string): string {
  if (celType === "double") return "a number (double)";
  if (celType === "int") return "an integer (int)";
  if (celType === "bool") return "a boolean (bool)";
  return /^Record\d+$/.test(celType) ? "a record" : `a ${celType}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
