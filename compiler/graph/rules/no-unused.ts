/** Models, graphs, steps and inputs that nothing uses, and patterns that match nothing. What a mistake hides is not called unused. */
import { findStep } from "../../../runtime/steps/index.js";
import { nearest } from "../../../runtime/suggest.js";
import type { Json } from "../../../runtime/values/value.js";
import { diagnostic, keyAt, valueAt } from "../../diagnostics/diagnostic.js";
import { isJsonRecord } from "../../spec/json.js";
import type { SpecGraph } from "../../spec/spec.js";
import { usesOf } from "../build.js";
import { parseExpression, rootsOf } from "../expression.js";
import type { Program, Rule } from "./rule.js";

export const noUnusedModels: Rule = (program, report) => {
  const { spec } = program;
  if (isHidden(program) || !report.hasRoom()) return;
  const used = usedByName(program);
  for (const [name, model] of spec.models) {
    if (model !== null && !used.has(name) && findStep(name) === undefined)
      report(diagnostic("unused-model", "model", keyAt(["models", name]), { name }));
  }
};

export const noUnusedGraphs: Rule = (program, report) => {
  const { spec } = program;
  if (isHidden(program) || spec.hasBrokenEndpoints || !report.hasRoom()) return;
  const used = usedByName(program);
  for (const { endpoint } of spec.endpoints)
    for (const name of meant(endpoint.graph, new Set(spec.graphs.keys()))) used.add(name);
  for (const [name, graph] of spec.graphs) {
    if (graph !== null && !used.has(name))
      report(diagnostic("unused-graph", "graph", keyAt(["graphs", name]), { name }));
  }
};

export const noUnusedSteps: Rule = ({ spec }, report) => {
  // An input that chooses a model's version is used, also where no step takes it.
  const choosing = new Set([...spec.models.values()].map((model) => model?.traffic?.sticky_by));
  for (const [name, graph] of spec.graphs) {
    if (!report.hasRoom()) return;
    if (graph === null || graph.outputs.size === 0 || graph.steps.some(({ step }) => step === null)) continue;
    const used = namesUsed(graph);
    const path = ["graphs", name];
    for (const { id, index } of graph.steps) {
      if (!used.has(id)) report(diagnostic("unused-step", "step", valueAt([...path, "steps", index, "id"]), { id }));
    }
    for (const [input, declared] of graph.inputs) {
      if (declared !== null && !used.has(input) && !choosing.has(input))
        report(diagnostic("unused-input", "input", keyAt([...path, "inputs", input]), { name: input }));
    }
  }
};

export const noUnusedFiles: Rule = ({ spec, workspace }, report) => {
  for (const [index, pattern] of spec.include.entries()) {
    if (!workspace.matchesSome(pattern))
      report(diagnostic("unused-file", "pattern", valueAt(["include", index]), { pattern }));
  }
};

/** Whether a step or a graph is too wrong to say what it uses. */
function isHidden({ spec }: Program): boolean {
  return [...spec.graphs.values()].some((graph) => graph === null || graph.steps.some(({ step }) => step === null));
}

/** What steps use by name; a misspelt name counts for those it may mean. */
function usedByName({ spec }: Program): Set<string> {
  const names = new Set([...spec.models.keys(), ...spec.graphs.keys()]);
  const uses = new Set([...spec.graphs.values()].flatMap((graph) => usesOf(graph)));
  return new Set([...uses].flatMap((use) => (findStep(use) === undefined ? meant(use, names) : [])));
}

function namesUsed(graph: SpecGraph): ReadonlySet<string> {
  const known = new Set([...graph.inputs.keys(), ...graph.steps.map(({ id }) => id)]);
  const values = graph.steps.flatMap(({ step }) => (step === null ? [] : [step.with, step.when, step.each]));
  const roots = [...graph.outputs.values(), ...values].flatMap((value) => referredTo((value ?? null) as Json));
  return new Set([...new Set(roots)].flatMap((root) => meant(root, known)));
}

/** The names in a value's expressions; every word of one that cannot be read. */
function referredTo(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referredTo);
  if (isJsonRecord(value)) return Object.values(value).flatMap(referredTo);
  if (typeof value !== "string" || !value.startsWith("$")) return [];
  const { expression, problems } = parseExpression(value);
  const roots = rootsOf(expression);
  return problems.length > 0 || (roots.length === 0 && value.startsWith("${")) ? (value.match(/\w+/g) ?? []) : roots;
}

function meant(name: string, known: ReadonlySet<string>): readonly string[] {
  return known.has(name) ? [name] : nearest(name, known);
}
