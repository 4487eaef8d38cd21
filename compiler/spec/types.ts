/** The types of a checked spec. Made from `schemas/spec.schema.json` by `npm run generate`; do not edit. */

/** A service that ekiben serves: models, graphs of steps, and the endpoints that put them on the network. */
export interface SpecDocument {
  /** The service's name, and that of the bento built from it. */
  readonly service: string;
  /** What the service does. */
  readonly description?: string;
  /** Labels of the bento. */
  readonly labels: { readonly [name: string]: string | number | boolean };
  /** The models by name. */
  readonly models: { readonly [name: string]: string | Model };
  /** The graphs by name. */
  readonly graphs: { readonly [name: string]: Graph };
  /** What callers reach. */
  readonly endpoints: readonly Endpoint[];
  /** Protocols in which every model and graph is served too. */
  readonly protocols?: readonly string[];
  readonly server: Server;
  readonly observability: Observability;
  readonly docker: Docker;
  /** Environment variables of the service. */
  readonly envs: readonly ({
    /** Its name. */
    readonly name: string;
    /** Its value where it is not set; without one it must be set at start. */
    readonly value?: string | number | boolean;
  })[];
  /** Patterns of further files that belong to the service. */
  readonly include: readonly string[];
  /** Patterns of files that do not. */
  readonly exclude: readonly string[];
  /** How a cluster runs it. */
  readonly deploy?: { readonly [name: string]: unknown };
}

/** The type of a value: `string`, `integer`, `number`, `boolean`, `bytes`, `json`, `image`, `audio`, `file`, `list<T>`, a record `{ name: T }`, or a tensor `float32[batch, 384]` with fixed, named or unknown (`?`) dimensions. */
export type Type = string | { readonly [name: string]: Type };

/** A graph's input: its type, and what a caller's value must keep to. */
export interface Input {
  readonly type: Type;
  /** What the input is, for OpenAPI and the page. */
  readonly description?: string;
  /** What stands for the input when a caller leaves it out; without it the input must be given. */
  readonly default?: unknown;
  /** Values to try, for OpenAPI and the page. */
  readonly examples?: readonly unknown[];
  /** The only values that are taken. */
  readonly enum?: readonly unknown[];
  /** The least number. */
  readonly minimum?: number;
  /** The greatest number. */
  readonly maximum?: number;
  /** Numbers must be above it. */
  readonly exclusive_minimum?: number;
  /** Numbers must be below it. */
  readonly exclusive_maximum?: number;
  /** Numbers must be a multiple of it. */
  readonly multiple_of?: number;
  /** The fewest characters (code points) of a string. */
  readonly min_length?: number;
  /** The most characters (code points) of a string. */
  readonly max_length?: number;
  /** A regular expression (RE2 syntax, linear time) that a string must match somewhere. */
  readonly pattern?: string;
  /** A named format of strings, for OpenAPI. */
  readonly format?: string;
  /** The fewest items of a list. */
  readonly min_items?: number;
  /** The most items of a list. */
  readonly max_items?: number;
  /** Whether the items of a list must differ. */
  readonly unique_items?: boolean;
}

/** One step of a graph. */
export interface Step {
  /** The step's name, by which others refer to its result. */
  readonly id: string;
  /** What it uses: a built-in step (`namespace.name`), a model of this spec, or another graph of it. */
  readonly use: string;
  /** Its arguments by name, or one expression whose record's fields are the arguments. */
  readonly with?: { readonly [name: string]: unknown } | string;
  /** Skips the step when false: `${ size(text) > 0 }`. */
  readonly when?: string | boolean;
  /** Runs the step once for each item of a list, with `$item` and `$index`. */
  readonly each?: string | readonly unknown[];
}

