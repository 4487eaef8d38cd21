/** The sequences of a model, on a clock that the test holds: their order, their state, their number and their age. */
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import type { SequenceCall } from "../../../../runtime/engine/sequences/sequence-call.js";
import { type SequenceLimits, SequenceStore } from "../../../../runtime/engine/sequences/sequence-store.js";
import { EkibenError } from "../../../../runtime/errors.js";
import { Stop } from "../../../../runtime/stop.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { failureCode } from "../../../support/failure.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { seeded } from "../../../support/random.js";

const limits: SequenceLimits = { idleTimeoutMs: 1_000, maxSequences: 3, maxBytes: 1e6, maxWaiting: 4 };

interface Flags {
  readonly start?: boolean;
  readonly end?: boolean;
  readonly caller?: string;
}

/** A store of running sums: a request adds a number, and is told the sum. */
function setUp(changed: Partial<SequenceLimits> = {}) {
  const clock = new FakeClock();
  const events: EngineEvent[] = [];
  const observer = (event: EngineEvent): void => void events.push(event);
  const store = new SequenceStore({ model: "sum", limits: { ...limits, ...changed }, clock, observer });
  const step = (
    id: string,
    add: number,
    { start = false, end = false, caller }: Flags = {},
    { scope = "a", version = "1", signal = new Stop(), before = async () => {} } = {},
  ): Promise<number> => {
    const call: SequenceCall = { id, start, end, ...(caller === undefined ? {} : { caller }) };
    return store.step(call, { scope, version, signal }, async (state) => {
      const held = Number(state?.["total"]?.data[0] ?? 0);
      await before();
      const sum = held + add;
      return { answer: sum, state: { total: new Tensor("float64", [1], new Float64Array([sum])) } };
    });
  };
  const ends = () => events.flatMap((event) => (event.kind === "sequence-ended" ? [event.cause] : []));
  return { clock, store, step, ends, events };
}

const start = { start: true };
const fails = { before: () => Promise.reject(new EkibenError("model-failed", "it failed")) };

/** Work that waits for the test. */
function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { before: () => opened, open: () => open() };
}

test("a request runs on what the one before it has left, each sequence on its own", async () => {
  const { step } = setUp();
  expect([await step("a", 1, start), await step("b", 10, start)]).toEqual([1, 10]);
  expect([await step("a", 2), await step("b", 20), await step("a", 3)]).toEqual([3, 30, 6]);
});

test("callers' ids never meet", async () => {
  const { step } = setUp();
  await step("a", 1, { start: true, caller: "one" });
  expect(await failureCode(step("a", 1, { caller: "two" }))).toBe("sequence-lost");
  expect(await step("a", 1, { caller: "one" })).toBe(2);
});

test("a start forgets what there was, an end what there is", async () => {
  const { step, store, ends } = setUp();
  await step("a", 1, start);
  expect(await step("a", 5, start)).toBe(5);
  expect(await step("a", 1, { end: true })).toBe(6);
  expect(await failureCode(step("a", 1))).toBe("sequence-lost");
  expect(await step("b", 7, { start: true, end: true })).toBe(7);
  expect({ size: store.size, bytes: store.bytes }).toEqual({ size: 0, bytes: 0 });
  expect(ends()).toEqual(["ended", "ended"]);
});

test("without a start there is no state, and the message says what to do", async () => {
  const { step } = setUp();
  await expect(step("a", 1)).rejects.toThrow(
    'Model "sum" has no state of a sequence "a": it has not been started, was idle for 1 s, had to make room for others, or the model has changed since. Send it again from its first request, with `start`.',
  );
});

test("requests that come together run one at a time, in the order in which they came", async () => {
  const { step } = setUp();
  const first = gate();
  const running: string[] = [];
  const log = (name: string) => ({
    before: async () => {
      running.push(`${name} begins`);
      if (name === "1") await first.before();
      else await new Promise((resolve) => setImmediate(resolve));
      running.push(`${name} ends`);
    },
  });
  const sums = [step("a", 1, start, log("1")), step("a", 2, {}, log("2")), step("a", 4, {}, log("3"))];
  first.open();
  expect(await Promise.all(sums)).toEqual([1, 3, 7]);
  expect(running).toEqual(["1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"]);
});

test("a request that fails leaves the state as it was; a start that fails leaves none", async () => {
  const { step, store } = setUp();
  await step("a", 1, start);
  expect(await failureCode(step("a", 2, {}, fails))).toBe("model-failed");
  expect(await failureCode(step("a", 2, { end: true }, fails))).toBe("model-failed");
  expect(await step("a", 4)).toBe(5);
  expect(await failureCode(step("a", 1, start, fails))).toBe("model-failed");
  expect(await failureCode(step("a", 1))).toBe("sequence-lost");
  expect(store.size).toBe(0);
});

test("what waits behind a start that fails is told so, and never runs on an older state", async () => {
  const { step } = setUp();
  await step("a", 100, start);
  const behind = [failureCode(step("a", 1, start, fails)), failureCode(step("a", 2))];
  expect(await Promise.all(behind)).toEqual(["model-failed", "sequence-lost"]);
});

test("a caller that leaves while it waits is passed over", async () => {
  const { step } = setUp();
  const first = gate();
  const signal = new Stop();
  const sum = step("a", 1, start, first);
  const left = failureCode(step("a", 2, {}, { signal }));
  const last = step("a", 4);
  signal.abort();
  expect(await left).toBe("cancelled");
  first.open();
  expect([await sum, await last]).toEqual([1, 5]);
});

