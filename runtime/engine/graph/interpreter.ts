/** The one interpreter of graphs: each node runs when what it needs is there, independent nodes at the same time. */
import { EkibenError, invariant } from "../../errors.js";
import type { PlanGraph, PlanNode } from "../../plan/plan.js";
import type { StopSignal } from "../../stop.js";
import type { Value, ValueRecord } from "../../values/value.js";
import type { OnCache } from "../answers/answer-cache.js";
import type { BatchRun } from "../group/submission.js";
import type { SequenceCall } from "../sequences/sequence-call.js";
import type { RequestVersions } from "../versions/request-versions.js";
import type { Evaluate, Slots } from "./expression.js";
import { compileExpression, itemsOf } from "./expression.js";
import type { OnFeeds } from "./model-node.js";

export interface RunContext {
  readonly signal: StopSignal;
  /** On the engine's clock. */
  readonly deadlineMs?: number;
  /** 0 is the most urgent. */
  readonly priority?: number;
  /** Whose request it is. */
  readonly caller?: string;
  /** The sequence that the request belongs to, for models that keep state. */
  readonly sequence?: SequenceCall;
  /** Told when a node begins and ends, in milliseconds of the engine's clock. */
  readonly onNode?: (id: string, startMs: number, endMs: number) => void;
  readonly onFeeds?: OnFeeds;
  /** Told of each run of a model that answered a part of a node's work; inside a graph that is a node, as `node.inner`. */
  readonly onModel?: (id: string, run: BatchRun, queueMs: number) => void;
  /** Told where an answer comes from, a model's or the whole, where answers are kept. */
  readonly onCache?: OnCache;
  /** Which version of each model answers; absent where no versions share traffic. */
  readonly versions?: RequestVersions;
  readonly now: () => number;
}

/** A node's work: its arguments evaluated in the slots of a run. Undefined: skipped. */
export type RunNode = (slots: Slots, context: RunContext) => Value | undefined | Promise<Value | undefined>;
export type RunGraph = (inputs: ValueRecord, context: RunContext) => Promise<ValueRecord>;

/** Makes the work of a node; `slotOf` says where names have their values. */
export type CompileNode = (node: PlanNode, slotOf: (name: string) => number) => RunNode;

interface CompiledNode {
  readonly id: string;
  readonly slot: number;
  readonly needs: number;
  /** Nodes that wait for this one, by their place in the list. */
  readonly next: number[];
  readonly run: RunNode;
}

/** Items of one `each` that run at the same time; the others wait, so that one request cannot fill a queue. */
const eachWindow = 64;

export function compileGraph(name: string, graph: PlanGraph, compileNode: CompileNode): RunGraph {
  const names = [...Object.keys(graph.inputs), ...graph.nodes.map((node) => node.id), "item", "index"];
  const slots = new Map(names.map((each, index) => [each, index]));
  const slotOf = (each: string): number => {
    const slot = slots.get(each);
    invariant(slot !== undefined, `"${each}" is a name of graph "${name}"`);
    return slot;
  };
  const nodes = graph.nodes.map((node) => toCompiled(node, graph, compileNode, slotOf));
  for (const [index, node] of graph.nodes.entries()) {
    for (const need of new Set(node.needs)) nodes.find((other) => other.id === need)?.next.push(index);
  }
  const outputs = Object.entries(graph.outputs).map(
    ([output, { value }]) => [output, compileExpression(value, slotOf)] as const,
  );
  const inputs = Object.entries(graph.inputs).map(
    ([input, { default: value }]) => [input, slotOf(input), value] as const,
  );
  const slotsOf = (values: ValueRecord): (Value | undefined)[] => {
    const run: (Value | undefined)[] = new Array(names.length).fill(undefined);
    for (const [input, slot, otherwise] of inputs) run[slot] = values[input] ?? otherwise;
    return run;
  };
  const outputsOf = (run: Slots): ValueRecord =>
    Object.fromEntries(outputs.map(([output, evaluate]) => [output, evaluate(run)]));
  if (!isChain(graph.nodes))
    return async (values, context) => {
      const run = slotsOf(values);
      await runNodes(nodes, run, context);
      return outputsOf(run);
    };
  return async (values, context) => {
    const run = slotsOf(values);
    for (const node of nodes) {
      if (context.signal.aborted) throw abortError(context.signal);
      const startMs = context.onNode === undefined ? 0 : context.now();
      const result = node.run(run, context);
      run[node.slot] = result instanceof Promise ? await result : result;
      context.onNode?.(node.id, startMs, context.now());
    }
    return outputsOf(run);
  };
}

