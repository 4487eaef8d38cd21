/** Spec to Graphs: names become what they stand for. An unresolved one gives a diagnostic and a node that fits everything. */

import { findStep, steps } from "../../runtime/steps/index.js";
import { didYouMean } from "../../runtime/suggest.js";
import { parseType } from "../../runtime/types/parse.js";
import type { Type } from "../../runtime/types/type.js";
import { recordOf, unknownType } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import type { Place, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { LoadedModel } from "../models/load.js";
import type { Path } from "../source/path.js";
import type { JsonRecord } from "../spec/json.js";
import type { Spec, SpecGraph, SpecStep } from "../spec/spec.js";
import type * as Declared from "../spec/types.js";
import { celVariables } from "./cel.js";
import { parseExpression, rootsOf } from "./expression.js";
import type { Argument, Graph, GraphInput, Node, Use } from "./graph.js";

export interface Named {
  readonly spec: Spec;
  /** Null for a model that is wrong in itself. */
  readonly models: ReadonlyMap<string, LoadedModel | null>;
}

export function buildGraph(name: string, graph: SpecGraph, named: Named, report: Report): Graph {
  const path: Path = ["graphs", name];
  const inputs = new Map<string, GraphInput>();
  for (const [input, declared] of graph.inputs) {
    const at = [...path, "inputs", input];
    inputs.set(input, {
      name: input,
      path: at,
      declared,
      type: declared === null ? unknownType : readType(declared.type, [...at, "type"], report),
    });
  }
  const nodes = new Map<string, Node>();
  for (const step of graph.steps) {
    if (step.id !== "" && !nodes.has(step.id))
      nodes.set(step.id, buildNode(step, [...path, "steps", step.index], named, report));
  }
  const outputs = new Map<string, Argument>();
  for (const [output, value] of graph.outputs)
    outputs.set(output, toArgument(value, [...path, "outputs", output], report));
  return {
    name,
    path,
    inputs,
    nodes,
    outputs,
    ...(graph.description === undefined ? {} : { description: graph.description }),
  };
}

/** A type as it is declared: a text, or a mapping of a record's fields. */
export function readType(declared: Declared.Type, path: Path, report: Report): Type {
  if (typeof declared === "string") {
    const parsed = parseType(declared);
    if (parsed.ok) return parsed.type;
    report(diagnostic("bad-value", "bad-type", valueAt(path), { type: declared, problem: parsed.problem }));
    return unknownType;
  }
  const fields = Object.entries(declared).map(
    ([field, type]) => [field, readType(type, [...path, field], report)] as const,
  );
  return recordOf(Object.fromEntries(fields));
}

function buildNode({ id, step }: SpecStep, path: Path, named: Named, report: Report): Node {
  if (step === null) return { id, path, use: { kind: "unknown" }, args: new Map(), needs: new Set() };
  const use = resolveUse(step.use, [...path, "use"], named, report);
  const given = step.with as Json | undefined;
  const spread = typeof given === "string" ? toArgument(given, [...path, "with"], report) : undefined;
  const args = new Map<string, Argument>();
  if (given !== undefined && typeof given !== "string") {
    for (const [name, value] of Object.entries(given as JsonRecord))
      args.set(name, toArgument(value, [...path, "with", name], report));
  }
  const when = step.when === undefined ? undefined : toArgument(step.when, [...path, "when"], report);
  const each = step.each === undefined ? undefined : toArgument(step.each as Json, [...path, "each"], report);
  const all = [...args.values(), spread, when, each].filter((argument) => argument !== undefined);
  return {
    id,
    path,
    use,
    args,
    ...(spread === undefined ? {} : { spread }),
    ...(when === undefined ? {} : { when }),
    ...(each === undefined ? {} : { each }),
    needs: new Set(all.flatMap((argument) => rootsOf(argument.expression, celVariables))),
  };
}

function resolveUse(name: string, path: Path, named: Named, report: Report): Use {
  const step = findStep(name);
  if (step !== undefined) return { kind: "step", step };
  const model = named.models.get(name);
  if (model !== undefined) return model === null ? { kind: "unknown" } : { kind: "model", name, model };
  const graph = named.spec.graphs.get(name);
  if (graph !== undefined) return graph === null ? { kind: "unknown" } : { kind: "graph", name };
  if (/^\.{0,2}\/|\.[cm]?[jt]s$/.test(name)) report(diagnostic("unknown-step", "user-code", valueAt(path), { name }));
  else report(diagnostic("unknown-step", "use", valueAt(path), { name, suggestion: suggestUse(name, named) }));
  return { kind: "unknown" };
}

function suggestUse(name: string, named: Named): string {
  const own = [...named.models.keys(), ...named.spec.graphs.keys()];
  const namespace = name.includes(".") ? name.slice(0, name.indexOf(".") + 1) : undefined;
  const builtin = steps.map((step) => step.name);
  const near = namespace === undefined ? builtin : builtin.filter((each) => each.startsWith(namespace));
  return didYouMean(name, near.length > 0 ? [...own, ...near] : [...own, ...builtin]);
}

function toArgument(value: Json, path: Path, report: Report): Argument {
  const { expression, problems } = parseExpression(value);
  for (const { path: inside, start, end, text, problem } of problems) {
    const place: Place = { path: [...path, ...inside], start, end };
    report(diagnostic("bad-expression", "path", place, { text, problem }));
  }
  return { path, value, expression };
}
