/** Spec to Graphs: names become what they stand for. An unresolved one gives a diagnostic and a node that fits everything. */

import { allSteps, findStep } from "../../runtime/steps/index.js";
import { listOr, nearest, quote } from "../../runtime/suggest.js";
import { parseType, typeNames } from "../../runtime/types/parse.js";
import type { Type } from "../../runtime/types/type.js";
import { recordOf, unknownType } from "../../runtime/types/type.js";
import { dtypes } from "../../runtime/values/dtype.js";
import type { Json } from "../../runtime/values/value.js";
import type { Place, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { LoadedModel } from "../models/load.js";
import type { Path } from "../source/path.js";
import type { JsonRecord } from "../spec/json.js";
import { isIdentifier } from "../spec/names.js";
import type { Spec, SpecGraph, SpecStep } from "../spec/spec.js";
import type * as Declared from "../spec/types.js";
import { parseExpression, rootsOf } from "./expression.js";
import type { Argument, Graph, GraphInput, Node, Use } from "./graph.js";

export interface Named {
  readonly spec: Spec;
  /** Null for a model that is wrong in itself. */
  readonly models: ReadonlyMap<string, LoadedModel | null>;
  /** Graphs that are steps of others. */
  readonly called: ReadonlySet<string>;
}

export function buildGraph(name: string, graph: SpecGraph, named: Named, report: Report): Graph {
  const path: Path = ["graphs", name];
  const isCalled = named.called.has(name);
  const inputs = new Map<string, GraphInput>();
  for (const [input, declared] of graph.inputs) {
    const at = [...path, "inputs", input];
    inputs.set(input, {
      name: input,
      path: at,
      declared,
      type: declared === null ? unknownType : arriving(readType(declared.type, [...at, "type"], report), isCalled),
    });
  }
  const names = new Set([...graph.inputs.keys(), ...graph.steps.map(({ id }) => id)]);
  const known: Known = { ...named, graph: name, inputs: new Set(graph.inputs.keys()), names, report };
  const nodes = new Map<string, Node>();
  for (const step of graph.steps) {
    if (step.id !== "" && !nodes.has(step.id))
      nodes.set(step.id, buildNode(step, [...path, "steps", step.index], known));
  }
  const outputs = new Map<string, Argument>();
  for (const [output, value] of graph.outputs)
    outputs.set(output, toArgument(value, [...path, "outputs", output], known));
  return {
    name,
    path,
    inputs,
    nodes,
    outputs,
    ...(graph.description === undefined ? {} : { description: graph.description }),
  };
}

/** A picture that comes in at the door is RGB; another graph may hand on any. */
function arriving(type: Type, isCalled: boolean): Type {
  return type.kind === "image" && !isCalled ? { ...type, channels: 3 } : type;
}

/** What the steps of a graph use, as it is written. */
export function usesOf(graph: SpecGraph | null): readonly string[] {
  return (graph?.steps ?? []).flatMap(({ step }) => (step === null ? [] : [step.use]));
}

/** What one graph's expressions and uses are read with. */
interface Known extends Named {
  readonly graph: string;
  readonly inputs: ReadonlySet<string>;
  /** Of inputs and steps, wrong ones among them. */
  readonly names: ReadonlySet<string>;
  readonly report: Report;
}

/** A type as it is declared: a text, or a mapping of a record's fields. */
export function readType(declared: Declared.Type, path: Path, report: Report): Type {
  if (typeof declared === "string") {
    const parsed = parseType(declared);
    if (parsed.ok) return parsed.type;
    report(describeType(declared, parsed.problem, path));
    return unknownType;
  }
  const fields = Object.entries(declared).map(
    ([field, type]) => [field, readType(type, [...path, field], report)] as const,
  );
  return recordOf(Object.fromEntries(fields));
}

function describeType(declared: string, problem: string, path: Path): ReturnType<typeof diagnostic> {
  const unknown = /^there is no type "(.+)"$/.exec(problem)?.[1];
  const near = unknown === undefined ? [] : nearest(unknown, new Set([...typeNames, ...Object.keys(dtypes)]));
  const hint = "types are written like `string`, `list<number>`, `{ label: string }`, `float32[batch, 4]`";
  const suggestion = near.length > 0 ? `did you mean ${listOr(near.map(quote))}?` : hint;
  const start = unknown === undefined ? 0 : declared.indexOf(unknown);
  const place: Place = { path, start, end: start + (unknown ?? declared).length };
  return diagnostic("bad-value", "bad-type", place, { type: declared, problem, suggestion });
}

function buildNode({ id, step }: SpecStep, path: Path, known: Known): Node {
  if (step === null) return { id, path, use: { kind: "unknown" }, args: new Map(), needs: new Set() };
  const use = resolveUse(step.use, [...path, "use"], known);
  const given = step.with as Json | undefined;
  const spread = typeof given === "string" ? toArgument(given, [...path, "with"], known) : undefined;
  const args = new Map<string, Argument>();
  if (given !== undefined && typeof given !== "string") {
    for (const [name, value] of Object.entries(given as JsonRecord))
      args.set(name, toArgument(value, [...path, "with", name], known));
  }
  const when = step.when === undefined ? undefined : toArgument(step.when, [...path, "when"], known);
  const each = step.each === undefined ? undefined : toArgument(step.each as Json, [...path, "each"], known);
  const all = [...args.values(), spread, when, each].filter((argument) => argument !== undefined);
  return {
    id,
    path,
    use,
    args,
    ...(spread === undefined ? {} : { spread }),
    ...(when === undefined ? {} : { when }),
    ...(each === undefined ? {} : { each }),
    needs: new Set(all.flatMap((argument) => rootsOf(argument.expression)).filter((root) => !known.inputs.has(root))),
  };
}

function resolveUse(name: string, path: Path, known: Known): Use {
  const { report } = known;
  const step = findStep(name);
  if (step !== undefined) return { kind: "step", step };
  const model = known.models.get(name);
  if (model !== undefined) return model === null ? { kind: "unknown" } : { kind: "model", name, model };
  const graph = known.spec.graphs.get(name);
  if (graph !== undefined) return graph === null ? { kind: "unknown" } : { kind: "graph", name };
  if (/^\.{0,2}\/|\.[cm]?[jt]s$/.test(name)) report(diagnostic("unknown-step", "user-code", valueAt(path), { name }));
  else
    report(
      diagnostic("unknown-step", "use", valueAt(path), {
        name,
        suggestion: report.hasRoom() ? suggestUse(name, known) : "check how it is written",
      }),
    );
  return { kind: "unknown" };
}

function suggestUse(name: string, { models, spec, graph }: Known): string {
  const own = [...models.keys(), ...spec.graphs.keys()].filter((each) => each !== graph);
  const near = nearest(name, [...own, ...allSteps().map((step) => step.name)]);
  if (near.length > 0) return `did you mean ${listOr(near.map(quote))}?`;
  const rest = "`ekiben explain steps` lists the built-in steps";
  return own.length === 0 || own.length > 12 ? rest : `the spec has ${listOr(own.map(quote), "and")}; ${rest}`;
}

function toArgument(value: Json, path: Path, { names, report }: Known): Argument {
  const { expression, problems } = parseExpression(value);
  for (const { path: inside, start, end, text, problem } of problems) {
    // A name that cannot be one is reported where it is given.
    const name = /^\$([^.[\]]*)/.exec(text)?.[1] ?? "";
    if (names.has(name) && !isIdentifier(name)) continue;
    const place: Place = { path: [...path, ...inside], start, end };
    report(diagnostic("bad-expression", "path", place, { text, problem }));
  }
  return { path, value, expression };
}
