/**
 * The Plan: everything that the runtime needs to know, decided by the compiler, immutable, JSON. It holds no path of a
 * machine and no value of an environment variable. `schemas/plan.schema.json` says the same to a validator.
 */

import type { Dim } from "../types/type.js";
import type { DType } from "../values/dtype.js";
import type { Json } from "../values/value.js";

export const planVersion = 1;

export interface Plan {
  readonly planVersion: typeof planVersion;
  /** SHA-256 of everything else here, in hex. */
  readonly digest: string;
  readonly service: PlanService;
  /** Models, graphs and files by name, in the spec's order. */
  readonly models: { readonly [name: string]: PlanModel };
  readonly graphs: { readonly [name: string]: PlanGraph };
  readonly endpoints: readonly PlanEndpoint[];
  readonly files: { readonly [name: string]: PlanFile };
  readonly server: PlanServer;
  readonly observability: PlanObservability;
  /** Environment variables that the start needs or sets. */
  readonly envs: readonly PlanEnv[];
  /** What is declared but not built yet, logged at start. */
  readonly notes: readonly string[];
}

export interface PlanService {
  readonly name: string;
  readonly description?: string;
  readonly labels: { readonly [key: string]: string };
}

/** A file that the service reads, by the name the spec gives it. Where it lies is said by whoever opens the Plan. */
export interface PlanFile {
  readonly sha256: string;
  readonly bytes: number;
}

/** A string of the spec that holds `${env:NAME}`: resolved once, at start, and read as YAML reads a scalar. */
export interface EnvReference {
  readonly env: string;
}
export type Setting<T> = T | EnvReference;

/** What all versions of a model share, and the versions themselves. */
export interface PlanModel {
  /** Those that are loaded, the newest last; an ONNX file that is no folder of versions is version 1. At least one. */
  readonly versions: readonly PlanVersion[];
  /** Versions by their other names. */
  readonly labels?: { readonly [label: string]: string };
  /** Absent: the newest that is no shadow answers everything. */
  readonly traffic?: PlanTraffic;
  /** A version that gets a copy of what the others are asked, and answers nobody. */
  readonly shadow?: string;
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelOutput[];
  readonly devices: readonly Setting<DeviceName>[];
  readonly instances: readonly PlanInstances[];
  readonly session: PlanSession;
  /** Absent: requests never share a run. */
  readonly batching?: PlanBatching;
  readonly queue: PlanQueue;
  /** Absent: its instances are threads. */
  readonly isolation?: Isolation;
  /** Absent: it is always loaded. */
  readonly residency?: "always" | "on_demand";
  /** Runs of every instance before it serves. */
  readonly warmup?: readonly PlanWarmup[];
  /** Absent: no answer is kept. */
  readonly cache?: PlanCache;
  /** Absent: no state is kept between requests. */
  readonly sequence?: PlanSequence;
}

/** Sequences of requests whose state is kept. */
export interface PlanSequence {
  readonly idleTimeoutS: Setting<number>;
  readonly maxSequences: Setting<number>;
  readonly maxBytes: Setting<number>;
  readonly state: readonly PlanState[];
}

/** A tensor of the state: the input that takes it, and the output that gives the next one. */
export interface PlanState {
  readonly input: string;
  readonly output: string;
  /** At the start: a number that fills it, or nested lists for one sequence; 0 unless said otherwise. */
  readonly initial?: Json;
  /** Sizes at the start of dimensions that neither the model nor its other inputs tell. */
  readonly sizes?: { readonly [dim: string]: number };
}

/** Answers that are kept, and the same question at the same time asked once. */
export interface PlanCache {
  readonly maxBytes: Setting<number>;
  readonly ttlS: Setting<number>;
}

export interface PlanWarmup {
  readonly batchSize: number;
  /** By input: `random`, `zeros`, or nested lists for one row or for all; zeros for those that are not named. */
  readonly inputs: { readonly [input: string]: Json };
}

/** A version of a model, by the number of its folder. */
export interface PlanVersion {
  readonly version: string;
  /** SHA-256 over its files, the session's options and the devices: groups with the same digest are reused. */
  readonly digest: string;
  /** Names in `files`: the ONNX file, then its external data. */
  readonly file: string;
  readonly externalData: readonly string[];
  /** How many bytes of these are weights of 16-bit floats, which a CPU widens; absent: none. */
  readonly halfBytes?: number;
}

/** Which version answers a request. */
export interface PlanTraffic {
  /** Per cent by version; together 100. Versions that are not named are only chosen by the header. */
  readonly weights: { readonly [version: string]: number };
  /** The request's header that chooses a version or label, in lower case. */
  readonly header?: string;
  /** An input of the graph, or a header of the request: requests with the same value get the same version. */
  readonly stickyBy?: string;
}

export interface PlanQueue {
  /** Items that may wait. */
  readonly maxSize: number;
  /** How long one may wait, and what becomes of it then. */
  readonly timeoutMs?: number;
  readonly onTimeout?: "reject" | "continue";
  /** Levels of priority; 1 unless said otherwise: all are equal. */
  readonly priorities?: number;
  /** By what callers are told apart, who take turns then. */
  readonly fairBy?: "api_key";
}

/** Where an instance runs. */
export type Isolation = "thread" | "process";

export type DeviceName = "cpu" | "cuda" | "tensorrt" | "webgpu";

