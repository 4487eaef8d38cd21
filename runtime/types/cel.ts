/**
 * Expressions in CEL, the Common Expression Language (https://cel.dev): checked against the types of their variables
 * before the service runs, evaluated on values. The one file that imports the CEL library.
 */
import type { Environment, ParseResult } from "@marcbachmann/cel-js";
import { invalidInput } from "../errors.js";
import { lazy } from "../lazy.js";
import type { Value, ValueRecord } from "../values/value.js";
import { type CelProblem, type CelQuestions, celErrorOf, explainCelError } from "./cel-errors.js";
import { type CelNode, type FreeName, freeNames, renameMethod, reservedNames } from "./cel-syntax.js";
import { type CelTypes, celTypes } from "./cel-types.js";
import { fromCel, toCel } from "./cel-values.js";
import { compilePattern } from "./pattern.js";
import { recordOf, required, type Type, unknownType } from "./type.js";

export interface CelProgram {
  /** The result for these variables; one that cannot be computed is an invalid input. */
  evaluate(variables: ValueRecord): Value;
  /** The names that the expression needs, in the order of their first use. */
  readonly variables: readonly string[];
}

export type CelCheck = { readonly type: Type } | { readonly error: CelProblem };

export type VariableTypes = { readonly [name: string]: Type };

const maxSourceLength = 10_000;
const limits = { maxAstNodes: 5_000, maxDepth: 64, maxListElements: 1_000, maxMapEntries: 1_000, maxCallArguments: 32 };

/**
 * Compiles an expression. `types` says which variables are integers and which are numbers; a number of unknown type is
 * an integer when it has no fraction. Fails with an invalid input where the syntax is wrong.
 *
 * @example compileCel("size(text) > 0").evaluate({ text: "a" }) // true
 */
export function compileCel(source: string, types: VariableTypes = {}): CelProgram {
  const { parsed, variables } = guard(source, "read", () => readProgram(source));
  return {
    variables,
    evaluate: (values) =>
      guard(source, "evaluated", () => {
        const result: unknown = parsed(contextOf(variables, values, types));
        return fromCel(result);
      }),
  };
}

/**
 * Checks an expression against the types of its variables: the type of its result, or what is wrong and where, as
 * offsets into `source`.
 *
 * @example checkCel("ratio * 2", { ratio: numberType }) // error at 0..9, help: write 2.0
 */
export function checkCel(source: string, variableTypes: VariableTypes): CelCheck {
  const environment = newEnvironment(false);
  const types = celTypes((name, fields) => environment.registerType(name, { fields }));
  const questions: CelQuestions = {
    source,
    variables: Object.keys(variableTypes),
    typeOf(part) {
      const name = environment.check(part).type;
      return name === undefined ? undefined : types.type(name);
    },
  };
  try {
    const { ast } = parse(environment, source);
    const wrong = declareVariables(environment, types, freeNames(ast), variableTypes);
    if (wrong !== undefined) return { error: wrong };
    const { error } = environment.check(source);
    if (error !== undefined) throw error;
    return typeOfNode(ast, source, environment, types);
  } catch (error) {
    const reported = celErrorOf(error);
    if (reported === undefined) throw error;
    return { error: explainCelError(reported, questions) };
  }
}

/** Loaded when the first expression is met: the library takes some 25 ms, which a service without expressions saves. */
function newEnvironment(unlistedVariablesAreDyn: boolean): Environment {
  const cel: typeof import("@marcbachmann/cel-js") = require("@marcbachmann/cel-js");
  return new cel.Environment({ unlistedVariablesAreDyn, homogeneousAggregateLiterals: false, limits });
}

/** CEL asks for RE2; the library's own `matches` backtracks, in time exponential in the text. */
const linearMatches = "matchesInLinearTime";

/**
 * Where types are only known when the value is there, integers and numbers may be mixed: JSON does not tell 2 from 2.0.
 * `checkCel` does not allow it where the types are known.
 */
function evaluator(): Environment {
  const environment = newEnvironment(true);
  environment.registerFunction(`string.${linearMatches}(string): bool`, (text: string, pattern: string) =>
    compilePattern(pattern).test(text),
  );
  for (const [operator, apply] of mixedOperators) {
    environment.registerOperator(`double ${operator} int`, (a: number, b: bigint) => apply(a, Number(b)));
    environment.registerOperator(`int ${operator} double`, (a: bigint, b: number) => apply(Number(a), b));
  }
  return environment;
}

