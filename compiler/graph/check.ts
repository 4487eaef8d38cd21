/** Spec to typed graphs: built, ordered, typed, and held against every rule. */

import { listOr, quote } from "../../runtime/suggest.js";
import type { Json } from "../../runtime/values/value.js";
import type { Holes, Place, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { LoadedModel } from "../models/load.js";
import type { Path } from "../source/path.js";
import { isJsonRecord } from "../spec/json.js";
import type { Spec } from "../spec/spec.js";
import type { Workspace } from "../workspace.js";
import { buildGraph, usesOf } from "./build.js";
import type { Graph, Node } from "./graph.js";
import { inferGraph } from "./infer.js";
import { orderByNeeds } from "./order.js";
import { rules } from "./rules/index.js";
import type { TypedGraph } from "./typed-graph.js";

export interface Checked {
  readonly spec: Spec;
  readonly models: ReadonlyMap<string, LoadedModel | null>;
  readonly workspace: Workspace;
}

export function checkGraphs(program: Checked, report: Report): ReadonlyMap<string, TypedGraph> {
  const graphs = new Map<string, Graph>();
  const called = new Set([...program.spec.graphs.values()].flatMap((graph) => usesOf(graph)));
  for (const [name, graph] of program.spec.graphs) {
    if (graph !== null) graphs.set(name, buildGraph(name, graph, { ...program, called }, report));
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
    const related = cycle.slice(0, mostNamed).map((name) => ({
      message: `graph "${name}"`,
      place: { path: ["graphs", name], part: "key" } as const,
    }));
    const place = valueAt([...(node?.path ?? ["graphs", last]), "use"]);
    report(
      cycle.length === 1
        ? diagnostic("cycle", "self-graph", place, { id: last })
        : diagnostic("cycle", "graphs", place, circleHoles(cycle), { related }),
    );
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
    const related = cycle.slice(0, mostNamed).map((id) => ({
      message: `step "${id}"`,
      place: valueAt([...(graph.nodes.get(id)?.path ?? []), "id"]),
    }));
    const place = closingReference(last, first);
    report(
      cycle.length === 1
        ? diagnostic("cycle", "self", place, { id: first })
        : diagnostic("cycle", "steps", place, circleHoles(cycle), { related }),
    );
  }
  const inCycle = new Set(cycles.flat());
  return sorted.filter((id) => !inCycle.has(id));
}

const mostNamed = 8;

/** The first member, and the others by whose way it comes back to itself. */
function circleHoles([id = "", ...others]: readonly string[]): Holes {
  const shown = others.slice(0, mostNamed).map(quote);
  if (others.length > mostNamed) shown.push(`${others.length - mostNamed} more`);
  return { id, members: listOr(shown, "and") };
}

/** The reference of the last member that leads back to the first. */
function closingReference(node: Node | undefined, name: string): Place {
  const all = [...(node?.args.values() ?? []), node?.spread, node?.when, node?.each];
  for (const argument of all) {
    const place = argument === undefined ? undefined : findReference(argument.value, argument.path, name);
    if (place !== undefined) return place;
  }
  return valueAt([...(node?.path ?? []), "id"]);
}

function findReference(value: Json, path: Path, name: string): Place | undefined {
  if (typeof value === "string") {
    const match = value.startsWith("$") ? new RegExp(`\\$?\\b${name}\\b`).exec(value) : null;
    return match === null ? undefined : { path, start: match.index, end: match.index + match[0].length };
  }
  for (const [key, item] of entriesOf(value)) {
    const place = findReference(item, [...path, key], name);
    if (place !== undefined) return place;
  }
  return undefined;
}

function entriesOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (Array.isArray(value)) return value.map((item: Json, index) => [index, item] as const);
  return isJsonRecord(value) ? Object.entries(value) : [];
}
