/** Models, graphs, steps and inputs that nothing uses, and patterns that match nothing. */
import { diagnostic, keyAt, valueAt } from "../../diagnostics/diagnostic.js";
import { celVariables } from "../cel.js";
import { rootsOf } from "../expression.js";
import type { Graph } from "../graph.js";
import type { Rule } from "./rule.js";

export const noUnusedModels: Rule = ({ spec, graphs }, report) => {
  const used = new Set<string>();
  for (const { graph } of graphs.values()) {
    for (const node of graph.nodes.values()) if (node.use.kind === "model") used.add(node.use.name);
  }
  const written = usesAsWritten(spec);
  for (const name of spec.models.keys()) {
    if (!used.has(name) && !written.has(name))
      report(diagnostic("unused-model", "model", keyAt(["models", name]), { name }));
  }
};

export const noUnusedGraphs: Rule = ({ spec }, report) => {
  const used = usesAsWritten(spec);
  for (const { endpoint } of spec.endpoints) used.add(endpoint.graph);
  for (const name of spec.graphs.keys()) {
    if (!used.has(name)) report(diagnostic("unused-graph", "graph", keyAt(["graphs", name]), { name }));
  }
};

export const noUnusedSteps: Rule = ({ graphs }, report) => {
  for (const { graph } of graphs.values()) {
    const used = namesUsed(graph);
    for (const node of graph.nodes.values()) {
      if (!used.has(node.id)) report(diagnostic("unused-step", "step", valueAt([...node.path, "id"]), { id: node.id }));
    }
    for (const input of graph.inputs.values()) {
      if (!used.has(input.name)) report(diagnostic("unused-input", "input", keyAt(input.path), { name: input.name }));
    }
  }
};

export const noUnusedFiles: Rule = ({ spec, workspace }, report) => {
  for (const [index, pattern] of spec.include.entries()) {
    if (!workspace.matchesSome(pattern))
      report(diagnostic("unused-file", "pattern", valueAt(["include", index]), { pattern }));
  }
};

function namesUsed(graph: Graph): ReadonlySet<string> {
  const outputs = [...graph.outputs.values()].flatMap((output) => rootsOf(output.expression, celVariables));
  return new Set([...outputs, ...[...graph.nodes.values()].flatMap((node) => [...node.needs])]);
}

/** What steps use by name, those included that are wrong elsewhere. */
function usesAsWritten(spec: Parameters<Rule>[0]["spec"]): Set<string> {
  const used = new Set<string>();
  for (const graph of spec.graphs.values())
    for (const { step } of graph?.steps ?? []) if (step !== null) used.add(step.use);
  return used;
}
