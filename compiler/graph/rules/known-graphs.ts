/** Every endpoint names a graph of the spec. */

import { diagnostic, suggest, valueAt } from "../../diagnostics/diagnostic.js";
import type { Rule } from "./rule.js";

export const knownGraphs: Rule = ({ spec }, report) => {
  for (const { endpoint, index } of spec.endpoints) {
    if (spec.graphs.has(endpoint.graph)) continue;
    const suggestion = suggest(endpoint.graph, spec.graphs.keys(), report, "the spec has no graphs");
    report(
      diagnostic("unknown-graph", "graph", valueAt(["endpoints", index, "graph"]), {
        name: endpoint.graph,
        suggestion,
      }),
    );
  }
};
