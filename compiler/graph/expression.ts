/** Values of a spec that may be expressions: `$path`, CEL in `${ … }`, and lists and mappings that hold some. */
import type { Expression, PathPart } from "../../runtime/plan/plan.js";
import type { Json } from "../../runtime/values/value.js";
import { isJsonRecord } from "../spec/json.js";
import { celVariables } from "./cel.js";

export type ExpressionProblem = {
  /** Where in the value: keys and indices, then characters of the string there. */
  readonly path: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly problem: string;
};

export interface ParsedExpression {
  /** The types of CEL's variables are filled in when they are known. */
  readonly expression: Expression;
  readonly problems: readonly ExpressionProblem[];
}

/** Stands for what cannot be read: of any type, so that one mistake gives one diagnostic. */
export const unreadable: Expression = { kind: "path", root: "", path: [] };

/** Reads a value. A string that is no reference although it begins with `$` becomes `unreadable`, with a problem. */
export function parseExpression(value: Json): ParsedExpression {
  const problems: ExpressionProblem[] = [];
  const expression = parse(value, [], problems);
  return { expression, problems };
}

export function isExpression(value: Json): boolean {
  if (typeof value === "string") return value.startsWith("$");
  if (Array.isArray(value)) return value.some(isExpression);
  return isJsonRecord(value) && Object.values(value).some(isExpression);
}

function parse(value: Json, path: readonly (string | number)[], problems: ExpressionProblem[]): Expression {
  if (!isExpression(value)) return { kind: "literal", value };
  if (typeof value === "string") return parseText(value, path, problems);
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item: Json, index) => parse(item, [...path, index], problems)) };
  }
  const fields = Object.entries(value ?? {}).map(
    ([key, item]) => [key, parse(item, [...path, key], problems)] as const,
  );
  return { kind: "record", fields: Object.fromEntries(fields) };
}

const mostParts = 64;

function parseText(text: string, path: readonly (string | number)[], problems: ExpressionProblem[]): Expression {
  if (text.startsWith("$$")) return { kind: "literal", value: text.slice(1) };
  const fail = (problem: string, start = 0): Expression => {
    problems.push({ path, start, end: text.length, text, problem });
    return unreadable;
  };
  if (text.startsWith("${")) {
    if (!text.trimEnd().endsWith("}")) return fail('the closing "}" must be its last character');
    const source = text.trimEnd().slice(2, -1);
    return source.trim() === "" ? fail("there is nothing between the braces") : celExpression(source);
  }
  const root = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(text);
  if (root === null) return fail("a name must follow the $");
  const parts: PathPart[] = [];
  const part = /\.([A-Za-z_][A-Za-z0-9_]*)|\[(-?\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|(\[\])/y;
  part.lastIndex = root[0].length;
  while (part.lastIndex < text.length) {
    const at = part.lastIndex;
    if (parts.length === mostParts) return fail(`it has more than ${mostParts} parts`, at);
    const match = part.exec(text);
    if (match === null) return fail(`${JSON.stringify(text.slice(at))} cannot follow here`, at);
    const [, field, index, key] = match;
    if (field !== undefined) parts.push(field);
    else if (index !== undefined) parts.push(Number(index));
    else if (key !== undefined) parts.push(key.replaceAll(/\\(.)/g, "$1"));
    else parts.push({ each: true });
  }
  return { kind: "path", root: root[1] ?? "", path: parts };
}

/** Its types are found later. Nothing is known of the variables of one that cannot be read, which the type check reports. */
function celExpression(source: string): Expression {
  const variables = celVariables(source).map(
    (name) => [name, { value: { kind: "path", root: name, path: [] }, type: "unknown" }] as const,
  );
  return { kind: "cel", source, variables: Object.fromEntries(variables) };
}

/** Every name at the root of a path in an expression. */
export function rootsOf(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case "path":
      return expression.root === "" ? [] : [expression.root];
    case "cel":
      return Object.keys(expression.variables);
    case "list":
      return expression.items.flatMap((item) => rootsOf(item));
    case "record":
      return Object.values(expression.fields).flatMap((field) => rootsOf(field));
    case "literal":
    case "file":
      return [];
  }
}

/** A path as it is written. */
export function printPath(root: string, path: readonly PathPart[]): string {
  return `$${root}${path.map(printPart).join("")}`;
}

function printPart(part: PathPart): string {
  if (typeof part === "object") return "[]";
  if (typeof part === "number") return `[${part}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
}