test("no more than so many wait, over all sequences", async () => {
  const { step } = setUp({ maxWaiting: 2 });
  const gates = [gate(), gate()];
  const running = ["a", "b"].map((id, index) => step(id, 1, start, gates[index]));
  const waiting = [step("a", 2), step("b", 2)];
  expect(await failureCode(step("a", 4))).toBe("queue-full");
  for (const { open } of gates) open();
  expect(await Promise.all([...running, ...waiting])).toEqual([1, 1, 3, 3]);
  expect(await step("a", 4)).toBe(7);
});

test("a sequence that has rested too long is forgotten, without anybody asking; use keeps it", async () => {
  const { step, clock, store, ends } = setUp();
  await step("a", 1, start);
  await step("b", 1, start);
  await clock.advance(999);
  await step("b", 1);
  expect(store.size).toBe(2);
  await clock.advance(1);
  expect(store.size).toBe(1);
  expect(await failureCode(step("a", 1))).toBe("sequence-lost");
  await clock.advance(998);
  expect(await step("b", 1)).toBe(3);
  await clock.advance(1_000);
  expect({ size: store.size, bytes: store.bytes, ends: ends(), timers: clock.pending }).toEqual({
    size: 0,
    bytes: 0,
    ends: ["expired", "expired"],
    timers: 0,
  });
});

test("a request that takes longer than the timeout does not lose its state", async () => {
  const { step, clock } = setUp();
  const slow = gate();
  const sum = step("a", 1, start, slow);
  await clock.advance(5_000);
  slow.open();
  expect(await sum).toBe(1);
  expect(await step("a", 1)).toBe(2);
});

test("the one that has rested longest makes room", async () => {
  const { step, ends } = setUp();
  for (const id of ["a", "b", "c"]) await step(id, 1, start);
  await step("a", 1);
  await step("d", 1, start);
  expect(ends()).toEqual(["evicted"]);
  expect(await failureCode(step("b", 1))).toBe("sequence-lost");
  expect([await step("a", 1), await step("c", 1), await step("d", 1)]).toEqual([3, 2, 2]);
});

test("where all are at work there is no room for another", async () => {
  const { step } = setUp();
  const gates = [gate(), gate(), gate()];
  const running = ["a", "b", "c"].map((id, index) => step(id, 1, start, gates[index]));
  expect(await failureCode(step("d", 1, start))).toBe("queue-full");
  for (const { open } of gates) open();
  await Promise.all(running);
  expect(await step("d", 1, start)).toBe(1);
});

test("the bytes of all states are bounded", async () => {
  const { step, store } = setUp();
  await step("a", 1, start);
  const one = store.bytes;
  expect(one).toBeGreaterThan(8);
  store.limit({ ...limits, maxBytes: 2 * one });
  for (const id of ["b", "c"]) await step(id, 1, start);
  expect(store.bytes).toBe(2 * one);
  expect(await failureCode(step("a", 1))).toBe("sequence-lost");
  expect(await step("c", 1)).toBe(2);
});

test("another model's state is of no use, and the sequence is told so once and for all", async () => {
  const { step, ends } = setUp();
  await step("a", 1, start);
  expect(await failureCode(step("a", 1, {}, { scope: "b" }))).toBe("sequence-lost");
  expect(await failureCode(step("a", 1))).toBe("sequence-lost");
  expect(ends()).toEqual(["changed"]);
});

test("a sequence has the version of its last start", async () => {
  const { step, store } = setUp();
  const call = { id: "a", start: false, end: false };
  expect(store.versionOf(call)).toBeUndefined();
  await step("a", 1, start, { version: "3" });
  await step("a", 1, {}, { version: "4" });
  expect(store.versionOf(call)).toBe("3");
  await step("a", 1, start, { version: "4" });
  expect(store.versionOf(call)).toBe("4");
});

test("a lower limit counts at once, and nothing is left when it closes", async () => {
  const { step, store, clock, events } = setUp();
  for (const id of ["a", "b", "c"]) await step(id, 1, start);
  store.limit({ ...limits, maxSequences: 1 });
  expect(store.size).toBe(1);
  expect(await step("c", 1)).toBe(2);
  store.close();
  expect(clock.pending).toBe(0);
  expect(events.at(-1)).toEqual({ kind: "sequences-closed", model: "sum" });
});

test("many random sequences add up, whatever fails, leaves, starts again and ends", async () => {
  const random = seeded(9);
  const { step } = setUp({ maxSequences: 1_000, maxWaiting: 100_000 });
  const totals = new Map<string, number>();
  const wrong: unknown[] = [];
  const asked: Promise<void>[] = [];
  for (let request = 0; request < 5_000; request++) {
    const id = `s${random.integer(40)}`;
    const add = random.integer(100);
    const kind = random.integer(10);
    const flags = { start: kind < 1 || !totals.has(id), end: kind === 9 };
    const isFailing = kind === 5 && !flags.start;
    const before = async () => {
      for (let turn = random.integer(3); turn > 0; turn--) await null;
      if (isFailing) throw new EkibenError("model-failed", "it failed");
    };
    const known = flags.start ? 0 : (totals.get(id) ?? 0);
    const expected = isFailing ? "model-failed" : known + add;
    if (!isFailing) {
      if (flags.end) totals.delete(id);
      else totals.set(id, known + add);
    }
    asked.push(
      step(id, add, flags, { before }).then(
        (found) => void (found === expected || wrong.push({ id, found, expected })),
        (error: EkibenError) => void (error.code === expected || wrong.push({ id, found: error.code, expected })),
      ),
    );
    if (random.integer(20) === 0) await Promise.all(asked.splice(0));
  }
  await Promise.all(asked);
  expect(wrong).toEqual([]);
});
