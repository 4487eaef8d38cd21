import { InstanceGroup } from "../../../../runtime/engine/group/instance-group.js";
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import { EkibenError } from "../../../../runtime/errors.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { HandDrivenInstance } from "../../../support/hand-driven.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const file = writeModel(identityModel("float32[batch, width]"));
const forever = new AbortController().signal;

function setUp(settings: Partial<PlanModel> = {}) {
  const clock = new FakeClock();
  const instance = new HandDrivenInstance();
  const events: EngineEvent[] = [];
  const reopened = new HandDrivenInstance();
  const group = new InstanceGroup({
    placement: { device: "cpu", instances: 1, place: "thread", intraOpThreads: 1, notes: [] },
    name: "doubler",
    model: planModel(file, { batching: { maxBatchSize: 4, maxQueueDelayMs: 0 }, ...settings }),
    instances: [instance],
    outputRows: new Map([["y", "rows"]]),
    reopen: async () => reopened,
    observer: (event) => events.push(event),
    clock,
  });
  return { clock, instance, group, events, reopened };
}

function rows(...values: readonly number[]) {
  return { x: new Tensor("float32", [values.length, 1], Float32Array.from(values)) };
}

type Outcome = readonly number[] | string;
function outcome(result: Promise<Readonly<Record<string, Tensor>>>): Promise<Outcome> {
  return result.then(
    ({ y }) => Array.from(y?.data ?? [], Number),
    (error: unknown) => (error instanceof EkibenError ? error.code : String(error)),
  );
}

describe("a group", () => {
  test("lets items of one moment share a run, and gives each its own rows", async () => {
    const { clock, instance, group } = setUp();
    const results = [rows(1), rows(2, 3), rows(4)].map((x) =>
      outcome(group.submit(x, x.x.shape[0] ?? 0, { signal: forever })),
    );
    await clock.settle();
    expect(instance.batches).toEqual([4]);
    instance.finish();
    expect(await Promise.all(results)).toEqual([[2], [4, 6], [8]]);
  });

  test("collects while its instance is busy", async () => {
    const { clock, instance, group } = setUp();
    void group.submit(rows(1), 1, { signal: forever });
    await clock.settle();
    void group.submit(rows(2), 1, { signal: forever });
    await clock.settle();
    void group.submit(rows(3), 1, { signal: forever });
    await clock.settle();
    expect(instance.batches).toEqual([1]);
    instance.finish();
    await clock.settle();
    expect(instance.batches).toEqual([2]);
  });

  test("waits the queue delay for others, and no longer", async () => {
    const { clock, instance, group } = setUp({ batching: { maxBatchSize: 4, maxQueueDelayMs: 10 } });
    void group.submit(rows(1), 1, { signal: forever });
    await clock.advance(9);
    await clock.settle();
    expect(instance.batches).toEqual([]);
    void group.submit(rows(2), 1, { signal: forever });
    await clock.settle();
    await clock.advance(1);
    expect(instance.batches).toEqual([2]);
  });

  test("asks a model of short runs for the next batch before the first is back", async () => {
    const { clock, instance, group } = setUp();
    void group.submit(rows(1), 1, { signal: forever });
    await clock.settle();
    instance.finish(0.1);
    await clock.settle();
    for (const value of [1, 2, 3]) {
      void group.submit(rows(value), 1, { signal: forever });
      await clock.settle();
    }
    expect(instance.batches).toEqual([1, 1]);
  });

  test("splits an item of more rows than a batch and joins its answer", async () => {
    const { clock, instance, group } = setUp();
    const result = outcome(group.submit(rows(1, 2, 3, 4, 5, 6), 6, { signal: forever }));
    await clock.settle();
    expect(instance.batches).toEqual([4]);
    instance.finish();
    await clock.settle();
    expect(instance.batches).toEqual([2]);
    instance.finish();
    expect(await result).toEqual([2, 4, 6, 8, 10, 12]);
  });

  test("lets items of different shapes wait in different batches", async () => {
    const { clock, instance, group } = setUp();
    void group.submit(rows(1), 1, { signal: forever });
    void group.submit({ x: new Tensor("float32", [1, 2], Float32Array.of(1, 2)) }, 1, { signal: forever });
    void group.submit(rows(3), 1, { signal: forever });
    await clock.settle();
    expect(instance.batches).toEqual([2]);
    instance.finish();
    await clock.settle();
    expect(instance.runs[0]?.feeds["x"]?.shape).toEqual([1, 2]);
  });

  test("runs items as they are where requests do not share runs", async () => {
    const { clock, instance, group } = setUp();
    void group.submit(rows(1, 2, 3, 4, 5), null, { signal: forever });
    void group.submit(rows(6), null, { signal: forever });
    await clock.settle();
    expect(instance.batches).toEqual([5]);
  });

  test("splits an item that cannot be compared with others, and runs it at once", async () => {
    const table = writeModel({
      inputs: { x: "float32[batch, 1]", table: "float32[n2]" },
      outputs: { y: "float32[batch, 1]" },
    });
    const { inputs } = planModel(table);
    const { clock, instance, group } = setUp({ inputs, batching: { maxBatchSize: 4, maxQueueDelayMs: 99 } });
    const feeds = { ...rows(1, 2, 3, 4, 5, 6), table: new Tensor("float32", [100], new Float32Array(100)) };
    const result = outcome(group.submit(feeds, 6, { signal: forever }));
    for (const batch of [4, 2]) {
      await clock.settle();
      expect([instance.batches, instance.runs[0]?.feeds["table"]?.shape]).toEqual([[batch], [100]]);
      instance.finish();
    }
    expect(await result).toEqual([2, 4, 6, 8, 10, 12]);
  });

  test("never shows the callers' buffers to a worker", async () => {
    const { clock, instance, group } = setUp();
    const mine = rows(1, 2);
    void group.submit(mine, null, { signal: forever });
    await clock.settle();
    const given = () => instance.runs[0]?.feeds["x"]?.data;
    expect(given()).toEqual(mine.x.data);
    expect(given()).not.toBe(mine.x.data);
    void group.submit(mine, 2, { signal: forever });
    instance.finish();
    await clock.settle();
    expect(given()).toEqual(mine.x.data);
    expect(given()).not.toBe(mine.x.data);
  });

  test("answers 0 rows with 0 rows, without a run", async () => {
    const { instance, group } = setUp();
    const result = await group.submit({ x: new Tensor("float32", [0, 7], new Float32Array()) }, 0, { signal: forever });
    expect(result["y"]?.shape).toEqual([0, 7]);
    expect(instance.batches).toEqual([]);
  });
});

