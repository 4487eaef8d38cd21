/** What the names in an expression stand for, and what is said of one that stands for nothing. */
import type { Expression } from "../../runtime/plan/plan.js";
import type { Type } from "../../runtime/types/type.js";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, suggest } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";

/** What a name stands for in a graph. */
export type Scope = Pick<ReadonlyMap<string, Type>, "get" | "has" | "keys">;

export interface Typed {
  readonly type: Type;
  readonly expression: Expression;
  /** Of a list that is written out: the type of each item. */
  readonly items?: readonly Type[];
}

export interface TypeContext {
  readonly graph: string;
  readonly scope: Scope;
  readonly report: Report;
  /** In `when` and `each` of a step with `each`. */
  readonly beforeItems?: boolean;
}

export function describeUnknown(
  name: string,
  context: TypeContext,
  place: { path: Path; start: number; end: number },
): Diagnostic {
  if (name === "item" || name === "index")
    return diagnostic("unknown-name", context.beforeItems === true ? "before-items" : "item", place, { name });
  const suggestion = suggest(name, context.scope.keys(), context.report, "the graph has no inputs and no steps");
  return diagnostic("unknown-name", "name", place, { name, graph: context.graph, suggestion });
}
