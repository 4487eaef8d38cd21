/** Types flow along every edge of a graph: each use is checked against what it is given, and says what it gives. */
import type { Type } from "../../runtime/types/type.js";
import { integerType, listOf, optional, printType, recordOf, required, unknownType } from "../../runtime/types/type.js";
import type { Place, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt, valueAt } from "../diagnostics/diagnostic.js";
import type { Workspace } from "../workspace.js";
import { Dims } from "./dims.js";
import type { Argument, Graph } from "./graph.js";
import { itemOf } from "./parts.js";
import type { Scope, Typed } from "./scope.js";
import { typeOf } from "./type-of.js";
import { typeLimits, typeSize } from "./type-size.js";
import type { ResourceUse, TypedGraph, TypedNode, UseContext, Used } from "./typed-graph.js";
import { useGraph } from "./use-graph.js";
import { useModel } from "./use-model.js";
import { useStep } from "./use-step.js";

type KnownGraph = Omit<TypedGraph, "result" | "resultSize">;

/** Types a graph; `order` names its nodes after those they need, and leaves out members of circles. */
export function inferGraph(
  graph: Graph,
  order: readonly string[],
  typed: ReadonlyMap<string, TypedGraph>,
  workspace: Workspace,
  report: Report,
): TypedGraph {
  const dims = new Dims();
  const scope = new Map<string, Type>();
  for (const input of graph.inputs.values()) scope.set(input.name, input.type);
  for (const id of graph.nodes.keys()) if (!scope.has(id)) scope.set(id, unknownType);
  const resources: ResourceUse[] = [];
  const inputs = new Set(graph.inputs.keys());
  const budget = { parts: typeLimits.partsOfGraph };
  const nodes = new Map<string, TypedNode>();
  for (const id of order) {
    const node = graph.nodes.get(id);
    if (node === undefined) continue;
    const result = inferNode(
      { node, scope, graph: graph.name, inputs, nodes: graph.nodes, dims, workspace, budget, report, typed },
      resources,
    );
    nodes.set(id, result);
    if (!graph.inputs.has(id)) scope.set(id, result.type);
  }
  const outputs = new Map<string, Typed>();
  for (const [name, output] of graph.outputs) {
    outputs.set(name, typeOf(output.expression, output.path, { graph: graph.name, scope, report }));
  }
  const known = resolved({ graph, inputs: inputTypes(graph), nodes, outputs, resources }, dims);
  const result = recordOf(Object.fromEntries([...known.outputs].map(([name, output]) => [name, output.type])));
  const resultSize = typeSize(result);
  if (resultSize === undefined) reportLarge(keyAt([...graph.path, "outputs"]), `graph "${graph.name}"`, report);
  return { ...known, result: resultSize === undefined ? unknownType : result, resultSize };
}

function inferNode(context: UseContext, resources: ResourceUse[]): TypedNode {
  const { node, scope, graph, report } = context;
  const outer = { graph, scope, report, beforeItems: node.each !== undefined };
  const each = node.each === undefined ? undefined : typeOf(node.each.expression, node.each.path, outer);
  const inner = each === undefined ? scope : withItem(scope, eachItem(each, node.each, report));
  const when = node.when === undefined ? undefined : typeOf(node.when.expression, node.when.path, outer);
  if (when !== undefined && node.when !== undefined) checkCondition(when.type, node.when, report);
  const used = use({ ...context, scope: inner });
  resources.push(...(used.resources ?? []));
  const isJudged = when !== undefined && !(when.expression.kind === "literal" && when.expression.value === true);
  const mayBeSkipped = used.mayBeSkipped || isJudged || each?.type.kind === "optional";
  const type = within(each === undefined ? used.type : listOf(required(used.type)), context);
  return {
    node,
    args: used.args,
    ...(when === undefined ? {} : { when: when.expression }),
    ...(each === undefined ? {} : { each: each.expression }),
    ...(used.rows === undefined ? {} : { rows: used.rows }),
    type: mayBeSkipped ? optional(type) : type,
  };
}

/** A scope in which an item and its index are seen, too. */
function withItem(scope: Scope, item: Type): Scope {
  const own = new Map([
    ["item", item],
    ["index", integerType],
  ]);
  return {
    get: (name) => own.get(name) ?? scope.get(name),
    has: (name) => own.has(name) || scope.has(name),
    keys: () => new Set([...own.keys(), ...scope.keys()]).keys(),
  };
}

/** The type, or the unknown one where it is larger than may be. */
function within(type: Type, { node, budget, report }: UseContext): Type {
  const size = typeSize(type);
  budget.parts -= size ?? 0;
  if (size !== undefined && budget.parts >= 0) return type;
  reportLarge(valueAt([...node.path, "id"]), `step "${node.id}"`, report);
  return unknownType;
}

function reportLarge(place: Place, what: string, report: Report): void {
  report(diagnostic("type-too-large", "limit", place, { what, parts: typeLimits.parts, depth: typeLimits.depth }));
}

function use(context: UseContext): Used {
  const { node } = context;
  switch (node.use.kind) {
    case "step":
      return useStep(node.use.step, context);
    case "model":
      return useModel(node.use.model, context);
    case "graph":
      return useGraph(node.use.name, context);
    case "unknown":
      return useUnknown(context);
  }
}

/** Its arguments are still looked at: each of their mistakes is one of its own. */
function useUnknown(context: UseContext): Used {
  const { node, scope, graph, report } = context;
  const all = [...node.args.values(), ...(node.spread === undefined ? [] : [node.spread])];
  for (const argument of all) typeOf(argument.expression, argument.path, { graph, scope, report });
  return { args: new Map(), type: unknownType, mayBeSkipped: false };
}

function eachItem(each: Typed, argument: Argument | undefined, report: Report): Type {
  const item = itemOf(required(each.type));
  if (item !== undefined) return item;
  if (argument !== undefined) {
    const found = printType(each.type);
    report(
      diagnostic("type-mismatch", "each", valueAt(argument.path), { source: `"${String(argument.value)}"`, found }),
    );
  }
  return unknownType;
}

function checkCondition(type: Type, argument: Argument, report: Report): void {
  const { kind } = required(type);
  const isScalar = kind === "tensor";
  if (kind === "boolean" || kind === "unknown" || kind === "json" || isScalar) return;
  report(diagnostic("bad-expression", "condition", valueAt(argument.path), { type: printType(type) }));
}

function inputTypes(graph: Graph): ReadonlyMap<string, Type> {
  return new Map([...graph.inputs.values()].map((input) => [input.name, input.type]));
}

/** Every type with what was found out of its dimensions further down the graph. */
function resolved(typed: KnownGraph, dims: Dims): KnownGraph {
  const nodes = [...typed.nodes].map(([id, node]) => [id, { ...node, type: dims.resolveType(node.type) }] as const);
  const outputs = [...typed.outputs].map(
    ([name, output]) => [name, { ...output, type: dims.resolveType(output.type) }] as const,
  );
  const inputs = [...typed.inputs].map(([name, type]) => [name, dims.resolveType(type)] as const);
  return { ...typed, inputs: new Map(inputs), nodes: new Map(nodes), outputs: new Map(outputs) };
}
