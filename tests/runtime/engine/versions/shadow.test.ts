/** A shadow gets copies, is measured, and is waited for by nobody. */
import { InstanceGroup } from "../../../../runtime/engine/group/instance-group.js";
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import { Shadow } from "../../../../runtime/engine/versions/shadow.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { HandDrivenInstance } from "../../../support/hand-driven.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const file = writeModel(identityModel("float32[batch, width]"));
const forever = new AbortController().signal;

/** Both double what they are given, and are driven by hand. */
function setUp() {
  const clock = new FakeClock();
  const events: EngineEvent[] = [];
  const open = (instance: HandDrivenInstance) =>
    new InstanceGroup({
      placement: { device: "cpu", instances: 1, place: "thread", intraOpThreads: 1, notes: [] },
      name: "doubler",
      model: planModel(file, { queue: { maxSize: 1_000 } }),
      instances: [instance],
      outputRows: new Map([["y", "rows"]]),
      reopen: async () => new HandDrivenInstance(),
      observer: () => {},
      clock,
    });
  const answering = new HandDrivenInstance();
  const shadowing = new HandDrivenInstance();
  const primary = open(answering);
  const shadowGroup = open(shadowing);
  const shadow = new Shadow({
    model: "doubler",
    version: "2",
    group: shadowGroup,
    observer: (event) => events.push(event),
    clock,
  });
  const group = shadow.behind(primary);
  /** Asks, and lets the primary answer. */
  const ask = async (...values: readonly number[]): Promise<readonly number[] | string> => {
    const x = new Tensor("float32", [1, values.length], Float32Array.from(values));
    const answer = group.submit({ x }, 1, { signal: forever }).then(
      ({ y }) => Array.from(y?.data ?? [], Number),
      (error: Error) => error.message,
    );
    await clock.settle();
    answering.finish();
    const found = await answer;
    await clock.settle();
    return found;
  };
  const told = () => events.map((event) => (event.kind === "shadow-done" ? event.result : event.kind));
  return { clock, events, ask, shadow, shadowing, shadowGroup, told, primary, group, answering };
}

test("the answer is there before the shadow has begun, and what the shadow says is told", async () => {
  const { ask, shadowing, events, clock } = setUp();
  expect(await ask(1, 2)).toEqual([2, 4]);
  expect(shadowing.batches).toEqual([1]);
  expect(events).toEqual([]);
  await clock.advance(7);
  shadowing.finish();
  await clock.settle();
  expect(events).toEqual([
    { kind: "shadow-done", model: "doubler", version: "2", result: "agreed", durationMs: 7, difference: 0 },
  ]);
});

test("another answer is measured", async () => {
  const { ask, shadowing, events, clock } = setUp();
  await ask(1, 2);
  const y = new Tensor("float32", [1, 2], Float32Array.of(2, 5));
  shadowing.runs.shift()?.resolve({ outputs: { y }, runMs: 1 });
  await clock.settle();
  expect(events).toMatchObject([{ result: "differed", difference: 0.25 }]);
});

test.each([
  ["noise", 4.0009, "agreed"],
  ["more than noise", 4.0081, "differed"],
  ["NaN", Number.NaN, "differed"],
])("%s", async (_, value, result) => {
  const { ask, shadowing, told, clock } = setUp();
  await ask(1, 2);
  const y = new Tensor("float32", [1, 2], Float32Array.of(2, value));
  shadowing.runs.shift()?.resolve({ outputs: { y }, runMs: 1 });
  await clock.settle();
  expect(told()).toEqual([result]);
});

test("a shadow that fails, dies or is closed is told, and the caller has its answer", async () => {
  const { ask, shadowing, shadowGroup, told, clock } = setUp();
  expect(await ask(1)).toEqual([2]);
  shadowing.die();
  await clock.settle();
  const closing = shadowGroup.close();
  expect(await ask(2)).toEqual([4]);
  await closing;
  expect(told()).toEqual(["failed", "failed"]);
});

test("one that is closed drops the copies that wait, and holds up nobody but by the run that has begun", async () => {
  const { ask, shadow, shadowing, shadowGroup, told, clock } = setUp();
  for (let index = 0; index < 10; index++) expect(await ask(index)).toEqual([index * 2]);
  shadow.close();
  const closing = shadowGroup.close();
  await clock.settle();
  expect(told()).toEqual(Array(10).fill("dropped"));
  expect(shadowing.batches).toEqual([1]);
  shadowing.finish();
  await closing;
  expect(shadowing.batches).toEqual([]);
});

test("one that is closed takes no more copies, also of what was asked before", async () => {
  const { ask, shadow, shadowing, told } = setUp();
  shadow.close();
  expect(await ask(1)).toEqual([2]);
  expect(told()).toEqual(["dropped"]);
  expect(shadowing.batches).toEqual([]);
});

test("what the primary could not answer is not copied", async () => {
  const { ask, shadowing, told } = setUp();
  expect(await ask(-1)).toMatch(/negative/);
  expect(shadowing.batches).toEqual([]);
  expect(told()).toEqual([]);
});

test("a shadow that hangs holds a bounded number of copies, and the rest is dropped", async () => {
  const { ask, told, clock } = setUp();
  for (let index = 0; index < 100; index++) expect(await ask(index)).toEqual([index * 2]);
  expect(told()).toEqual(Array(36).fill("dropped"));
  await clock.advance(30_000);
  expect(told().filter((result) => result === "failed")).toHaveLength(64);
  expect(await ask(7)).toEqual([14]);
  expect(told().filter((result) => result === "dropped")).toHaveLength(36);
});

test("copies are bounded by their bytes, too", async () => {
  const { group, answering, clock, told } = setUp();
  // 24 MB each, with the answer: two fit 64 MiB.
  const x = new Tensor("float32", [1, 3_000_000], new Float32Array(3_000_000));
  for (let index = 0; index < 4; index++) {
    const answer = group.submit({ x }, 1, { signal: forever });
    await clock.settle();
    answering.finish();
    await answer;
    await clock.settle();
  }
  expect(told()).toEqual(["dropped", "dropped"]);
});

test("while others wait for the primary, nothing is copied", async () => {
  const { group, answering, shadowing, told, clock } = setUp();
  const x = (value: number) => ({ x: new Tensor("float32", [1, 1], Float32Array.of(value)) });
  const answers = [1, 2, 3].map((value) => group.submit(x(value), 1, { signal: forever }));
  await clock.settle();
  for (const answer of answers) {
    answering.finish(50);
    await answer;
    await clock.settle();
  }
  expect(told()).toEqual(["dropped"]);
  expect(shadowing.batches).toEqual([1]);
});