/** One for all: nothing is registered once it is made. */
const sharedEvaluator = lazy(evaluator);

const mixedOperators: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
  ["*", (a, b) => a * b],
  ["/", (a, b) => a / b],
];

function readProgram(source: string): { readonly parsed: ParseResult; readonly variables: readonly string[] } {
  const parsed = parse(sharedEvaluator(), source);
  renameMethod(parsed.ast, "matches", linearMatches);
  return { parsed, variables: [...new Set(freeVariables(parsed.ast).map((free) => free.name))] };
}

function parse(environment: Environment, source: string): ParseResult {
  if (source.length <= maxSourceLength) return environment.parse(source);
  const summary = `it has ${source.length} characters, more than ${maxSourceLength}`;
  throw Object.assign(new Error(summary), { code: "too_long", summary });
}

function contextOf(names: readonly string[], values: ValueRecord, types: VariableTypes): { [name: string]: unknown } {
  const context: { [name: string]: unknown } = Object.create(null);
  for (const name of names) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) context[name] = toCel(value, required(types[name] ?? unknownType));
  }
  return context;
}

function freeVariables(ast: CelNode): readonly FreeName[] {
  return freeNames(ast).filter((free) => !reservedNames.includes(free.name));
}

/** Tells the checker of the variables that the expression uses; gives what is wrong with one. */
function declareVariables(
  environment: Environment,
  types: CelTypes,
  used: readonly FreeName[],
  variableTypes: VariableTypes,
): CelProblem | undefined {
  for (const { name, start, end } of used) {
    const type = Object.hasOwn(variableTypes, name) ? variableTypes[name] : undefined;
    if (type === undefined || environment.hasVariable(name)) {
      if (type === undefined || !reservedNames.includes(name)) continue;
      return { message: `CEL keeps the name "${name}" for itself`, start, end, help: "rename the input or step" };
    }
    const { kind } = required(type);
    if (kind === "image" || kind === "audio") {
      const help = `refer to it by the path $${name}`;
      return { message: `"${name}" is of type ${kind}, which expressions cannot look into`, start, end, help };
    }
    environment.registerVariable(name, types.name(type));
  }
  return undefined;
}

/** The result's type: a map whose keys are written out is a record. */
function typeOfNode(node: CelNode, source: string, environment: Environment, types: CelTypes): CelCheck {
  const entries = node.op === "map" ? recordEntries(node) : undefined;
  if (entries !== undefined) {
    const fields: { [name: string]: Type } = {};
    for (const [name, value] of entries) {
      const checked = typeOfNode(value, source, environment, types);
      if ("error" in checked) return checked;
      fields[name] = checked.type;
    }
    return { type: recordOf(fields) };
  }
  const name = environment.check(source.slice(node.start, node.end)).type ?? "dyn";
  if (!/^(google\.|uint$|type$|optional)/.test(name)) return { type: types.type(name) };
  const help = "wrap it in string(…) or int(…)";
  return { error: { message: `the result is of CEL's type ${name}`, start: node.start, end: node.end, help } };
}

/** The fields of a map; undefined where a key is no written text. */
function recordEntries(node: CelNode): readonly (readonly [string, CelNode])[] | undefined {
  const entries = node.args as readonly (readonly [CelNode, CelNode])[];
  const named: [string, CelNode][] = [];
  for (const [key, value] of entries) {
    if (key.op !== "value" || typeof key.args !== "string") return undefined;
    named.push([key.args, value]);
  }
  return named;
}

/** Runs a part of the library; what it reports becomes an invalid input in one line. */
function guard<T>(source: string, what: "read" | "evaluated", run: () => T): T {
  try {
    return run();
  } catch (error) {
    const reported = celErrorOf(error);
    if (reported === undefined) throw error;
    const shown = source.length <= 80 ? source : `${source.slice(0, 79)}…`;
    const reason = reported.summary.split("\n", 1)[0];
    throw invalidInput(`The expression ${JSON.stringify(shown)} cannot be ${what}: ${reason}.`);
  }
}