export interface PlanInstances {
  readonly count: number;
  readonly device?: DeviceName;
  readonly ids?: readonly number[];
}

export interface ModelValue {
  readonly name: string;
  readonly dtype: DType;
  /** null: unknown rank. */
  readonly shape: readonly Dim[] | null;
  /** An initializer stands for it when it is left out. */
  readonly optional?: true;
  /** The first dimension counts rows, which requests may share. */
  readonly batchable?: true;
}

export interface ModelOutput extends Omit<ModelValue, "optional" | "batchable"> {
  /** `yes`: the first dimension is the inputs' rows; `probe`: it may be, warm-up finds out; `no`: given whole. */
  readonly rows: "yes" | "probe" | "no";
}

export interface PlanSession {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
  readonly graphOptimization: "disabled" | "basic" | "extended" | "layout" | "all";
  readonly executionMode: "sequential" | "parallel";
  readonly memoryPattern: boolean;
  readonly cpuMemoryArena: boolean;
  readonly extra: { readonly [key: string]: string };
}

export interface PlanBatching {
  readonly maxBatchSize: number;
  readonly maxQueueDelayMs: number;
  /** Ascending. */
  readonly preferredBatchSizes?: readonly number[];
  /** The delay and the size follow what arrives, so that answers take no longer than this. */
  readonly adaptive?: { readonly maxLatencyMs: number };
  /** By input, what rows of unequal sizes are filled up with. */
  readonly pad?: { readonly [input: string]: number };
}

export interface PlanGraph {
  readonly inputs: { readonly [name: string]: PlanInput };
  /** In an order in which every node stands after those it needs. */
  readonly nodes: readonly PlanNode[];
  readonly outputs: { readonly [name: string]: PlanOutput };
}

export interface PlanInput {
  /** As `printType` prints it. */
  readonly type: string;
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  /** JSON Schema keywords that narrow the type. */
  readonly constraints: { readonly [keyword: string]: Json };
}

export interface PlanOutput {
  readonly value: Expression;
  /** As `printType` prints it; ends in `?` where the output may be absent. */
  readonly type: string;
}

export interface PlanNode {
  readonly id: string;
  readonly use: NodeUse;
  /** The nodes whose results it needs. */
  readonly needs: readonly string[];
  readonly args: { readonly [name: string]: Expression };
  readonly when?: Expression;
  readonly each?: Expression;
  /** The result's type, as `printType` prints it. */
  readonly type: string;
}

export type NodeUse =
  | { readonly kind: "step"; readonly step: string }
  | { readonly kind: "model"; readonly model: string; readonly rows: RowMode }
  | { readonly kind: "graph"; readonly graph: string };

/**
 * How a model's arguments meet its first dimension: `whole` as they are, never batched; `rows` n rows; `item` one row
 * without the dimension; `list` a list of items. `auto`: the type is only known when the request is there.
 */
export type RowMode = "whole" | "rows" | "item" | "list" | "auto";

/** What an argument, a condition or an output is. */
export type Expression =
  | { readonly kind: "literal"; readonly value: Json }
  | PathExpression
  | { readonly kind: "cel"; readonly source: string; readonly variables: { readonly [name: string]: CelVariable } }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "record"; readonly fields: { readonly [name: string]: Expression } }
  /** A file of the spec, as a step's resource. */
  | { readonly kind: "file"; readonly file: string };

/** An input, a step's result, `item` or `index`, and what follows it. */
export interface PathExpression {
  readonly kind: "path";
  readonly root: string;
  readonly path: readonly PathPart[];
}

/** What a variable of a CEL expression stands for, and its type as `printType` prints it. */
export interface CelVariable {
  readonly value: PathExpression;
  readonly type: string;
}

/** A field's name, an index (negative from the end), or `each` item of a list. */
export type PathPart = string | number | { readonly each: true };

export interface PlanEndpoint {
  readonly path: string;
  readonly method: "POST" | "GET" | "PUT" | "PATCH" | "DELETE";
  readonly graph: string;
  readonly summary?: string;
  readonly description?: string;
  /** The server's by default. */
  readonly timeoutMs?: Setting<number>;
  readonly maxConcurrency?: number;
  /** Absent: no answer is kept. */
  readonly cache?: PlanCache;
  readonly examples: readonly PlanExample[];
}

export interface PlanExample {
  readonly name: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly expect?: { readonly [name: string]: Json };
  readonly tolerance: number;
}

export interface PlanServer {
  readonly host: Setting<string>;
  readonly port: Setting<number>;
  readonly timeoutMs: Setting<number>;
  readonly bodyLimitBytes: Setting<number>;
  readonly shutdownGraceS: Setting<number>;
  readonly workers: Setting<number>;
  /** What models may take; absent: what the container has, else the machine. From the environment it may be a text such as `8gb`. */
  readonly memoryLimitBytes?: Setting<number | string>;
  readonly cors?: { readonly origins: readonly string[] };
}

export interface PlanObservability {
  readonly explain: boolean;
  readonly metrics: { readonly path: string; readonly latencyBucketsS: readonly number[] };
  readonly logging: {
    readonly level: Setting<"debug" | "info" | "warn" | "error">;
    readonly format: Setting<"auto" | "json" | "pretty">;
    readonly access: Setting<boolean>;
  };
}

export interface PlanEnv {
  readonly name: string;
  /** Absent: must be set at start. */
  readonly value?: Setting<string>;
}
