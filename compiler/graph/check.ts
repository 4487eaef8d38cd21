/** Spec to typed graphs: built, ordered, typed, and held against every rule. */

import { listOr, quote } from "../../runtime/suggest.js";
import type { Place, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { LoadedModel } from "../models/load.js";
import type { Spec } from "../spec/spec.js";
import type { Workspace } from "../workspace.js";
import { buildGraph } from "./build.js";
import type { Graph, Node } from "./graph.js";
import type { TypedGraph } from "./infer.js";
import { inferGraph } from "./infer.js";
import { orderByNeeds } from "./order.js";
import { checkTokenizers } from "./resource.js";
import { rules } from "./rules/index.js";

export interface Checked {
  readonly spec: Spec;
  readonly models: ReadonlyMap<string, LoadedModel | null>;
  readonly workspace: Workspace;
}

export async function checkGraphs(program: Checked, report: Report): Promise<ReadonlyMap<string, TypedGraph>> {
  const graphs = new Map<string, Graph>();
  for (const [name, graph] of program.spec.graphs) {
    if (graph !== null) graphs.set(name, buildGraph(name, graph, program, report));
  }
  const typed = new Map<string, TypedGraph>();
  for (const name of orderGraphs(graphs, report)) {
    const graph = graphs.get(name);
    if (graph !== undefined)
      typed.set(name, inferGraph(graph, orderNodes(graph, report), typed, program.workspace, report));
  }
  const inTextOrder = new Map(
    [...graphs.keys()].flatMap((name) => {
      const graph = typed.get(name);
      return graph === undefined ? [] : [[name, graph] as const];
    }),
  );
  for (const rule of rules) rule({ ...program, graphs: inTextOrder }, report);
  await checkTokenizers(
    [...inTextOrder.values()].flatMap((graph) => graph.resources),
    program.workspace,
    report,
  );
  return inTextOrder;
}

/** Graphs after those that they use as steps; what a circle leaves over is compatible with everything. */
function orderGraphs(graphs: ReadonlyMap<string, Graph>, report: Report): readonly string[] {
  const uses = new Map([...graphs].map(([name, graph]) => [name, usedGraphs(graph)] as const));
  const { sorted, cycles } = orderByNeeds(uses);
  for (const cycle of cycles) {
    const last = cycle.at(-1) ?? "";
    const node = [...(graphs.get(last)?.nodes.values() ?? [])].find(
      (each) => each.use.kind === "graph" && each.use.name === cycle[0],
    );
    const related = cycle.map((name) => ({
      message: `graph "${name}"`,
      place: { path: ["graphs", name], part: "key" } as const,
    }));
    const holes = { id: cycle[0] ?? "", members: listOr(cycle.map(quote), "and") };
    report(diagnostic("cycle", "graphs", valueAt([...(node?.path ?? ["graphs", last]), "use"]), holes, { related }));
  }
  return sorted;
}

function usedGraphs(graph: Graph): readonly string[] {
  return [...graph.nodes.values()].flatMap((node) => (node.use.kind === "graph" ? [node.use.name] : []));
}

function orderNodes(graph: Graph, report: Report): readonly string[] {
  const needs = new Map([...graph.nodes].map(([id, node]) => [id, node.needs] as const));
  const { sorted, cycles } = orderByNeeds(needs);
  for (const cycle of cycles) {
    const [first = ""] = cycle;
    const last = graph.nodes.get(cycle.at(-1) ?? "");
    const related = cycle.map((id) => ({
      message: `step "${id}"`,
      place: valueAt([...(graph.nodes.get(id)?.path ?? []), "id"]),
    }));
    report(
      diagnostic(
        "cycle",
        "steps",
        closingReference(last, first),
        { id: first, members: listOr(cycle.map(quote), "and") },
        { related },
      ),
    );
  }
  const inCycle = new Set(cycles.flat());
  return sorted.filter((id) => !inCycle.has(id));
}

/** The argument of the last member that refers back to the first. */
function closingReference(node: Node | undefined, name: string): Place {
  const all = [...(node?.args.values() ?? []), node?.spread, node?.when, node?.each];
  const pattern = new RegExp(`\\b${name}\\b`);
  const closing = all.find((argument) => argument !== undefined && pattern.test(JSON.stringify(argument.value)));
  return valueAt(closing?.path ?? [...(node?.path ?? []), "id"]);
}