/** Typed inputs, steps and outputs: a DAG whose order follows from the references. */
export interface Graph {
  /** What the graph does. */
  readonly description?: string;
  /** The inputs by name. */
  readonly inputs: { readonly [name: string]: Input };
  /** The steps; their order means nothing. */
  readonly steps: readonly Step[];
  /** The outputs by name: expressions over inputs and steps. */
  readonly outputs: { readonly [name: string]: unknown };
  /** Whether tensor steps next to a model are compiled into the model's own graph. The results are the same. */
  readonly fuse: "auto" | "off" | "require";
}

/** An ONNX file with how to run it. */
export interface Model {
  /** The ONNX file, or a folder of versions: subfolders named by numbers, each with a `model.onnx` or one other .onnx file. Relative to the spec's folder. */
  readonly source: string;
  /** The file's SHA-256 in hex; another file is refused. */
  readonly sha256?: string;
  /** Which versions of a folder of versions are loaded: all, { latest: N } or { specific: [N] }. By default the newest. */
  readonly version_policy?: string | {
    /** As many of the newest versions. */
    readonly latest?: number;
    /** These versions, and no others. */
    readonly specific?: readonly number[];
  };
  /** Other names of versions, for `traffic`, `shadow` and the header that chooses. */
  readonly labels?: { readonly [name: string]: number };
  /** Per cent of the requests by version or label, or { weights, header, sticky_by }; the rest of 100 goes to the newest version. */
  readonly traffic?: {
    /** Per cent by version or label. */
    readonly weights?: { readonly [name: string]: number };
    /** A header by which callers choose a version or a label themselves. */
    readonly header?: string;
    /** An input of the graph, or else a header: requests with the same value get the same version. */
    readonly sticky_by?: string;
  };
  /** A version or label that gets a copy of the requests; its answers are only measured. */
  readonly shadow?: string | number;
  /** Where it runs, in order of preference; the start fails when none works. */
  readonly devices: readonly ("cpu" | "cuda" | "tensorrt" | "webgpu")[];
  /** How many sessions run at the same time: a number, or a list by device. */
  readonly instances: number | readonly ({
    /** Where a session runs. */
    readonly device?: "cpu" | "cuda" | "tensorrt" | "webgpu";
    /** The devices' numbers. */
    readonly ids?: readonly number[];
    /** Sessions on each. */
    readonly count: number;
  })[];
  /** Options of onnxruntime's session. */
  readonly session: {
    /** Threads inside one operator; by default the cores are shared out over the instances. */
    readonly intra_op_threads?: number;
    /** Threads over operators; counts with `execution_mode: parallel`. */
    readonly inter_op_threads?: number;
    /** How far the graph is optimised when it is loaded. */
    readonly graph_optimization: "disabled" | "basic" | "extended" | "layout" | "all";
    /** Whether independent operators run at the same time. */
    readonly execution_mode: "sequential" | "parallel";
    /** Whether memory is planned ahead for each shape of input. */
    readonly memory_pattern: boolean;
    /** Whether the CPU's memory is kept in an arena. */
    readonly cpu_memory_arena: boolean;
    /** Further configuration entries by onnxruntime's own keys. `session.intra_op.allow_spinning` and `session.inter_op.allow_spinning` are 0 unless they are set here: threads that spin between runs take the cores from everything else. */
    readonly extra: { readonly [name: string]: string | number | boolean };
  };
  /** Dynamic batching: rows of many requests share a run. Without it requests never do. */
  readonly batching?: {
    /** The most rows of one run. */
    readonly max_batch_size: number;
    /** How long a row may wait for others while an instance is idle. */
    readonly max_queue_delay_ms: number;
    /** Sizes that are dispatched at once, the largest that there are rows for; without them the sizes that were measured to be the best. */
    readonly preferred_batch_sizes?: readonly number[];
    /** Whether the delay and the size follow what arrives, so that an answer takes no longer than `max_latency_ms`; `max_queue_delay_ms` does not count then. */
    readonly adaptive: boolean;
    /** The latency that `adaptive` keeps to, from arrival to answer. */
    readonly max_latency_ms: number;
    /** Rows of unequal lengths meet in a run, each input filled up with its value; outputs are cut back. For models that take a mask. */
    readonly pad?: { readonly [name: string]: number };
  };
  /** How requests wait for the model. */
  readonly queue: {
    /** The most waiting requests; above it callers get 429. */
    readonly max_size: number;
    /** How long a request may wait to be run. */
    readonly timeout_ms?: number;
    /** What becomes of a request that waited too long: it gets 504, or it goes on behind those that have not. */
    readonly on_timeout: "reject" | "continue";
    /** Levels of priority: callers name theirs in `x-ekiben-priority`, 0 goes first. */
    readonly priorities: number;
    /** Who take turns: `api_key`, callers by the key in `authorization` or `x-api-key`. */
    readonly fair_by?: "api_key";
  };
  /** Answers are kept, by the digests of the model's version and of the inputs; the same question at the same time is asked once. Off unless it stands here. */
  readonly cache?: {
    /** The most memory that the answers take; the least recently used go first. One that is larger is not kept. */
    readonly max_bytes: number | string;
    /** How long an answer is kept, from when it was made. */
    readonly ttl_s: number;
  };
  /** `on_demand`: the model is loaded when somebody asks for it; where memory is short, the least recently used goes first. */
  readonly residency: "always" | "on_demand";
  /** Runs of every instance before the model counts as ready; one that fails keeps the model from being served. */
  readonly warmup?: readonly ({
    /** Rows. */
    readonly batch_size: number;
    /** Values by input: `random`, `zeros` (what is not named is that), or nested lists for one row or for all. */
    readonly inputs: { readonly [name: string]: unknown };
  })[];
  /** Streams with state: tensors that the model gives and takes again are kept between the requests of one sequence, which callers name in `x-ekiben-sequence`. */
  readonly sequence?: {
    /** How long a sequence may rest between two requests before its state is forgotten. */
    readonly idle_timeout_s: number;
    /** The most sequences at the same time; the one that has rested longest makes room. */
    readonly max_sequences: number;
    /** The most memory that their states take; the one that has rested longest makes room. */
    readonly max_bytes: number | string;
    /** What is kept. These inputs and outputs are no arguments and results of the model's steps. */
    readonly state: readonly ({
      /** The input that takes it. */
      readonly input: string;
      /** The output that gives the next one. */
      readonly output: string;
      /** What it is at the start: a number that fills it, or nested lists for one sequence. */
      readonly initial: number | readonly unknown[];
      /** Sizes at the start by dimension, where neither the model nor the other inputs tell them, such as 0 for what grows. */
      readonly sizes?: { readonly [name: string]: number };
    })[];
  };
  /** Narrows or renames what the ONNX file says. */
  readonly signature?: {
    /** By the ONNX file's names. */
    readonly inputs?: { readonly [name: string]: ValueSignature };
    /** By the ONNX file's names. */
    readonly outputs?: { readonly [name: string]: ValueSignature };
  };
  /** Whether an instance is a thread, or a process: a crash, an endless run or a lack of memory in there takes nothing else down. */
  readonly isolation: "thread" | "process";
}

