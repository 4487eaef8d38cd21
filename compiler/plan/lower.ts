/** Typed graphs to the Plan: everything decided and digested. The one place where snake_case becomes camelCase. */
import type {
  EnvReference,
  Plan,
  PlanEndpoint,
  PlanExample,
  PlanFile,
  PlanGraph,
  PlanInput,
  PlanModel,
  PlanNode,
  PlanSession,
  Setting,
} from "../../runtime/plan/plan.js";
import { planVersion } from "../../runtime/plan/plan.js";
import { parseSize } from "../../runtime/plan/size.js";
import { printType } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import type { TypedGraph, TypedNode } from "../graph/typed-graph.js";
import type { LoadedModel } from "../models/load.js";
import type { Path } from "../source/path.js";
import { toPointer } from "../source/path.js";
import type { Spec } from "../spec/spec.js";
import type { Endpoint, Example, Input, Model } from "../spec/types.js";
import type { Workspace } from "../workspace.js";
import { constraintsOf } from "./constraints.js";
import { digestOf } from "./digest.js";
import { planCache } from "./lower-cache.js";
import { planMemory, planResidency } from "./lower-memory.js";
import { ascending, planBatching, planQueue, planWarmup } from "./lower-queue.js";
import { planSequence } from "./lower-sequence.js";
import { planTraffic, planVersions, versionFiles } from "./lower-versions.js";

export interface Lowered {
  readonly spec: Spec;
  readonly models: ReadonlyMap<string, LoadedModel | null>;
  readonly graphs: ReadonlyMap<string, TypedGraph>;
  readonly workspace: Workspace;
}

/** The Plan of a spec without errors. */
export function lower(program: Lowered): Plan {
  const setting = settings(program.spec.references);
  const files = planFiles(program);
  const plan: Omit<Plan, "digest"> = {
    planVersion,
    service: {
      name: referring(program.spec.service, ["service"], program.spec.references),
      ...(program.spec.description === undefined
        ? {}
        : { description: referring(program.spec.description, ["description"], program.spec.references) }),
      labels: mapRecord(referring(program.spec.labels, ["labels"], program.spec.references), textOf),
    },
    models: planModels(program, files),
    graphs: Object.fromEntries([...program.graphs].map(([name, graph]) => [name, planGraph(graph)])),
    endpoints: program.spec.endpoints.map(({ endpoint, index }) =>
      planEndpoint(referring(endpoint, ["endpoints", index], program.spec.references)),
    ),
    files,
    server: planServer(program.spec, setting),
    observability: planObservability(program.spec, setting),
    envs: program.spec.envs.map((env, index) => ({
      name: env.name,
      ...(env.value === undefined ? {} : { value: setting(["envs", index, "value"], String(env.value)) }),
    })),
    notes: program.spec.notes,
  };
  return { ...plan, digest: digestOf(plan) };
}

/** A value, or the reference to the environment that was written in its place. */
type SettingOf = <T>(path: Path, value: T) => Setting<T>;

function settings(references: ReadonlyMap<string, string>): SettingOf {
  return <T>(path: Path, value: T): Setting<T> => {
    const text = references.get(toPointer(path));
    return text === undefined ? value : ({ env: text } satisfies EnvReference);
  };
}

function planFiles({ models, graphs, spec, workspace }: Lowered): { readonly [name: string]: PlanFile } {
  const lying = new Map<string, string>();
  const add = (name: string, file = name): void => void (lying.has(name) || lying.set(name, file));
  for (const [model, loaded] of models)
    for (const version of loaded?.versions ?? [])
      for (const { name, file } of versionFiles(spec, model, version)) add(name, file);
  for (const graph of graphs.values()) for (const { file } of graph.resources) add(file);
  for (const { endpoint } of spec.endpoints) for (const file of exampleFiles(endpoint)) add(file);
  return Object.fromEntries([...lying].map(([name, file]) => [name, workspace.digest(file)]));
}

function exampleFiles(endpoint: Endpoint): readonly string[] {
  return endpoint.examples.flatMap((example) =>
    Object.values(example.inputs).flatMap((value) => {
      const isFile = typeof value === "object" && value !== null && "file" in value && Object.keys(value).length === 1;
      return isFile && typeof value.file === "string" ? [value.file] : [];
    }),
  );
}

function planModels(program: Lowered, files: { readonly [name: string]: PlanFile }): { [name: string]: PlanModel } {
  const models: [string, PlanModel][] = [];
  for (const [name, declared] of program.spec.models) {
    const loaded = program.models.get(name);
    if (declared === null || loaded === null || loaded === undefined) continue;
    const written = referring(declared, ["models", name], program.spec.references);
    models.push([name, planModel(written, loaded, program.spec, files)]);
  }
  return Object.fromEntries(models);
}

function planModel(
  declared: Model,
  loaded: LoadedModel,
  spec: Spec,
  files: { readonly [name: string]: PlanFile },
): PlanModel {
  const session = planSession(declared);
  const { devices } = declared;
  const instances = Array.isArray(declared.instances) ? declared.instances : [{ count: declared.instances }];
  const isolation = declared.isolation === "thread" ? {} : { isolation: declared.isolation };
  return {
    versions: planVersions(spec, loaded, { session, devices, instances, ...isolation }, files),
    ...planTraffic(declared, loaded),
    inputs: loaded.inputs,
    outputs: loaded.outputs,
    devices,
    instances,
    session,
    ...isolation,
    ...(declared.batching === undefined ? {} : { batching: planBatching(declared.batching) }),
    queue: planQueue(declared.queue),
    ...planResidency(declared),
    ...planWarmup(declared.warmup),
    ...planCache(declared.cache),
    ...planSequence(declared.sequence),
  };
}

