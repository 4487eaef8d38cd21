import { Household } from "../../../../runtime/engine/group/household.js";
import type { Placement } from "../../../../runtime/engine/group/model-group.js";
import type { MeasuredRun } from "../../../../runtime/engine/group/run-cost.js";
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const model = planModel(writeModel(identityModel("float32[batch, 4]")), {
  batching: { maxBatchSize: 4, maxQueueDelayMs: 0 },
});
const placed = (intraOpThreads: number): Placement => ({
  device: "cpu",
  instances: 1,
  place: "thread",
  intraOpThreads,
  notes: [],
});

interface Given {
  readonly measured?: readonly MeasuredRun[];
  readonly kept?: ReadonlyMap<number, readonly MeasuredRun[]>;
  readonly measures?: boolean;
  readonly run?: () => Promise<number>;
}

function setUp({ measured, kept = new Map(), measures = true, run = async () => 1 }: Given = {}) {
  const clock = new FakeClock();
  const events: EngineEvent[] = [];
  const found: [threads: number, works: readonly number[]][] = [];
  let [runs, prepared] = [0, 0];
  const household = new Household({
    name: "model",
    model,
    placement: placed(2),
    ...(measured === undefined ? {} : { measured }),
    measures: () => measures,
    chores: {
      recall: async ({ intraOpThreads }) => kept.get(intraOpThreads),
      keep: ({ intraOpThreads }, runsOf) => found.push([intraOpThreads, runsOf.map(({ work }) => work)]),
      prepare: async () => void prepared++,
    },
    isIdle: () => true,
    run: () => {
      runs++;
      return run();
    },
    observer: (event) => events.push(event),
    clock,
  });
  const works = () => household.cost.measured.map(({ work }) => work);
  const quiet = async (): Promise<void> => {
    await clock.settle();
    await clock.advance(300);
    await clock.settle();
  };
  return { clock, quiet, events, found, household, works, runs: () => runs, prepared: () => prepared };
}

test("nothing is measured where runs would not tell, and the model is prepared all the same", async () => {
  const { quiet, runs, works, prepared } = setUp({ measures: false });
  await quiet();
  expect([runs(), works(), prepared()]).toEqual([0, [], 1]);
});

test("what nobody knows is measured once nobody comes, and kept; then the model is prepared", async () => {
  const { quiet, found, works, prepared } = setUp();
  expect([works(), prepared()]).toEqual([[], 0]);
  await quiet();
  expect([works(), found, prepared()]).toEqual([[4, 8, 16], [[2, [4, 8, 16]]], 1]);
});

test("what is known is not measured again", async () => {
  const { quiet, found, works, runs, prepared } = setUp({ measured: [{ work: 7, ms: 1 }] });
  await quiet();
  expect([works(), found, runs(), prepared()]).toEqual([[7], [], 0, 1]);
});

test("on other threads other things are true: they are recalled, or measured anew", async () => {
  const { quiet, found, household, works } = setUp({ kept: new Map([[1, [{ work: 5, ms: 1 }]]]) });
  await quiet();
  household.move(placed(1));
  await quiet();
  expect(works()).toEqual([5]);
  household.move(placed(3));
  expect(works()).toEqual([]);
  await quiet();
  expect([works(), found.map(([threads]) => threads)]).toEqual([
    [4, 8, 16],
    [2, 3],
  ]);
});

test("what was being measured when the threads changed does not count", async () => {
  let finish: (ms: number) => void = () => {};
  const { clock, quiet, found, household, works } = setUp({
    run: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  });
  await quiet();
  household.move(placed(1));
  for (let run = 0; run < 18; run++) {
    finish(1);
    await clock.settle();
  }
  expect([works(), found]).toEqual([[], []]);
});

test("a mistake of ours in it is told, and fails nobody", async () => {
  const error = new TypeError("ours");
  const { quiet, events, works } = setUp({ run: () => Promise.reject(error) });
  await quiet();
  expect([events, works()]).toEqual([[{ kind: "chores-failed", model: "model", error }], []]);
});