/** A type, or a name, a type or both. */
export type ValueSignature = string | {
  /** The name that steps use. */
  readonly name?: string;
  readonly type?: Type;
};

/** A call to try: shown in the docs, run by `ekiben test`. */
export interface Example {
  /** What the example shows. */
  readonly name: string;
  /** The inputs; `{ file: PATH }` stands for a file's bytes. */
  readonly inputs: { readonly [name: string]: unknown };
  /** What the answer holds; may name some outputs only. */
  readonly expect?: { readonly [name: string]: unknown };
  /** The greatest difference of a number, absolute, relative beyond 1. */
  readonly tolerance: number;
}

/** Puts a graph on the network. */
export interface Endpoint {
  /** The route, such as /summarize. */
  readonly path: string;
  /** The HTTP method. */
  readonly method: "POST" | "GET" | "PUT" | "PATCH" | "DELETE";
  /** The graph that answers. */
  readonly graph: string;
  /** One line for OpenAPI. */
  readonly summary?: string;
  /** Markdown for OpenAPI. */
  readonly description?: string;
  /** A known protocol's shape. */
  readonly protocol?: string;
  /** Server-sent events, where the graph streams. */
  readonly stream?: boolean;
  /** Also submit, status, get and cancel. */
  readonly task?: boolean;
  /** The deadline of a request; the server's by default. */
  readonly timeout_ms?: number;
  /** Requests at the same time; above it callers get 429. */
  readonly max_concurrency?: number;
  /** Answers are kept, by the digests of the graph, of its models' versions and of the inputs; the same question at the same time is asked once. Off unless it stands here. */
  readonly cache?: {
    /** The most memory that the answers take; the least recently used go first. One that is larger is not kept. */
    readonly max_bytes: number | string;
    /** How long an answer is kept, from when it was made. */
    readonly ttl_s: number;
  };
  /** Who may call; overrides the server's. */
  readonly auth?: string | { readonly [name: string]: unknown };
  /** How often one may call. */
  readonly rate_limit?: { readonly [name: string]: unknown };
  /** Calls to try. */
  readonly examples: readonly Example[];
}

