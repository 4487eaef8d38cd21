/** The arguments that a use is given: one by one, or as the fields of a record (`with: $tokens`). */
import type { Expression } from "../../runtime/plan/plan.js";
import { didYouMean, quote } from "../../runtime/suggest.js";
import type { Type } from "../../runtime/types/type.js";
import { optional, required, unknownType } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import { diagnostic, keyAt, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import { printUse } from "./graph.js";
import type { UseContext } from "./infer.js";
import { typeOf } from "./type-of.js";

export interface Given {
  readonly path: Path;
  readonly type: Type;
  readonly expression: Expression;
  /** Of a list that is written out: the type of each item. */
  readonly items?: readonly Type[];
  /** As it is written, when it was given by itself. */
  readonly value?: Json;
  /** How a sentence names where it comes from. */
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
      const suggestion = didYouMean(name, known.keys(), "it takes no arguments");
      context.report(
        diagnostic("unknown-argument", "argument", keyAt(argument.path), {
          use: printUse(node.use),
          argument: name,
          suggestion,
        }),
      );
      continue;
    }
    given.set(name, { path: argument.path, value: argument.value, source: sourceOf(argument.value), ...typed });
  }
  reportMissing(parameters, given, context);
  return given;
}

/** A misspelt argument is told once: as unknown, not as missing too. */
function reportMissing(parameters: readonly Parameter[], given: ReadonlyMap<string, Given>, context: UseContext): void {
  const { node } = context;
  const unknown = [...node.args.keys()].filter((name) => !given.has(name));
  let misspelt = unknown.length;
  for (const parameter of parameters) {
    if (!parameter.required || given.has(parameter.name)) continue;
    if (misspelt-- > 0) continue;
    const place = keyAt(node.args.size === 0 ? [...node.path, "use"] : [...node.path, "with"]);
    const at = node.args.size === 0 ? valueAt([...node.path, "use"]) : place;
    context.report(
      diagnostic("missing-argument", "argument", at, {
        use: printUse(node.use),
        argument: parameter.name,
        type: parameter.type,
      }),
    );
  }
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
      const help = "it is not a record; give the arguments one by one";
      context.report(
        diagnostic("type-mismatch", "step", valueAt(spread.path), {
          message: `"with" takes a record here, but ${quote(String(spread.value))} is none`,
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
      const source = `${sourceOf(spread.value)}.${parameter.name}`;
      given.set(parameter.name, { path: spread.path, type, expression: { ...expression, path }, source });
    } else if (parameter.required) {
      const fields = Object.keys(record.fields).map(quote).join(", ") || "no fields";
      context.report(
        diagnostic("missing-argument", "record", valueAt(spread.path), {
          use: printUse(node.use),
          argument: parameter.name,
          fields,
        }),
      );
      given.set(parameter.name, unknownGiven(spread.path));
    }
  }
  return given;
}

function unknownGiven(path: Path): Given {
  return { path, type: unknownType, expression: { kind: "literal", value: null }, source: "it" };
}

function sourceOf(value: Json): string {
  if (typeof value === "string" && value.startsWith("$")) return value.length > 60 ? "the expression" : value;
  return "the value";
}
