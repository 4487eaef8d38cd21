/** The engine: a Plan opened. `infer` runs a graph on values; every door ends here. */
import { EkibenError, invariant } from "../errors.js";
import type { Plan, PlanModel, PlanNode } from "../plan/plan.js";
import { findStep } from "../steps/index.js";
import { Stop, type StopSignal } from "../stop.js";
import type { ValueRecord } from "../values/value.js";
import type { Clock } from "./clock.js";
import { systemClock } from "./clock.js";
import { Kept } from "./compiled/kept.js";
import { compileExpression } from "./graph/expression.js";
import type { RunContext, RunGraph, RunNode } from "./graph/interpreter.js";
import { abortError, compileGraph } from "./graph/interpreter.js";
import { modelNode } from "./graph/model-node.js";
import { stepNode } from "./graph/step-node.js";
import { GroupPool, type Lease } from "./group/group-pool.js";
import type { ModelGroup } from "./group/model-group.js";
import { Lanes } from "./instances/lanes.js";
import { Processes } from "./instances/processes.js";
import type { Observer } from "./observer.js";
import { silentObserver } from "./observer.js";
import { ModelOpenError } from "./open/open-failure.js";
import { type OpenGroupOptions, openGroup } from "./open/open-group.js";
import { thisPlatform, whyUnsupported } from "./platform.js";
import { loadResources, type ResourceCache, type Resources } from "./resources.js";