/** How the service listens. */
export interface Server {
  /** 0 picks a free one. */
  readonly port: number;
  /** By default the port + 1; listens when a protocol with gRPC is served. */
  readonly grpc_port?: number;
  /** The address to listen on. */
  readonly host: string;
  /** HTTP processes. */
  readonly workers: number;
  /** The memory that models may take; by default nine tenths of the container's, or else the machine's, less what the server takes itself. What is estimated to need more is not started. */
  readonly memory_limit?: number | string;
  /** The deadline of a request. */
  readonly timeout_ms: number;
  /** The largest body of a request. */
  readonly body_limit: number | string;
  /** How long accepted requests may take when the service stops. */
  readonly shutdown_grace_s: number;
  /** Which web pages may call. */
  readonly cors?: {
    /** Origins such as https://app.example.com, or `*`. */
    readonly origins: readonly string[];
  };
  /** Certificates. */
  readonly tls?: { readonly [name: string]: unknown };
  /** Who may call. */
  readonly auth?: string | { readonly [name: string]: unknown };
  /** How often one may call. */
  readonly rate_limit?: { readonly [name: string]: unknown };
}

/** What the service tells of itself. */
export interface Observability {
  /** Whether callers may ask for timings with `x-ekiben-explain: 1`; always in `dev`. */
  readonly explain: boolean;
  /** Prometheus. */
  readonly metrics: {
    /** The route. */
    readonly path: string;
    /** The histograms' limits in seconds. */
    readonly latency_buckets_s: readonly number[];
  };
  /** OpenTelemetry. */
  readonly tracing?: { readonly [name: string]: unknown };
  /** The log. */
  readonly logging: {
    /** The least severe line that is written. */
    readonly level: "debug" | "info" | "warn" | "error";
    /** `auto`: pretty on a terminal and in `dev`, JSON elsewhere. */
    readonly format: "auto" | "json" | "pretty";
    /** A line for each request. */
    readonly access: boolean;
  };
  /** Samples of requests and answers. */
  readonly monitor?: { readonly [name: string]: unknown };
  /** Watches the distribution of inputs. */
  readonly drift?: { readonly [name: string]: unknown };
}

/** The image that `compile` describes. */
export interface Docker {
  /** Node.js's major version, or an exact one. */
  readonly node_version: string;
  /** The base's distribution; onnxruntime has no binary for Alpine. */
  readonly distro: "debian";
  /** Adds CUDA's libraries of this version. */
  readonly cuda_version?: string;
  /** Debian packages. */
  readonly system_packages: readonly string[];
  /** Environment variables of the image. */
  readonly env: { readonly [name: string]: string | number | boolean };
  /** An image with Node.js that replaces the base. */
  readonly base_image?: string;
  /** A script that the image runs after its packages are installed. */
  readonly setup_script?: string;
  /** A file whose text ends the Dockerfile's last stage. */
  readonly dockerfile_template?: string;
}