/** Whether each node needs the one before it, so that never two are ready at the same time. */
function isChain(nodes: readonly PlanNode[]): boolean {
  return nodes.every(({ needs }, index) => index === 0 || needs.includes(nodes[index - 1]?.id ?? ""));
}

function toCompiled(
  node: PlanNode,
  graph: PlanGraph,
  compileNode: CompileNode,
  slotOf: (name: string) => number,
): CompiledNode {
  const when = node.when === undefined ? undefined : compileExpression(node.when, slotOf);
  const work = compileNode(node, slotOf);
  const each = node.each === undefined ? undefined : compileExpression(node.each, slotOf);
  const inner = each === undefined ? work : runEach(node.id, each, work, slotOf("item"), slotOf("index"));
  const run = when === undefined ? inner : runWhen(when, inner);
  const isNode = (name: string): boolean => graph.nodes.some((other) => other.id === name);
  return { id: node.id, slot: slotOf(node.id), needs: new Set(node.needs.filter(isNode)).size, next: [], run };
}

function runWhen(when: Evaluate, work: RunNode): RunNode {
  return (slots, context) => {
    const condition = when(slots);
    return condition === true || (typeof condition === "object" && isTrueScalar(condition))
      ? work(slots, context)
      : undefined;
  };
}

function isTrueScalar(value: Value): boolean {
  return (
    value !== null &&
    typeof value === "object" &&
    "data" in value &&
    "dtype" in value &&
    value.dtype === "bool" &&
    Boolean((value.data as Uint8Array)[0])
  );
}

/** Runs a node once for each item, a window of them at a time, and keeps their order. */
function runEach(id: string, each: Evaluate, work: RunNode, itemSlot: number, indexSlot: number): RunNode {
  return async (slots, context) => {
    const list = each(slots);
    if (list === undefined) return undefined;
    const items = itemsOf(list, id);
    const results: Value[] = new Array(items.length).fill(null);
    let next = 0;
    const takeItems = async (): Promise<void> => {
      for (let index = next++; index < items.length; index = next++) {
        const own = [...slots];
        own[itemSlot] = items[index];
        own[indexSlot] = index;
        results[index] = (await work(own, context)) ?? null;
      }
    };
    await Promise.all(Array.from({ length: Math.min(eachWindow, items.length) }, takeItems));
    return results;
  };
}

/** Starts each node once those it needs are done. The first failure ends the run; what still runs is called off. */
function runNodes(nodes: readonly CompiledNode[], slots: (Value | undefined)[], context: RunContext): Promise<void> {
  if (nodes.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const pending = nodes.map((node) => node.needs);
    let left = nodes.length;
    let failed = false;

    const fail = (error: unknown): void => {
      failed = true;
      reject(error);
    };
    const done = (node: CompiledNode, value: Value | undefined, startMs: number): void => {
      if (failed) return;
      context.onNode?.(node.id, startMs, context.now());
      slots[node.slot] = value;
      left--;
      if (left === 0) resolve();
      for (const index of node.next) {
        const count = (pending[index] ?? 0) - 1;
        pending[index] = count;
        const next = nodes[index];
        if (count === 0 && next !== undefined) start(next);
      }
    };
    const start = (node: CompiledNode): void => {
      if (failed) return;
      const startMs = context.onNode === undefined ? 0 : context.now();
      try {
        if (context.signal.aborted) throw abortError(context.signal);
        const result = node.run(slots, context);
        if (result instanceof Promise) result.then((value) => done(node, value, startMs), fail);
        else done(node, result, startMs);
      } catch (error) {
        fail(error);
      }
    };
    for (const node of nodes) if (node.needs === 0) start(node);
  });
}

/** What a signal's reason says, as an error of ours. */
export function abortError(signal: StopSignal): EkibenError {
  if (signal.reason instanceof EkibenError) return signal.reason;
  return new EkibenError("cancelled", "The caller left before the answer was ready.");
}
