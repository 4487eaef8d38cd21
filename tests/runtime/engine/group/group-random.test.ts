/**
 * A group under a million items at random: shapes, sizes, priorities, callers, deadlines, cancellations and failures, on a
 * clock in the test's hand. The model doubles; each row says whose it is.
 */
import type { Feeds } from "../../../../runtime/engine/group/check-feeds.js";
import { InstanceGroup } from "../../../../runtime/engine/group/instance-group.js";
import type { InstanceResult } from "../../../../runtime/engine/instances/instance.js";
import { EkibenError } from "../../../../runtime/errors.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { HandDrivenInstance } from "../../../support/hand-driven.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";
import { type Random, seeded } from "../../../support/random.js";

const maxBatchSize = 16;
const priorities = 3;
const file = writeModel(identityModel("float32[batch, width]"));

interface Item {
  readonly index: number;
  readonly x: Tensor<"float32">;
  readonly alone: boolean;
  readonly isPoisoned: boolean;
  readonly priority: number;
  readonly caller: AbortController;
  readonly deadlineMs: number | undefined;
  outcomes: number;
}

/** Element 0 of each row is the item's number, the others say which row it is; a poisoned item has a negative one. */
function makeItem(index: number, nowMs: number, random: Random): Item {
  const rows = random.integer(10) === 0 ? 1 + random.integer(50) : 1 + random.integer(6);
  const width = 1 + random.integer(4);
  const data = new Float32Array(rows * width);
  for (let at = 0; at < data.length; at++) data[at] = at % width === 0 ? index : Math.floor(at / width);
  const isPoisoned = random.integer(100) === 0;
  if (isPoisoned) data[random.integer(data.length)] = -1;
  return {
    index,
    x: new Tensor("float32", [rows, width], data),
    alone: random.integer(20) === 0,
    isPoisoned,
    priority: random.integer(priorities),
    caller: new AbortController(),
    deadlineMs: random.integer(5) === 0 ? nowMs + random.integer(60) : undefined,
    outcomes: 0,
  };
}

/** What is wrong with an item's end; undefined where nothing is. */
function judge(item: Item, outcome: Tensor | string): string | undefined {
  item.outcomes++;
  if (item.outcomes > 1) return `item ${item.index} was settled twice`;
  if (outcome instanceof Tensor) {
    const isOwn =
      outcome.data.length === item.x.data.length && item.x.data.every((value, at) => outcome.data[at] === value * 2);
    return isOwn && !item.isPoisoned ? undefined : `item ${item.index} got what is not its answer`;
  }
  const isFair =
    outcome === "queue-full" ||
    (outcome === "model-failed" && item.isPoisoned) ||
    (outcome === "cancelled" && item.caller.signal.aborted) ||
    outcome === "deadline-exceeded";
  return isFair ? undefined : `item ${item.index} ended with ${outcome}`;
}

/** Whether items of one priority and shape begin in the order of their arrival. */
class Order {
  readonly wrong: string[] = [];
  private readonly begun = new Set<number>();
  private readonly last = new Map<string, number>();

  constructor(private readonly items: readonly Item[]) {}

  see(x: Tensor | undefined): void {
    const width = x?.shape[1] ?? 1;
    for (let at = 0; at < (x?.data.length ?? 0); at += width) {
      const item = this.items[Number(x?.data[at])];
      if (item === undefined || this.begun.has(item.index)) continue;
      this.begun.add(item.index);
      const key = `${item.priority} ${item.alone ? "alone" : item.x.shape[1]}`;
      const previous = this.last.get(key) ?? -1;
      if (previous > item.index) this.wrong.push(`item ${item.index} began after ${previous}`);
      this.last.set(key, item.index);
    }
  }
}

/** An instance that tells what it is given when it begins. */
class WatchedInstance extends HandDrivenInstance {
  constructor(private readonly order: Order) {
    super();
  }

  override run(feeds: Feeds): Promise<InstanceResult> {
    this.order.see(feeds["x"]);
    return super.run(feeds);
  }
}

