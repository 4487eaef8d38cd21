/** The engine: a Plan opened. `infer` runs a graph on values; every door ends here. */
import { EkibenError, invariant } from "../errors.js";
import type { Plan, PlanEndpoint, PlanFile, PlanNode } from "../plan/plan.js";
import { parseSize } from "../plan/size.js";
import { findStep } from "../steps/index.js";
import type { StopSignal } from "../stop.js";
import type { ValueRecord } from "../values/value.js";
import { AnswerCaches } from "./answers/answer-caches.js";
import { cachedGraphs } from "./answers/cached-graph.js";
import { endpointName, leaseCaches } from "./answers/engine-caches.js";
import type { Clock } from "./clock.js";
import { systemClock } from "./clock.js";
import { Kept } from "./compiled/kept.js";
import { compileExpression } from "./graph/expression.js";
import type { RunContext, RunGraph, RunNode } from "./graph/interpreter.js";
import { compileGraph } from "./graph/interpreter.js";
import { runInTime } from "./graph/run-in-time.js";
import { stepNode } from "./graph/step-node.js";
import { GroupPool } from "./group/group-pool.js";
import type { ModelGroup } from "./group/model-group.js";
import { Lanes } from "./instances/lanes.js";
import { Processes } from "./instances/processes.js";
import { MemoryBudget } from "./memory/memory-budget.js";
import { memoryOfThisPlace, modelsPartOf } from "./memory/memory-of-this-place.js";
import type { Observer } from "./observer.js";
import { silentObserver } from "./observer.js";
import { sharedThreads } from "./open/thread-budget.js";
import { thisPlatform, whyUnsupported } from "./platform.js";
import { loadResources, type ResourceCache, type Resources } from "./resources.js";
import type { SequenceCall } from "./sequences/sequence-call.js";
import { Sequences } from "./sequences/sequences.js";
import { type Leased, leaseVersions, versionsOf } from "./versions/lease-versions.js";
import { modelRunner, type OpenModel, type RunUse } from "./versions/model-runner.js";
import { openModels } from "./versions/open-models.js";
import { type OnVersion, type RequestHeaders, RequestVersions, sharesTraffic } from "./versions/request-versions.js";

/** What engines of one process share: threads, processes of its own, open models, loaded files. */
export interface Machine {
  readonly lanes: Lanes;
  readonly processes: Processes;
  readonly groups: GroupPool;
  readonly answers: AnswerCaches;
  readonly sequences: Sequences;
  readonly memory: MemoryBudget;
  readonly resources: ResourceCache;
  readonly observer: Observer;
  readonly clock: Clock;
  /** A number from 0 up to 1, for the choice of versions. */
  readonly random: () => number;
  /** Whether models' files may be written to while they are served, as where they are edited. */
  readonly filesMayChange: boolean;
  /** What is kept of models between starts, where it is. */
  readonly kept?: Kept;
  /** Whether models do chores while nobody comes: measure batches, have themselves compiled for the next time. */
  readonly doesChores: boolean;
  close(): Promise<void>;
}

export interface MachineOptions {
  readonly observer?: Observer;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** What models may take where their Plan does not say; what this place has unless said otherwise. */
  readonly memoryBytes?: number;
  /** Threads that were started before. */
  readonly lanes?: Lanes;
  /** Whether models' files may be written to while they are served; not unless said so. */
  readonly filesMayChange?: boolean;
  /** Where compiled models and measurements are kept; nowhere unless said so. */
  readonly cacheFolder?: string;
  /** Whether models do chores while nobody comes; not unless said so. */
  readonly doesChores?: boolean;
}

export function createMachine({
  observer = silentObserver,
  clock = systemClock,
  random = Math.random,
  memoryBytes = modelsPartOf(memoryOfThisPlace()),
  lanes = new Lanes(),
  filesMayChange = false,
  cacheFolder,
  doesChores = false,
}: MachineOptions = {}): Machine {
  lanes.observe(observer);
  const processes = new Processes({ clock });
  const kept = cacheFolder === undefined ? undefined : new Kept(cacheFolder, processes);
  return {
    lanes,
    processes,
    ...(kept === undefined ? {} : { kept }),
    groups: new GroupPool(),
    answers: new AnswerCaches(clock, observer),
    sequences: new Sequences(clock, observer),
    memory: new MemoryBudget(observer, memoryBytes),
    resources: new Map(),
    observer,
    clock,
    random,
    filesMayChange,
    doesChores,
    close: async () => {
      await kept?.close();
      await lanes.close();
    },
  };
}

export interface InferOptions {
  readonly signal?: StopSignal;
  /** Milliseconds from now after which the answer is of no use. */
  readonly timeoutMs?: number;
  /** 0, the most urgent, unless said otherwise. */
  readonly priority?: number;
  /** Whose request it is, where callers take turns. */
  readonly caller?: string;
  /** The sequence that the request belongs to; without it models that keep state begin and end with the request. */
  readonly sequence?: SequenceCall;
  readonly onNode?: RunContext["onNode"];
  readonly onFeeds?: RunContext["onFeeds"];
  readonly onModel?: RunContext["onModel"];
  readonly onCache?: RunContext["onCache"];
  /** The endpoint by which the graph was asked, whose answers may be kept. */
  readonly endpoint?: PlanEndpoint;
  /** By which a model's version may be chosen. */
  readonly headers?: RequestHeaders;
  /** Versions that are chosen already, by model. */
  readonly versions?: ReadonlyMap<string, string>;
  readonly onVersion?: OnVersion;
}

