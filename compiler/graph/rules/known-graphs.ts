/** Every endpoint names a graph of the spec. */

import { didYouMean } from "../../../runtime/suggest.js";
import { diagnostic, valueAt } from "../../diagnostics/diagnostic.js";
import type { Rule } from "./rule.js";

export const knownGraphs: Rule = ({ spec }, report) => {
  for (const { endpoint, index } of spec.endpoints) {
    if (spec.graphs.has(endpoint.graph)) continue;
    const suggestion = didYouMean(endpoint.graph, spec.graphs.keys(), "the spec has no graphs");
    report(
      diagnostic("unknown-graph", "graph", valueAt(["endpoints", index, "graph"]), {
        name: endpoint.graph,
        suggestion,
      }),
    );
  }
};