async function play(count: number, settings: Partial<PlanModel>, seed: number) {
  const random = seeded(seed);
  const clock = new FakeClock();
  const sizes = new Set<number>();
  const ends = new Map<string, number>();
  const items: Item[] = [];
  const order = new Order(items);
  const instances = [new WatchedInstance(order), new WatchedInstance(order)];
  const wrong: string[] = [];
  const group = new InstanceGroup({
    placement: { device: "cpu", instances: 1, place: "thread", intraOpThreads: 1, notes: [] },
    name: "doubler",
    model: planModel(file, settings),
    instances,
    outputRows: new Map([["y", "rows"]]),
    reopen: () => Promise.reject(new Error("nothing dies here")),
    observer: (event) => event.kind === "batch-done" && sizes.add(event.rows),
    clock,
  });
  const settle = (item: Item, outcome: Tensor | string): void => {
    const kind = outcome instanceof Tensor ? "answered" : outcome;
    ends.set(kind, (ends.get(kind) ?? 0) + 1);
    const problem = judge(item, outcome);
    if (problem !== undefined) wrong.push(problem);
  };
  const submit = (): void => {
    const item = makeItem(items.length, clock.now(), random);
    items.push(item);
    group
      .submit({ x: item.x }, item.alone ? null : (item.x.shape[0] ?? 0), {
        signal: item.caller.signal,
        priority: item.priority,
        caller: `caller ${item.index % 7}`,
        ...(item.deadlineMs !== undefined && { deadlineMs: item.deadlineMs }),
      })
      .then(
        ({ y }) => settle(item, y ?? "no y"),
        (error: unknown) => settle(item, error instanceof EkibenError ? error.code : String(error)),
      );
  };
  const busy = () => instances.filter(({ runs }) => runs.length > 0);
  while (items.length < count) {
    for (let left = random.integer(30); left > 0; left--) submit();
    if (random.integer(2) === 0) items.at(-1 - random.integer(90))?.caller.abort();
    await clock.settle();
    for (let round = random.integer(8); round > 0 && busy().length > 0; round--) {
      for (const instance of busy()) {
        if (instance.runs.length > 1) wrong.push("an instance was given two batches at once");
        if (random.integer(4) > 0) instance.finish(2);
      }
      await clock.settle();
    }
    await clock.advance(random.integer(4));
  }
  const closing = group.close();
  for (; busy().length > 0 || group.waiting > 0; await clock.advance(3))
    for (const instance of busy()) instance.finish(2);
  await closing;
  const unsettled = items.filter(({ outcomes }) => outcomes !== 1).length;
  return { wrong, unsettled, outOfOrder: order.wrong, ends, sizes, timers: clock.pending };
}

const batching = { maxBatchSize, maxQueueDelayMs: 3 };
const allEnds = ["answered", "cancelled", "deadline-exceeded", "model-failed", "queue-full"];

test("a million items: each has one end, none gets another's rows, and each priority keeps its order", async () => {
  const { wrong, unsettled, outOfOrder, ends, sizes, timers } = await play(
    1_000_000,
    { batching, queue: { maxSize: 120, priorities } },
    1,
  );
  expect({ wrong: wrong.slice(0, 3), unsettled, outOfOrder: outOfOrder.slice(0, 3), timers }).toEqual({
    wrong: [],
    unsettled: 0,
    outOfOrder: [],
    timers: 0,
  });
  expect([...ends.keys()].sort()).toEqual(allEnds);
  expect(ends.get("answered")).toBeGreaterThan(300_000);
  expect(sizes).toContain(maxBatchSize);
}, 300_000);

test.each([
  ["padded", { batching: { ...batching, pad: { x: 0 } }, queue: { maxSize: 120, priorities } }],
  ["fair between callers", { batching, queue: { maxSize: 120, fairBy: "api_key" } }],
  ["late ones go on", { batching, queue: { maxSize: 120, timeoutMs: 20, onTimeout: "continue" } }],
  ["late ones are turned away", { batching, queue: { maxSize: 120, timeoutMs: 20 } }],
  ["adaptive", { batching: { ...batching, adaptive: { maxLatencyMs: 20 } } }],
  ["preferred sizes", { batching: { ...batching, preferredBatchSizes: [4, 8] } }],
] satisfies readonly [string, Partial<PlanModel>][])("%s: the same", async (_, settings) => {
  const { wrong, unsettled, ends, timers } = await play(30_000, settings, 2);
  expect({ wrong: wrong.slice(0, 3), unsettled, timers }).toEqual({ wrong: [], unsettled: 0, timers: 0 });
  expect(ends.get("answered")).toBeGreaterThan(7_500);
});