export interface Engine {
  readonly plan: Plan;
  /** The group of each version of each model, the newest last. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, ModelGroup>>;
  /**
   * Runs a graph on values by input name. An output that was skipped is absent. Fails with an `EkibenError`: the caller's
   * value (`invalid-input`), `queue-full`, `deadline-exceeded`, `cancelled`, or ours.
   */
  infer(graph: string, inputs: ValueRecord, options?: InferOptions): Promise<ValueRecord>;
  /** Has models that were taken over use what is their share of the cores beside the others; they go on meanwhile. Never fails. */
  shareCores(): Promise<void>;
  /** Lets go of the models; those that no other engine uses are closed once their work is done. */
  close(): Promise<void>;
}

/** Opens a Plan whose settings are resolved. `pathOf` says where its files lie. Throws `ModelOpenError`; then nothing stays open. */
export async function openEngine(plan: Plan, pathOf: (file: string) => string, machine: Machine): Promise<Engine> {
  const versions = versionsOf(plan);
  const unsupported = versions.length > 0 ? whyUnsupported(thisPlatform()) : undefined;
  if (unsupported !== undefined) throw new EkibenError("not-ready", unsupported);
  const threads = sharedThreads(
    versions.map(({ model }) => model),
    machine.lanes.cores,
  );
  const parts = {
    ...machine,
    files: pathOf,
    fileOf: fileOf(plan),
    sharedThreads: threads,
  };
  const limitBytes = memoryLimit(plan) ?? machine.memory.defaultBytes;
  const unlimit = machine.memory.limit(limitBytes);
  const [resources, leases] = await Promise.allSettled([
    loadResources(plan, pathOf, machine.resources),
    leaseVersions(plan, { ...parts, limitBytes }),
  ]);
  const release = async () => {
    if (leases.status === "fulfilled") await Promise.all(leases.value.map(({ lease }) => lease.release()));
    unlimit();
  };
  if (resources.status === "fulfilled" && leases.status === "fulfilled")
    return engineOf(plan, leases.value, resources.value, { ...machine, threads }, release);
  await release();
  const failed = [resources, leases].find(({ status }) => status === "rejected");
  throw failed?.status === "rejected" ? failed.reason : new Error("invariant: one of them failed");
}

/** Groups outlive the engine that opened them, and keep this: it holds the Plan's files and nothing else of the engine. */
function fileOf({ files }: Plan): (name: string) => PlanFile | undefined {
  return (name) => files[name];
}

/** Undefined where it does not say. */
function memoryLimit({ server: { memoryLimitBytes: given } }: Plan): number | undefined {
  return typeof given === "number" || typeof given === "string" ? parseSize(given) : undefined;
}

function engineOf(
  plan: Plan,
  leases: readonly Leased[],
  resources: Resources,
  { threads, ...machine }: Machine & { readonly threads: number },
  close: () => Promise<void>,
): Engine {
  const graphs = new Map<string, RunGraph>();
  const caches = leaseCaches(plan, machine.answers);
  const sequences = machine.sequences.lease(plan);
  const models = openModels(plan, leases, caches, sequences, machine);
  const isShared = Object.values(plan.models).some(sharesTraffic);
  const compileNode = (node: PlanNode, slotOf: (name: string) => number): RunNode => {
    if (node.use.kind === "step") {
      const step = findStep(node.use.step);
      invariant(step, `"${node.use.step}" is a step`);
      return stepNode(step, node, slotOf, resources, machine.lanes);
    }
    const args = Object.entries(node.args).map(
      ([name, expression]) => [name, compileExpression(expression, slotOf)] as const,
    );
    const run =
      node.use.kind === "model"
        ? modelRunner(node.id, node.use, modelOf(models, node.use.model))
        : graphRunner(node.id, node.use.graph, graphs);
    return (slots, context) => {
      const given: { [name: string]: ReturnType<(typeof args)[number][1]> } = {};
      for (const [name, evaluate] of args) {
        const value = evaluate(slots);
        if (value === undefined) return undefined;
        given[name] = value;
      }
      return run(given, context);
    };
  };
  for (const [name, graph] of Object.entries(plan.graphs)) graphs.set(name, compileGraph(name, graph, compileNode));
  const keeping = cachedGraphs(plan, graphs, caches);
  return {
    plan,
    groups: new Map([...models].map(([name, { groups }]) => [name, groups])),
    infer: (name, inputs, options = {}) => {
      const { endpoint } = options;
      const graph = (endpoint?.cache && keeping.get(endpointName(endpoint))) ?? graphs.get(name);
      if (graph === undefined) return Promise.reject(new EkibenError("not-found", `There is no graph "${name}".`));
      const versions = isShared
        ? new RequestVersions(plan.models, { ...options, inputs }, machine.random, options.onVersion)
        : undefined;
      return runInTime(graph, inputs, options, machine.clock, versions);
    },
    shareCores: async () => {
      const groups = [...models.values()].flatMap((model) => [...model.groups.values()]);
      for (const group of groups) await group.useThreads(threads);
    },
    close: async () => {
      for (const { shadow } of models.values()) shadow?.close();
      caches.release();
      sequences.release();
      await close();
    },
  };
}

function modelOf(models: ReadonlyMap<string, OpenModel>, name: string): OpenModel {
  const open = models.get(name);
  invariant(open, `model "${name}" is open`);
  return open;
}

/** Looked up when it runs: a graph may stand after those that use it. */
function graphRunner(id: string, name: string, graphs: ReadonlyMap<string, RunGraph>): RunUse {
  return (args, context) => {
    const run = graphs.get(name);
    invariant(run, `graph "${name}" is compiled`);
    const { onNode: _, onModel, ...inner } = context;
    if (onModel === undefined) return run(args, inner);
    return run(args, { ...inner, onModel: (path, batch, queueMs) => onModel(`${id}.${path}`, batch, queueMs) });
  };
}
