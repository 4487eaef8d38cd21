/** The checked document as a Spec; what the schema found wrong is set aside as null. */
import type { Json } from "../../runtime/values/value.js";
import specSchemaText from "../../schemas/spec.schema.json";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { toPointer } from "../source/path.js";
import { checkSchema } from "./check-schema.js";
import { isJsonRecord } from "./json.js";
import type { Spec, SpecEndpoint, SpecGraph, SpecStep } from "./spec.js";
import type { Docker, Endpoint, Graph, Model, Observability, Server, SpecDocument } from "./types.js";

export function toSpec(
  document: SpecDocument,
  broken: ReadonlySet<string>,
  references: ReadonlyMap<string, string>,
  notBuilt: readonly Diagnostic[],
): Spec {
  const isBroken = brokenness(broken);
  const models = entries(document.models).map(([name, model]) => [name, toModel(name, model, isBroken)] as const);
  const graphs = entries(document.graphs).map(([name, graph]) => [name, toGraph(name, graph, isBroken)] as const);
  return {
    service: typeof document.service === "string" ? document.service : "unnamed",
    ...(typeof document.description === "string" ? { description: document.description } : {}),
    labels: isBroken(["labels"]) ? {} : document.labels,
    models: new Map(models),
    graphs: new Map(graphs),
    endpoints: items(document.endpoints).flatMap((endpoint, index) => toEndpoint(endpoint, index, isBroken)),
    hasBrokenEndpoints: isBroken(["endpoints"]),
    server: section<Server>("server", document.server, isBroken),
    observability: section<Observability>("observability", document.observability, isBroken),
    docker: section<Docker>("docker", document.docker, isBroken),
    envs: items(document.envs).filter((_, index) => !isBroken(["envs", index])),
    include: isBroken(["include"]) ? [] : document.include,
    exclude: isBroken(["exclude"]) ? [] : document.exclude,
    notes: notBuilt.filter((each) => each.severity === "info").map((each) => each.message),
    effective: document as unknown as Json,
    references,
  };
}

/**
 * A model whose file is known is looked into, whatever else is wrong with it: its uses are checked all the same. But for its
 * state: where that is wrong nobody knows which of its inputs are arguments.
 */
function toModel(name: string, model: string | Model, isBroken: IsBroken): Model | null {
  if (typeof model === "string" || !hasText(model, "source") || isBroken(["models", name, "source"])) return null;
  if (isBroken(["models", name, "sequence"])) return null;
  const fine: { -readonly [K in keyof Model]: Model[K] } = { ...model };
  for (const field of mayBeAbsent) if (isBroken(["models", name, field])) delete fine[field];
  return fine;
}

/** What the rules look into: it is set aside where something in it is wrong. */
const mayBeAbsent = [
  "sha256",
  "signature",
  "version_policy",
  "labels",
  "traffic",
  "shadow",
  "warmup",
  "batching",
  "cache",
] as const satisfies readonly (keyof Model)[];

/** An endpoint that names a path and a graph is checked for both, whatever else is wrong with it. */
function toEndpoint(endpoint: Endpoint, index: number, isBroken: IsBroken): readonly SpecEndpoint[] {
  if (!hasText(endpoint, "graph") || !hasText(endpoint, "path")) return [];
  const examples = isBroken(["endpoints", index, "examples"]) ? [] : endpoint.examples;
  return [{ index, endpoint: { ...endpoint, examples } }];
}

/** What the schema found wrong may be of any kind, whatever its type says. */
function hasText(value: unknown, field: string): boolean {
  return isJsonRecord(value) && typeof value[field] === "string";
}

function toGraph(name: string, graph: Graph, isBroken: IsBroken): SpecGraph | null {
  if (!isJsonRecord(graph)) return null;
  const inputs = entries(graph.inputs).map(([input, declared]) => {
    return [input, isBroken(["graphs", name, "inputs", input]) ? null : declared] as const;
  });
  const steps = items(graph.steps).map((step, index): SpecStep => {
    const id = isJsonRecord(step) && typeof step.id === "string" ? step.id : "";
    return { index, id, step: isBroken(["graphs", name, "steps", index]) ? null : step };
  });
  return {
    ...(typeof graph.description === "string" ? { description: graph.description } : {}),
    inputs: new Map(inputs),
    steps,
    outputs: new Map(entries(graph.outputs) as [string, Json][]),
  };
}

type IsBroken = (path: readonly (string | number)[]) => boolean;

/** Whether something at a path, or inside it, was found wrong. */
function brokenness(broken: ReadonlySet<string>): IsBroken {
  const holders = new Set<string>();
  for (const pointer of broken)
    for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1)) holders.add(pointer.slice(0, end));
  return (path) => holders.has(toPointer(path));
}

/** A section as it is, or with every default where something in it is wrong. */
function section<T>(name: "server" | "observability" | "docker", value: T | undefined, isBroken: IsBroken): T {
  if (value !== undefined && !isBroken([name])) return value;
  const holder: { section: object } = { section: {} };
  checkSchema(
    { type: "object", properties: { section: { $ref: `#/$defs/${name}` } }, $defs: specSchemaText.$defs },
    holder as unknown as Json,
  );
  return holder.section as T;
}

function entries<T>(record: { readonly [name: string]: T } | undefined): [string, T][] {
  return isJsonRecord(record) ? Object.entries(record) : [];
}

function items<T>(list: readonly T[] | undefined): readonly T[] {
  return Array.isArray(list) ? list : [];
}
