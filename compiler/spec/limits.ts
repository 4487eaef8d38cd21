/** Bounds on what a spec may hold, so that checking it takes bounded time: a graph that is used as a step is looked at anew each time. */
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt } from "../diagnostics/diagnostic.js";
import type { Spec, SpecGraph } from "./spec.js";

const most = 1_000;

export function findExcess(spec: Spec): readonly Diagnostic[] {
  return [...spec.graphs].flatMap(([name, graph]) => (graph === null ? [] : excessOf(name, graph)));
}

function excessOf(name: string, graph: SpecGraph): readonly Diagnostic[] {
  return (["inputs", "outputs"] as const)
    .filter((part) => graph[part].size > most)
    .map((part) => {
      const problem = `graph "${name}" has ${graph[part].size} ${part}, and ${most} are the most that it may have`;
      return diagnostic("yaml-limit", "limit", keyAt(["graphs", name, part]), { problem });
    });
}
