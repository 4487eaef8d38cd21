/** The arguments that a use is given: one by one, or as the fields of a record (`with: $tokens`). */
import type { Expression } from "../../runtime/plan/plan.js";
import { listOr, quote } from "../../runtime/suggest.js";
import type { Type } from "../../runtime/types/type.js";
import { optional, printType, required, unknownType } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import { diagnostic, keyAt, suggest, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import { shorten } from "../spec/json.js";
import { unreadable } from "./expression.js";
import { printUse } from "./graph.js";
import { typeOf } from "./type-of.js";
import type { UseContext } from "./typed-graph.js";

export interface Given {
  readonly path: Path;
  readonly type: Type;
  readonly expression: Expression;
  /** Of a list that is written out: the type of each item. */
  readonly items?: readonly Type[];
  /** As it is written, when it was given by itself. */
  readonly value?: Json;
  /** How a sentence begins to say what it is: `step "pixels" gives`, `8 is`. */
  readonly source: string;
}

export interface Parameter {
  readonly name: string;
  /** In words. */
  readonly type: string;
  readonly required: boolean;
  /** A record of one field is wanted as a record. */
  readonly keepRecords?: boolean;
}

/** The arguments by name; what is unknown or missing is reported. Each argument is looked at once. */
export function givenArguments(parameters: readonly Parameter[], context: UseContext): ReadonlyMap<string, Given> {
  const { node } = context;
  if (node.spread !== undefined) return spreadArguments(parameters, context);
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const given = new Map<string, Given>();
  for (const [name, argument] of node.args) {
    const parameter = known.get(name);
    const typed = typeOf(argument.expression, argument.path, context, parameter?.keepRecords);
    if (parameter === undefined) {
      const suggestion = suggest(name, known.keys(), context.report, "it takes no arguments");
      context.report(
        diagnostic("unknown-argument", "argument", keyAt(argument.path), {
          use: printUse(node.use),
          argument: name,
          suggestion,
        }),
      );
      continue;
    }
    given.set(name, {
      path: argument.path,
      value: argument.value,
      source: sourceOf(argument.value, context),
      ...typed,
    });
  }
  reportMissing(parameters, given, context);
  return given;
}

const mostNamed = 8;

/** A misspelt argument is told once: as unknown, not as missing too. */
function reportMissing(parameters: readonly Parameter[], given: ReadonlyMap<string, Given>, context: UseContext): void {
  const { node } = context;
  const misspelt = [...node.args.keys()].filter((name) => !given.has(name)).length;
  const missing = parameters.filter(({ name, required }) => required && !given.has(name)).slice(misspelt);
  const [first] = missing;
  if (first === undefined) return;
  const place = node.args.size === 0 ? valueAt([...node.path, "use"]) : keyAt([...node.path, "with"]);
  const shown = missing.slice(0, mostNamed);
  const more = missing.length > shown.length ? [`${missing.length - shown.length} more`] : [];
  const names = listOr([...shown.map(({ name, type }) => `${quote(name)} (${type})`), ...more], "and");
  const example = shown.map(({ name }) => `${name}: …`).join(", ");
  context.report(diagnostic("missing-argument", "argument", place, { use: printUse(node.use), names, example }));
}

function spreadArguments(parameters: readonly Parameter[], context: UseContext): ReadonlyMap<string, Given> {
  const { node } = context;
  const spread = node.spread;
  if (spread === undefined) return new Map();
  const typed = typeOf(spread.expression, spread.path, context, true);
  const record = required(typed.type);
  const given = new Map<string, Given>();
  const expression = typed.expression;
  if (record.kind !== "record" || expression.kind !== "path") {
    const isOpen = record.kind === "unknown" || record.kind === "json";
    if (!isOpen || expression.kind !== "path") {
      const help = "give the arguments one by one";
      context.report(
        diagnostic("type-mismatch", "step", valueAt(spread.path), {
          message: `"with" takes a record here, but ${sourceOf(spread.value, context)} ${printType(typed.type)}`,
          suggestion: help,
        }),
      );
    }
    return new Map(parameters.map(({ name }) => [name, unknownGiven(spread.path)]));
  }
  for (const parameter of parameters) {
    const field = Object.hasOwn(record.fields, parameter.name) ? record.fields[parameter.name] : undefined;
    if (field !== undefined) {
      const type = typed.type.kind === "optional" ? optional(field) : field;
      const path = [...expression.path, parameter.name];
      const source = `${String(spread.value)}.${parameter.name} gives`;
      given.set(parameter.name, { path: spread.path, type, expression: { ...expression, path }, source });
    }
  }
  const missing = parameters.filter(({ name, required }) => required && !given.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const holes = { use: printUse(node.use), names: listOr(missing.slice(0, mostNamed).map(quote), "and") };
    const fields = listOr(Object.keys(record.fields).slice(0, mostNamed).map(quote), "and") || "no fields";
    context.report(diagnostic("missing-argument", "record", valueAt(spread.path), { ...holes, fields }));
    for (const name of missing) given.set(name, unknownGiven(spread.path));
  }
  return given;
}

function unknownGiven(path: Path): Given {
  return { path, type: unknownType, expression: unreadable, source: "it gives" };
}

function sourceOf(value: Json, { node, scope, inputs }: UseContext): string {
  if (typeof value !== "string" || !value.startsWith("$")) return `${shorten(JSON.stringify(value), 40)} is`;
  if (value.startsWith("$$")) return `${JSON.stringify(value.slice(1))} is`;
  const name = value.slice(1);
  if (inputs.has(name)) return `input "${name}" gives`;
  if (scope.has(name) && name !== node.id && name !== "item" && name !== "index") return `step "${name}" gives`;
  return value.startsWith("${") || value.length > 60 ? "the expression gives" : `${value} gives`;
}
