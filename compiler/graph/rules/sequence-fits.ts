/** What `sequence` keeps is there, goes out as it comes in, and is known at the start; and every request gives one step of it. */
import type { PlanState } from "../../../runtime/plan/plan.js";
import { diagnostic, keyAt, type Report, suggest, valueAt } from "../../diagnostics/diagnostic.js";
import type { LoadedModel } from "../../models/load.js";
import type { Path } from "../../source/path.js";
import type { Model } from "../../spec/types.js";
import type { Program, Rule } from "./rule.js";
import { stateProblem } from "./state-problem.js";

type Sequence = NonNullable<Model["sequence"]>;

export const sequenceFits: Rule = (program, report) => {
  const { spec, models } = program;
  for (const [name, declared] of spec.models) {
    const loaded = models.get(name);
    if (declared?.sequence === undefined || loaded === null || loaded === undefined) continue;
    const path: Path = ["models", name, "sequence"];
    checkState(name, declared.sequence, loaded, path, report);
    if (declared.cache !== undefined)
      report(diagnostic("bad-sequence", "cache", keyAt(["models", name, "cache"]), { name }));
    if (declared.shadow !== undefined)
      report(diagnostic("bad-sequence", "shadow", keyAt(["models", name, "shadow"]), { name }));
    if (declared.batching !== undefined) checkSharing(name, loaded, report);
    checkUses(name, program, report);
  }
};

function checkState(name: string, { state }: Sequence, loaded: LoadedModel, path: Path, report: Report): void {
  const seen = new Set<string>();
  for (const [index, each] of state.entries()) {
    const at: Path = [...path, "state", index];
    const input = find("input", each.input, loaded.inputs);
    const output = find("output", each.output, loaded.outputs);
    if (input === undefined || output === undefined) continue;
    const problem = stateProblem(loaded, input, output, each as PlanState);
    if (problem === undefined) continue;
    const field: Path = problem.field === undefined ? at : [...at, problem.field];
    report(
      diagnostic("bad-sequence", "state", valueAt(field), { name, problem: problem.message, suggestion: problem.help }),
    );
  }

  function find<T extends { readonly name: string }>(kind: "input" | "output", given: string, all: readonly T[]) {
    const found = all.find((each) => each.name === given);
    const index = state.findIndex((each) => each[kind] === given);
    const isTwice = found !== undefined && seen.has(`${kind} ${given}`);
    seen.add(`${kind} ${given}`);
    const last = state.findLastIndex((each) => each[kind] === given);
    const place = valueAt([...path, "state", isTwice ? last : index, kind]);
    if (isTwice) report(diagnostic("bad-sequence", "twice", place, { name, kind, value: given }));
    if (found === undefined) {
      const suggestion = suggest(
        given,
        all.map((each) => each.name),
        report,
      );
      report(diagnostic("bad-sequence", "unknown", place, { name, kind, value: given, suggestion }));
    }
    return isTwice ? undefined : found;
  }
}

/** State without rows keeps a model's requests apart, whatever `batching` says. */
function checkSharing(name: string, { inputs, state }: LoadedModel, report: Report): void {
  const takesRows = inputs.some(({ batchable }) => batchable === true);
  const single = inputs.find((each) => each.batchable !== true && state.some(({ input }) => input === each.name));
  if (!takesRows || single === undefined) return;
  const place = keyAt(["models", name, "batching"]);
  report(diagnostic("bad-sequence", "not-batchable", place, { name, input: single.name }, { severity: "warning" }));
}

/** A request is one step: a model that keeps state is asked once for it, about one row, and its answer is not kept. */
function checkUses(model: string, { spec, graphs }: Program, report: Report): void {
  const planned = new Map<string, number>();
  const timesIn = (graph: string): number => {
    const known = planned.get(graph);
    if (known !== undefined) return known;
    planned.set(graph, 0);
    let times = 0;
    for (const { node, rows } of graphs.get(graph)?.nodes.values() ?? []) {
      const own = node.use.kind === "model" && node.use.name === model ? 1 : 0;
      const inner = node.use.kind === "graph" ? timesIn(node.use.name) : 0;
      const { path } = node;
      if (own + inner === 0) continue;
      if (node.each !== undefined)
        report(diagnostic("bad-sequence", "each", keyAt([...path, "each"]), { name: model }));
      else if (own > 0 && rows === "list")
        report(diagnostic("bad-sequence", "list", valueAt([...path, "use"]), { name: model }));
      else if (times > 0) report(diagnostic("bad-sequence", "again", valueAt([...path, "use"]), { name: model }));
      times += own + inner;
    }
    planned.set(graph, times);
    return times;
  };
  for (const graph of graphs.keys()) timesIn(graph);
  for (const { endpoint, index } of spec.endpoints)
    if (endpoint.cache !== undefined && timesIn(endpoint.graph) > 0)
      report(diagnostic("bad-sequence", "cache", keyAt(["endpoints", index, "cache"]), { name: model }));
}
