import { nextBatch } from "../../../../runtime/engine/group/batcher.js";
import type { BucketKey } from "../../../../runtime/engine/group/bucket.js";
import { type Waiting, WaitingQueue } from "../../../../runtime/engine/group/queue.js";
import { RunCost } from "../../../../runtime/engine/group/run-cost.js";
import { BatchSizes } from "../../../../runtime/engine/group/sizes.js";
import type { PlanBatching } from "../../../../runtime/plan/plan.js";

interface Item extends Waiting<Item> {
  readonly name: string;
  readonly arrivedMs: number;
}

/** `a3@5` is an item of bucket a with 3 rows that arrived at 5 ms, `-` one that is shared with nobody; `!1` its priority, `/me` its caller. */
function item(name: string): Item {
  const [, bucket = "", rows, arrivedMs = "0", priority = "0", caller] =
    /^(.)(\d+)(?:@(\d+))?(?:!(\d))?(?:\/(\w+))?$/.exec(name) ?? [];
  const key: BucketKey = bucket === "-" ? { kind: "alone", work: 1 } : { kind: "shared", name: bucket, work: 1 };
  return {
    name,
    bucket: key,
    rows: Number(rows),
    arrivedMs: Number(arrivedMs),
    priority: Number(priority),
    caller,
    entry: undefined,
  };
}

function queueOf(text: string): WaitingQueue<Item> {
  const queue = new WaitingQueue<Item>();
  for (const name of text.split(" ").filter(Boolean)) queue.push(item(name));
  return queue;
}

function policy(batching: Partial<PlanBatching> = {}, cost = new RunCost()): BatchSizes {
  const never = { gapMs: Number.POSITIVE_INFINITY, lastMs: 0 };
  return new BatchSizes({ maxBatchSize: 8, maxQueueDelayMs: 0, ...batching }, () => cost, never);
}

/** A part of an item is printed with the rows that are taken. */
function decide(queue: WaitingQueue<Item>, nowMs: number, sizes: BatchSizes, idle = 1): string {
  const decision = nextBatch(queue, nowMs, sizes, idle);
  if (decision.kind === "wait") return `wait until ${decision.untilMs}`;
  if (decision.kind === "nothing") return "nothing";
  return decision.parts
    .map(({ item: { name, rows }, from, to }) => (to - from === rows ? name : `${name}[${from},${to}]`))
    .join(" ");
}

/** Batches until nothing is left that may run. */
function decideAll(queue: WaitingQueue<Item>, sizes: BatchSizes, nowMs = 1000): readonly string[] {
  const batches: string[] = [];
  for (let batch = decide(queue, nowMs, sizes); batch !== "nothing"; batch = decide(queue, nowMs, sizes))
    batches.push(batch);
  return batches;
}

describe("with a queue delay of 10 ms and batches of 8", () => {
  const delayed = policy({ maxQueueDelayMs: 10 });

  test.each([
    ["nothing waits", "", 0, "nothing"],
    ["the oldest has time left", "a1@2 a1@4", 5, "wait until 12"],
    ["the oldest has waited long enough", "a1@2 a1@4", 12, "a1@2 a1@4"],
    ["a batch is full", "a4@2 a4@3", 3, "a4@2 a4@3"],
    ["more wait than fit", "a4@2 a3@3 a4@3 a1@3", 3, "a4@2 a3@3 a4@3[0,1]"],
    ["another shape waits too", "a1@0 b4@1 b4@2", 3, "b4@1 b4@2"],
    ["two shapes are due, the older goes first", "b1@0 a1@1 b1@2", 30, "b1@0 b1@2"],
    ["an older one is due and a younger full", "a1@0 b4@1 b4@2", 10, "a1@0"],
    ["one that runs alone never waits", "a1@0 -3@1", 2, "-3@1"],
    ["but those due before it go first", "a1@0 -3@1", 10, "a1@0"],
  ])("%s", (_, waiting, nowMs, expected) => {
    expect(decide(queueOf(waiting), nowMs, delayed)).toBe(expected);
  });
});

test("without a delay whatever waits runs at once", () => {
  expect(decide(queueOf("a1@5"), 5, policy())).toBe("a1@5");
});

test("items keep their order, and full batches are made of parts", () => {
  expect(decideAll(queueOf("a5 a5 a5 a1"), policy())).toEqual(["a5 a5[0,3]", "a5[3,5] a5 a1"]);
});

test("an item of many batches does not keep others of its bucket out of its last", () => {
  expect(decideAll(queueOf("a20 a2"), policy())).toEqual(["a20[0,8]", "a20[8,16]", "a20[16,20] a2"]);
});

test("an item that shares with nobody is cut into batches of its own", () => {
  expect(decideAll(queueOf("-9 a1 -1"), policy())).toEqual(["-9[0,8]", "-9[8,9]", "a1", "-1"]);
});

test("ten shapes at once make ten batches, each full of its own", () => {
  const shapes = [..."abcdefghij"];
  const waiting = Array.from({ length: 4 }, () => shapes.map((shape) => `${shape}1`)).flat();
  expect(decideAll(queueOf(waiting.join(" ")), policy())).toEqual(
    shapes.map((shape) => Array(4).fill(`${shape}1`).join(" ")),
  );
});

