import { InstanceGroup } from "../../../../runtime/engine/group/instance-group.js";
import { EkibenError } from "../../../../runtime/errors.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { HandDrivenInstance } from "../../../support/hand-driven.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";
import { type Random, seeded } from "../../../support/random.js";

const maxBatchSize = 16;
const file = writeModel(identityModel("float32[batch, width]"));

interface Item {
  readonly x: Tensor<"float32">;
  readonly alone: boolean;
  readonly poisoned: boolean;
  readonly caller: AbortController;
  readonly deadlineMs: number | undefined;
  readonly outcomes: (Tensor | string)[];
}

function makeItem(index: number, nowMs: number, random: Random): Item {
  const rows = random.integer(10) === 0 ? 1 + random.integer(50) : 1 + random.integer(6);
  const width = 1 + random.integer(3);
  const data = Float32Array.from({ length: rows * width }, (_, at) => index + at / 1024);
  const poisoned = random.integer(50) === 0;
  if (poisoned) data[random.integer(data.length)] = -1;
  const deadlineMs = random.integer(5) === 0 ? nowMs + random.integer(60) : undefined;
  const alone = random.integer(20) === 0;
  return {
    x: new Tensor("float32", [rows, width], data),
    alone,
    poisoned,
    caller: new AbortController(),
    deadlineMs,
    outcomes: [],
  };
}

function expectedOf(item: Item): unknown {
  const [outcome] = item.outcomes;
  if (outcome === "cancelled") return item.caller.signal.aborted ? outcome : "not cancelled";
  if (outcome === "deadline-exceeded") return item.deadlineMs === undefined ? "no deadline" : outcome;
  if (outcome === "queue-full") return outcome;
  return item.poisoned
    ? "model-failed"
    : new Tensor(
        "float32",
        item.x.shape,
        item.x.data.map((value) => value * 2),
      );
}

test("each of 20,000 items gets exactly one outcome, and its own rows", async () => {
  const random = seeded(7);
  const clock = new FakeClock();
  const instances = [new HandDrivenInstance(), new HandDrivenInstance()];
  const sizes = new Set<number>();
  const group = new InstanceGroup({
    placement: { device: "cpu", instances: 1, isolation: "thread", intraOpThreads: 1, notes: [] },
    name: "doubler",
    model: planModel(file, { batching: { maxBatchSize, maxQueueDelayMs: 3 }, queue: { maxSize: 60 } }),
    instances,
    outputRows: new Map([["y", "rows"]]),
    reopen: () => Promise.reject(new Error("nothing dies here")),
    observer: (event) => event.kind === "batch-done" && sizes.add(event.rows),
    clock,
  });
  const items: Item[] = [];
  const submit = () => {
    const item = makeItem(items.length, clock.now(), random);
    items.push(item);
    const { signal } = item.caller;
    group
      .submit({ x: item.x }, item.alone ? null : (item.x.shape[0] ?? 0), {
        signal,
        ...(item.deadlineMs !== undefined && { deadlineMs: item.deadlineMs }),
      })
      .then(
        (outputs) => item.outcomes.push(outputs["y"] ?? "no y"),
        (error: unknown) => item.outcomes.push(error instanceof EkibenError ? error.code : String(error)),
      );
  };
  const busy = () => instances.filter(({ runs }) => runs.length > 0);
  while (items.length < 20_000) {
    for (let count = random.integer(10); count > 0; count--) submit();
    if (random.integer(3) === 0) items.at(-1 - random.integer(30))?.caller.abort();
    await clock.settle();
    for (const instance of busy()) {
      expect(instance.runs.length).toBe(1);
      if (random.integer(4) > 0) instance.finish(2);
    }
    await clock.advance(random.integer(4));
  }
  const closing = group.close();
  for (; busy().length > 0 || group.waiting > 0; await clock.advance(3))
    for (const instance of busy()) instance.finish(2);
  await closing;

  for (const item of items) expect(item.outcomes).toEqual([expectedOf(item)]);
  const codes = new Set(items.map(({ outcomes: [outcome] }) => (typeof outcome === "string" ? outcome : "answered")));
  expect([...codes].sort()).toEqual(["answered", "cancelled", "deadline-exceeded", "model-failed", "queue-full"]);
  expect(sizes).toContain(maxBatchSize);
  expect(clock.pending).toBe(0);
});
