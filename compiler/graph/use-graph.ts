/** One use of a graph as a step. */
import type { Expression } from "../../runtime/plan/plan.js";
import type { Type } from "../../runtime/types/type.js";
import { printType, required, unknownType } from "../../runtime/types/type.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import { fits } from "./assignable.js";
import { freshen } from "./dims.js";
import { givenArguments } from "./given.js";
import { printUse } from "./graph.js";
import type { UseContext, Used } from "./typed-graph.js";

export function useGraph(name: string, context: UseContext): Used {
  const inner = context.typed.get(name);
  const inputs = [...(inner?.graph.inputs.values() ?? [])];
  const parameters = inputs.map((input) => ({
    name: input.name,
    type: printType(input.type),
    required: input.declared?.default === undefined,
    keepRecords: input.type.kind === "record",
  }));
  if (inner === undefined) return { args: new Map(), type: unknownType, mayBeSkipped: false };
  const given = givenArguments(parameters, context);
  const args = new Map<string, Expression>();
  let mayBeSkipped = false;
  for (const [input, argument] of given) {
    args.set(input, argument.expression);
    mayBeSkipped ||= argument.type.kind === "optional";
    const expected = freshen(inner.inputs.get(input) ?? unknownType, context.node.id);
    report(input, required(argument.type), expected, argument, context);
  }
  // What is too large to be used again and again was reported, or will be.
  const isLarge = inner.resultSize === undefined || inner.resultSize > context.budget.parts;
  return { args, type: isLarge ? inner.result : freshen(inner.result, context.node.id), mayBeSkipped };
}

function report(
  input: string,
  found: Type,
  expected: Type,
  given: { readonly path: readonly (string | number)[]; readonly source: string },
  context: UseContext,
): void {
  const fit = fits(found, expected, (a, b) => context.dims.unify(a, b));
  if (fit === "ok") return;
  const code = fit === "shape" ? "shape-mismatch" : "type-mismatch";
  const holes = {
    use: printUse(context.node.use),
    expected: printType(expected),
    argument: input,
    source: given.source,
    found: printType(context.dims.resolveType(found)),
    suggestion: `give ${printType(expected)}`,
  };
  context.report(diagnostic(code, "argument", valueAt(given.path), holes));
}