function planSession({ session }: Model): PlanSession {
  return {
    ...(session.intra_op_threads === undefined ? {} : { intraOpThreads: session.intra_op_threads }),
    ...(session.inter_op_threads === undefined ? {} : { interOpThreads: session.inter_op_threads }),
    graphOptimization: session.graph_optimization,
    executionMode: session.execution_mode,
    memoryPattern: session.memory_pattern,
    cpuMemoryArena: session.cpu_memory_arena,
    extra: mapRecord(session.extra, (value) => textOf(typeof value === "boolean" ? Number(value) : value)),
  };
}

function planGraph(typed: TypedGraph): PlanGraph {
  return {
    inputs: Object.fromEntries(
      [...typed.graph.inputs.values()].map((input) => [
        input.name,
        planInput(input.declared, printType(typed.inputs.get(input.name) ?? input.type)),
      ]),
    ),
    nodes: [...typed.nodes.values()].map(planNode),
    outputs: Object.fromEntries(
      [...typed.outputs].map(([name, { expression, type }]) => [name, { value: expression, type: printType(type) }]),
    ),
  };
}

function planInput(declared: Input | null, type: string): PlanInput {
  if (declared === null) return { type, constraints: {} };
  return {
    type,
    ...(declared.description === undefined ? {} : { description: declared.description }),
    ...(declared.default === undefined ? {} : { default: declared.default as Json }),
    ...(declared.examples === undefined ? {} : { examples: declared.examples as readonly Json[] }),
    constraints: constraintsOf(declared),
  };
}

function planNode({ node, args, when, each, rows, type }: TypedNode): PlanNode {
  return {
    id: node.id,
    use: planUse(node.use, rows),
    needs: [...node.needs].filter((name) => name !== "item" && name !== "index"),
    args: Object.fromEntries(args),
    ...(when === undefined ? {} : { when }),
    ...(each === undefined ? {} : { each }),
    type: printType(type),
  };
}

function planUse(use: TypedNode["node"]["use"], rows: TypedNode["rows"]): PlanNode["use"] {
  switch (use.kind) {
    case "step":
      return { kind: "step", step: use.step.name };
    case "model":
      return { kind: "model", model: use.name, rows: rows ?? "auto" };
    case "graph":
      return { kind: "graph", graph: use.name };
    case "unknown":
      throw new Error("invariant: a spec without errors uses nothing unknown");
  }
}

function planEndpoint(endpoint: Endpoint): PlanEndpoint {
  return {
    path: endpoint.path,
    method: endpoint.method,
    graph: endpoint.graph,
    ...(endpoint.summary === undefined ? {} : { summary: endpoint.summary }),
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    ...(endpoint.timeout_ms === undefined ? {} : { timeoutMs: endpoint.timeout_ms }),
    ...(endpoint.max_concurrency === undefined ? {} : { maxConcurrency: endpoint.max_concurrency }),
    ...planCache(endpoint.cache),
    examples: endpoint.examples.map(planExample),
  };
}

function planExample(example: Example, index: number): PlanExample {
  return {
    name: example.name === "" ? `example ${index + 1}` : example.name,
    inputs: example.inputs as PlanExample["inputs"],
    ...(example.expect === undefined ? {} : { expect: example.expect as { [name: string]: Json } }),
    tolerance: example.tolerance,
  };
}

function planServer({ server, references }: Spec, setting: SettingOf): Plan["server"] {
  return {
    host: setting(["server", "host"], server.host),
    port: setting(["server", "port"], server.port),
    timeoutMs: setting(["server", "timeout_ms"], server.timeout_ms),
    bodyLimitBytes: setting(["server", "body_limit"], parseSize(server.body_limit) ?? 0),
    shutdownGraceS: setting(["server", "shutdown_grace_s"], server.shutdown_grace_s),
    workers: setting(["server", "workers"], server.workers),
    ...planMemory(server, (bytes) => setting(["server", "memory_limit"], bytes)),
    ...(server.cors === undefined ? {} : { cors: referring(server.cors, ["server", "cors"], references) }),
  };
}

function planObservability({ observability, references }: Spec, setting: SettingOf): Plan["observability"] {
  const { logging } = observability;
  const { explain, metrics } = referring(observability, ["observability"], references);
  const at = (field: string): Path => ["observability", "logging", field];
  return {
    explain,
    metrics: { path: metrics.path, latencyBucketsS: ascending(metrics.latency_buckets_s) },
    logging: {
      level: setting(at("level"), logging.level),
      format: setting(at("format"), logging.format),
      access: setting(at("access"), logging.access),
    },
  };
}

/**
 * A part of the spec with each reference to the environment as it was written. Its type stays that of the part: whoever
 * starts the service resolves every reference before anything else of the Plan is looked at.
 */
function referring<T>(part: T, path: Path, references: ReadonlyMap<string, string>): T {
  const pointer = toPointer(path);
  if (![...references.keys()].some((each) => each.startsWith(pointer))) return part;
  const visit = (value: unknown, at: string): unknown => {
    const text = references.get(at);
    if (text !== undefined) return { env: text } satisfies EnvReference;
    if (Array.isArray(value)) return value.map((item, index) => visit(item, `${at}/${index}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, at + toPointer([key]))]));
  };
  return visit(part, pointer) as T;
}

/** A scalar as text; a reference stays one. */
function textOf(value: string | number | boolean): string {
  return typeof value === "object" ? value : String(value);
}

function mapRecord<T, U>(
  record: { readonly [key: string]: T },
  change: (value: T) => U,
): { readonly [key: string]: U } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