describe("of a batch that fails", () => {
  test("only the items at fault fail", async () => {
    const { clock, instance, group } = setUp();
    const results = [1, -1, 3].map((value) => outcome(group.submit(rows(value), 1, { signal: forever })));
    for (let run = 0; run < 5; run++) {
      await clock.settle();
      instance.finish();
    }
    expect(await Promise.all(results)).toEqual([[2], "model-failed", [6]]);
    expect(instance.runs).toEqual([]);
  });

  test("the message names the model and what it said", async () => {
    const { clock, instance, group } = setUp();
    const result = group.submit(rows(-1), 1, { signal: forever });
    await clock.settle();
    instance.finish();
    await expect(result).rejects.toThrow('Model "doubler" failed on this input: it is negative.');
  });

  test("a model that mixes up its rows fails, it does not answer with others' rows", async () => {
    const { clock, instance, group } = setUp();
    const results = [1, 2].map((value) => outcome(group.submit(rows(value), 1, { signal: forever })));
    await clock.settle();
    instance.runs.shift()?.resolve({ outputs: { y: new Tensor("float32", [1, 1], Float32Array.of(9)) }, runMs: 1 });
    await clock.settle();
    instance.finish();
    await clock.settle();
    instance.finish();
    expect(await Promise.all(results)).toEqual([[2], [4]]);
  });

  test("the rest of an item whose piece failed does not run", async () => {
    const { clock, instance, group } = setUp();
    const result = outcome(group.submit(rows(-1, 2, 3, 4, 5, 6), 6, { signal: forever }));
    await clock.settle();
    instance.finish();
    expect(await result).toBe("model-failed");
    await clock.settle();
    expect(instance.runs).toEqual([]);
  });
});