describe("priorities", () => {
  test("the more urgent go first, each level in order", () => {
    expect(decideAll(queueOf("a4@1!1 a4@2!1 a4@3!0 a4@4!0"), policy())).toEqual(["a4@3!0 a4@4!0", "a4@1!1 a4@2!1"]);
  });

  test("a batch of the urgent takes others of its bucket along", () => {
    expect(decide(queueOf("b1!0 a1!1 b1!1"), 0, policy())).toBe("b1!0 b1!1");
  });

  test("nobody starves: every eighth batch goes to the one that has waited longest", () => {
    const queue = queueOf("z8!9");
    const order: string[] = [];
    for (let round = 0; round < 10; round++) {
      queue.push(item("a8!0"));
      order.push(decide(queue, 0, policy()));
    }
    expect(order).toEqual([...Array(7).fill("a8!0"), "z8!9", "a8!0", "a8!0"]);
  });

  test("what waited too long goes behind everything that did not, and is served", () => {
    const queue = new WaitingQueue<Item>();
    const [first, second] = [item("a8@1!0"), item("a8@2!3")];
    queue.push(first);
    queue.push(second);
    queue.demote(first);
    expect(decideAll(queue, policy())).toEqual(["a8@2!3", "a8@1!0"]);
  });
});

describe("turns between callers", () => {
  test("who sends much waits for himself", () => {
    const waiting = "a4/me a4/me a4/me a4/me a4/you a4/you";
    expect(decideAll(queueOf(waiting), policy({ maxBatchSize: 4 }))).toEqual([
      "a4/me",
      "a4/you",
      "a4/me",
      "a4/you",
      "a4/me",
      "a4/me",
    ]);
  });

  test("turns are counted in rows", () => {
    const waiting = "a4/me a4/me a2/you a2/you a2/you a2/you";
    expect(decideAll(queueOf(waiting), policy({ maxBatchSize: 2 })).map((batch) => batch.slice(2, 5))).toEqual([
      "/me",
      "/me",
      "/yo",
      "/yo",
      "/me",
      "/me",
      "/yo",
      "/yo",
    ]);
  });

  test("who was away has saved nothing up", () => {
    const queue = queueOf("a4/me a4/me a4/me");
    const sizes = policy({ maxBatchSize: 4 });
    decide(queue, 0, sizes);
    decide(queue, 0, sizes);
    for (const name of ["a4/you", "a4/you", "a4/you", "a4/me"]) queue.push(item(name));
    expect(decideAll(queue, sizes)).toEqual(["a4/you", "a4/me", "a4/you", "a4/you", "a4/me"]);
  });
});

describe("preferred sizes", () => {
  const preferring = policy({ maxBatchSize: 32, maxQueueDelayMs: 10, preferredBatchSizes: [4, 16] });

  test.each([
    ["a3@0", 5, "wait until 10"],
    ["a4@0", 0, "a4@0"],
    ["a4@0 a9@0", 0, "a4@0"],
    ["a9@0 a9@0", 0, "a9@0 a9@0[0,7]"],
    ["a3@0", 10, "a3@0"],
  ])("%s at %d ms: %s", (waiting, nowMs, expected) => {
    expect(decide(queueOf(waiting), nowMs, preferring)).toBe(expected);
  });
});

describe("what was measured", () => {
  const proportional = new RunCost([1, 2, 4].map((work) => ({ work, ms: 40 * work })));
  const flat = new RunCost([1, 2, 4, 8].map((work) => ({ work, ms: 10 + work / 100 })));

  test("a model that gains nothing from batches gets none", () => {
    expect(decideAll(queueOf("a1 a1 a2"), policy({}, proportional))).toEqual(["a1", "a1", "a2[0,1]", "a2[1,2]"]);
  });

  test("a model that gains from each row gets all that wait", () => {
    expect(decideAll(queueOf("a1 a1 a2"), policy({}, flat))).toEqual(["a1 a1 a2"]);
  });

  test("two idle instances share rows that each does in half the time", () => {
    const half = new RunCost([1, 2, 4, 8].map((work) => ({ work, ms: 2 + work })));
    expect(decide(queueOf("a8"), 0, policy({}, half), 2)).toBe("a8[0,4]");
    expect(decide(queueOf("a8"), 0, policy({}, flat), 2)).toBe("a8");
  });
});

describe("adaptive", () => {
  const cost = new RunCost([1, 2, 4, 8].map((work) => ({ work, ms: 20 + work })));
  const busy = { gapMs: 5, lastMs: 12 };
  const adaptive = (maxLatencyMs: number, arrivals = busy) =>
    new BatchSizes({ maxBatchSize: 8, maxQueueDelayMs: 0, adaptive: { maxLatencyMs } }, () => cost, arrivals);

  test("waits for as long as others are to be expected and the latency allows", () => {
    expect(decide(queueOf("a1@10 a1@12"), 12, adaptive(100))).toBe("wait until 22");
    expect(decide(queueOf("a1@10 a1@12"), 12, adaptive(70))).toBe("wait until 22");
  });

  test("waits for nobody when nobody is to be expected in time", () => {
    expect(decide(queueOf("a1@10"), 10, adaptive(100, { gapMs: 30, lastMs: 10 }))).toBe("a1@10");
    expect(decide(queueOf("a1@10"), 10, adaptive(45))).toBe("a1@10");
  });

  test("a run takes no more rows than half the latency has time for", () => {
    expect(decide(queueOf("a8@10"), 100, adaptive(50))).toBe("a8@10[0,4]");
  });
});
