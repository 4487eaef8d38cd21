import { nextBatch, type Waiting } from "../../../../runtime/engine/group/batcher.js";

const policy = { maxBatchSize: 8, maxQueueDelayMs: 10 };

/** `a3@5` is a piece of bucket a with 3 rows that arrived at 5 ms; `-` is the bucket of those that run alone. */
function pieces(text: string): readonly (Waiting & { name: string })[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((name) => {
      const [, bucket = "", rows, arrivedMs] = /^(.)(\d+)@(\d+)$/.exec(name) ?? [];
      return { name, bucket: bucket === "-" ? null : bucket, rows: Number(rows), arrivedMs: Number(arrivedMs) };
    });
}

function decide(waiting: string, nowMs: number, maxQueueDelayMs = policy.maxQueueDelayMs): string {
  const decision = nextBatch(pieces(waiting), nowMs, { ...policy, maxQueueDelayMs });
  if (decision.kind === "run") return decision.batch.map(({ name }) => name).join(" ");
  return decision.kind === "wait" ? `wait until ${decision.untilMs}` : "nothing";
}

test.each([
  ["nothing waits", "", 0, "nothing"],
  ["the oldest has time left", "a1@2 a1@4", 5, "wait until 12"],
  ["the oldest has waited long enough", "a1@2 a1@4", 12, "a1@2 a1@4"],
  ["a batch is full", "a4@2 a4@3", 3, "a4@2 a4@3"],
  ["more wait than fit", "a4@2 a3@3 a4@3 a1@3", 3, "a4@2 a3@3 a1@3"],
  ["more than a batch, in pieces that do not fit together", "a5@2 a5@3", 3, "a5@2"],
  ["another shape waits too", "a1@0 b4@1 b4@2", 3, "b4@1 b4@2"],
  ["two shapes are due, the older goes first", "b1@0 a1@1 b1@2", 30, "b1@0 b1@2"],
  ["an older one is due and a younger full", "a1@0 b4@1 b4@2", 10, "a1@0"],
  ["one that runs alone never waits", "a1@0 -3@1", 2, "-3@1"],
  ["but those due before it go first", "a1@0 -3@1", 10, "a1@0"],
])("%s", (_, waiting, nowMs, expected) => {
  expect(decide(waiting, nowMs)).toBe(expected);
});

test("without a delay whatever waits runs at once", () => {
  expect(decide("a1@5", 5, 0)).toBe("a1@5");
});

test("the oldest runs within as many batches as wait before it", () => {
  let waiting = pieces("a5@0 a5@1 a5@2 a5@3");
  const order: string[] = [];
  for (let round = 0; round < 4; round++) {
    waiting = [...waiting, ...pieces(`a3@${4 + round}`)];
    const decision = nextBatch(waiting, 100, policy);
    if (decision.kind !== "run") throw new Error("something is due");
    order.push(decision.batch.map(({ name }) => name).join(" "));
    waiting = waiting.filter((piece) => !decision.batch.includes(piece));
  }
  expect(order).toEqual(["a5@0 a3@4", "a5@1 a3@5", "a5@2 a3@6", "a5@3 a3@7"]);
});