describe("an item that nobody waits for any more", () => {
  test("leaves the queue when its caller leaves", async () => {
    const { clock, instance, group } = setUp();
    void group.submit(rows(1), 1, { signal: forever });
    await clock.settle();
    const caller = new AbortController();
    const result = outcome(group.submit(rows(2), 1, { signal: caller.signal }));
    caller.abort();
    expect(await result).toBe("cancelled");
    instance.finish();
    await clock.settle();
    expect(instance.batches).toEqual([]);
  });

  test("is answered at its deadline, while its instance stays occupied until the run returns", async () => {
    const { clock, instance, group } = setUp();
    const late = outcome(group.submit(rows(1), 1, { signal: forever, deadlineMs: 50 }));
    await clock.settle();
    const next = outcome(group.submit(rows(2), 1, { signal: forever }));
    await clock.advance(50);
    expect(await late).toBe("deadline-exceeded");
    expect(instance.batches).toEqual([1]);
    instance.finish();
    await clock.settle();
    instance.finish();
    expect(await next).toEqual([4]);
  });

  test("does not run when its deadline passed unnoticed", async () => {
    const { clock, instance, group } = setUp();
    const result = outcome(group.submit(rows(1), 1, { signal: forever, deadlineMs: 0 }));
    await clock.settle();
    expect(await result).toBe("deadline-exceeded");
    expect(instance.batches).toEqual([]);
  });

  test("has waited longer than the queue allows", async () => {
    const { clock, instance, group } = setUp({ queue: { maxSize: 9, timeoutMs: 20 } });
    const running = outcome(group.submit(rows(1), 1, { signal: forever }));
    await clock.settle();
    const waiting = outcome(group.submit(rows(2), 1, { signal: forever }));
    await clock.advance(20);
    expect(await waiting).toBe("deadline-exceeded");
    instance.finish();
    expect(await running).toEqual([2]);
    expect(clock.pending).toBe(0);
  });

  test("leaves no timers behind when it is answered", async () => {
    const { clock, instance, group } = setUp({ queue: { maxSize: 9, timeoutMs: 20 } });
    const result = outcome(group.submit(rows(1), 1, { signal: forever, deadlineMs: 30 }));
    await clock.settle();
    expect(clock.pending).toBe(1);
    instance.finish();
    expect(await result).toEqual([2]);
    expect(clock.pending).toBe(0);
  });

  test("was never taken when its caller had left before", async () => {
    const { group, events } = setUp();
    expect(await outcome(group.submit(rows(1), 1, { signal: AbortSignal.abort() }))).toBe("cancelled");
    expect(events.filter(({ kind }) => kind !== "instance-state")).toEqual([
      { kind: "item-rejected", model: "doubler", code: "cancelled" },
    ]);
  });
});

describe("a full queue", () => {
  test("turns items away, and says when to come back by what it has measured", async () => {
    const { clock, instance, group } = setUp({ queue: { maxSize: 2 } });
    void group.submit(rows(1), 1, { signal: forever });
    await clock.settle();
    instance.finish(3000);
    await clock.settle();
    for (const value of [1, 2, 3]) {
      void group.submit(rows(value), 1, { signal: forever });
      await clock.settle();
    }
    await expect(group.submit(rows(4), 1, { signal: forever })).rejects.toMatchObject({
      code: "queue-full",
      retryAfterS: 6,
    });
  });

  test("counts items, not the pieces of a large one", async () => {
    const { clock, group } = setUp({ queue: { maxSize: 2 } });
    void group.submit(rows(...Array<number>(40).fill(1)), 40, { signal: forever });
    await clock.settle();
    void group.submit(rows(2), 1, { signal: forever });
    expect(group.waiting).toBe(2);
    expect(await outcome(group.submit(rows(3), 1, { signal: forever }))).toBe("queue-full");
  });
});

describe("what a model cannot take is refused before it runs", () => {
  const { group } = setUp();
  const submit = (feeds: Record<string, Tensor>, count: number | null) =>
    group.submit(feeds, count, { signal: forever });
  const tensor = (shape: readonly number[]) =>
    new Tensor("float32", shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));

  test.each<[string, Record<string, Tensor>, number | null, string]>([
    [
      "another element type",
      { x: new Tensor("int32", [1, 1], new Int32Array(1)) },
      1,
      'takes float32[batch, width] for "x", but got int32[1, 1]',
    ],
    ["another rank", { x: tensor([1]) }, 1, "but got float32[1]"],
    ["other rows than said", { x: tensor([2, 1]) }, 1, "but got float32[2, 1]"],
    ["no value", {}, 1, 'needs a value for its input "x"'],
    ["an unknown input", { x: tensor([1, 1]), z: tensor([1]) }, 1, 'has no input "z"'],
  ])("%s", async (_, feeds, count, message) => {
    await expect(submit(feeds, count)).rejects.toMatchObject({
      code: "invalid-input",
      message: expect.stringContaining(message),
    });
  });
});

describe("closing", () => {
  test("answers what was taken, takes nothing more, and closes the instances", async () => {
    const { clock, instance, group } = setUp();
    const taken = [outcome(group.submit(rows(1), 1, { signal: forever }))];
    await clock.settle();
    taken.push(outcome(group.submit(rows(2), 1, { signal: forever })));
    const closing = group.close();
    expect(await outcome(group.submit(rows(3), 1, { signal: forever }))).toBe("not-ready");
    expect(instance.closed).toBe(false);
    instance.finish();
    await clock.settle();
    instance.finish();
    await closing;
    expect(instance.closed).toBe(true);
    expect(await Promise.all(taken)).toEqual([[2], [4]]);
    expect(group.state).toEqual({ kind: "closed" });
  });
});