/** What engines of one process share: threads, processes of its own, open models, loaded files. */
export interface Machine {
  readonly lanes: Lanes;
  readonly processes: Processes;
  readonly groups: GroupPool;
  readonly resources: ResourceCache;
  readonly observer: Observer;
  readonly clock: Clock;
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
  lanes = new Lanes(),
  filesMayChange = false,
  cacheFolder,
  doesChores = false,
}: MachineOptions = {}): Machine {
  lanes.observe(observer);
  const processes = new Processes({ clock });
  return {
    lanes,
    processes,
    ...(cacheFolder === undefined ? {} : { kept: new Kept(cacheFolder, processes) }),
    groups: new GroupPool(),
    resources: new Map(),
    observer,
    clock,
    filesMayChange,
    doesChores,
    close: () => lanes.close(),
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
  readonly onNode?: RunContext["onNode"];
  readonly onFeeds?: RunContext["onFeeds"];
  readonly onModel?: RunContext["onModel"];
}

export interface Engine {
  readonly plan: Plan;
  /** The group of each model. */
  readonly groups: ReadonlyMap<string, ModelGroup>;
  /**
   * Runs a graph on values by input name. An output that was skipped is absent. Fails with an `EkibenError`: the caller's
   * value (`invalid-input`), `queue-full`, `deadline-exceeded`, `cancelled`, or ours.
   */
  infer(graph: string, inputs: ValueRecord, options?: InferOptions): Promise<ValueRecord>;
  /** Lets go of the models; those that no other engine uses are closed once their work is done. */
  close(): Promise<void>;
}

/** Opens a Plan whose settings are resolved. `pathOf` says where its files lie. Throws `ModelOpenError`; then nothing stays open. */
export async function openEngine(plan: Plan, pathOf: (file: string) => string, machine: Machine): Promise<Engine> {
  const models = Object.entries(plan.models);
  const unsupported = models.length > 0 ? whyUnsupported(thisPlatform()) : undefined;
  if (unsupported !== undefined) throw new EkibenError("not-ready", unsupported);
  machine.lanes.expect(models.reduce((sum, [, model]) => sum + instancesOf(model), 0));
  const fileOf = (name: string) => plan.files[name];
  const opening = models.map(([name, model]) => leaseModel(name, model, { files: pathOf, fileOf }, machine));
  const [resources, ...settled] = await Promise.allSettled([
    loadResources(plan, pathOf, machine.resources),
    ...opening,
  ]);
  const leases = new Map<string, Lease>();
  for (const [index, result] of settled.entries()) {
    if (result.status === "fulfilled") leases.set(models[index]?.[0] ?? "", result.value as Lease);
  }
  const failure = [resources, ...settled].find((result) => result?.status === "rejected");
  if (failure?.status === "rejected" || resources?.status !== "fulfilled") {
    await Promise.all([...leases.values()].map((lease) => lease.release()));
    throw failure?.status === "rejected" ? failure.reason : new Error("invariant: resources are loaded");
  }
  return engineOf(plan, leases, resources.value as Resources, machine);
}

function leaseModel(
  name: string,
  model: PlanModel,
  files: Pick<OpenGroupOptions, "files" | "fileOf">,
  machine: Machine,
): Promise<Lease> {
  const open = () => openGroup({ ...machine, ...files, name, model });
  return machine.groups.lease(name, model, open).catch((error: unknown) => {
    throw error instanceof ModelOpenError ? new ModelOpenError(error.code, error.message, name) : error;
  });
}

function instancesOf(model: PlanModel): number {
  return model.instances.reduce((sum, each) => sum + each.count * (each.ids?.length ?? 1), 0);
}

function engineOf(plan: Plan, leases: ReadonlyMap<string, Lease>, resources: Resources, machine: Machine): Engine {
  const graphs = new Map<string, RunGraph>();
  const groups = new Map([...leases].map(([name, lease]) => [name, lease.group]));
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
        ? modelRunner(node.id, node.use, plan, groups)
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
  return {
    plan,
    groups,
    infer: (name, inputs, options = {}) => {
      const graph = graphs.get(name);
      if (graph === undefined) return Promise.reject(new EkibenError("not-found", `There is no graph "${name}".`));
      return runInTime(graph, inputs, options, machine.clock);
    },
    close: async () => void (await Promise.all([...leases.values()].map((lease) => lease.release()))),
  };
}

type RunUse = (args: ValueRecord, context: RunContext) => Promise<ValueRecord>;

function modelRunner(
  id: string,
  use: PlanNode["use"] & { kind: "model" },
  plan: Plan,
  groups: ReadonlyMap<string, ModelGroup>,
): RunUse {
  const model = plan.models[use.model];
  const group = groups.get(use.model);
  invariant(model !== undefined && group !== undefined, `model "${use.model}" is open`);
  const run = modelNode(use.model, model, use.rows, group);
  return (args, context) => {
    const { onModel } = context;
    if (onModel === undefined) return run(args, context);
    return run(args, { ...context, onRun: (batch, queueMs) => onModel(id, batch, queueMs) });
  };
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

/** Runs a graph until it is done, its caller left, or it is too late; then what still runs for it is called off. */
async function runInTime(
  run: RunGraph,
  inputs: ValueRecord,
  options: InferOptions,
  clock: Clock,
): Promise<ValueRecord> {
  const { signal: outer, timeoutMs, priority, caller, onNode, onFeeds, onModel } = options;
  if (outer?.aborted === true) throw abortError(outer);
  const stop = new Stop();
  const context: RunContext = {
    signal: stop,
    now: () => clock.now(),
    ...(timeoutMs === undefined ? {} : { deadlineMs: clock.now() + timeoutMs }),
    ...(priority === undefined ? {} : { priority }),
    ...(caller === undefined ? {} : { caller }),
    ...(onNode === undefined ? {} : { onNode }),
    ...(onFeeds === undefined ? {} : { onFeeds }),
    ...(onModel === undefined ? {} : { onModel }),
  };
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stopClock?.();
      outer?.removeEventListener("abort", leave);
    };
    const fail = (error: unknown): void => {
      end();
      stop.abort(error);
      reject(error);
    };
    const leave = (): void => fail(abortError(stop));
    const stopClock = timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => fail(tooLate(timeoutMs)));
    outer?.addEventListener("abort", leave);
    run(inputs, context).then((outputs) => {
      end();
      resolve(outputs);
    }, fail);
  });
}

function tooLate(timeoutMs: number): EkibenError {
  return new EkibenError("deadline-exceeded", `The answer was not ready within ${timeoutMs} ms.`);
}
