import { rmSync } from "node:fs";
import { systemClock } from "../../../../runtime/engine/clock.js";
import type { Lane } from "../../../../runtime/engine/instances/lane.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import { Processes } from "../../../../runtime/engine/instances/processes.js";
import { silentObserver } from "../../../../runtime/engine/observer.js";
import { type OpenedInstances, openInstances } from "../../../../runtime/engine/open/open-instances.js";
import type { OpenGroupOptions } from "../../../../runtime/engine/open/open-options.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { type ModelSketch, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const doubling: ModelSketch = {
  inputs: { x: "float32[batch, 1]" },
  outputs: { y: "float32[batch, 1]" },
  nodes: [{ operator: "Add", inputs: ["x", "x"], outputs: ["y"] }],
};

/** Lanes that tell where each session came to, and how much the lanes before it had still to do then. */
class WatchedLanes extends Lanes {
  readonly placed: Lane[] = [];
  readonly busy: number[] = [];
  onPlace: () => void = () => {};

  override place(...args: Parameters<Lanes["place"]>): Lane {
    this.onPlace();
    this.busy.push(this.placed.reduce((sum, { load }) => sum + load, 0));
    const lane = super.place(...args);
    this.placed.push(lane);
    return lane;
  }
}

/** Processes that tell how many others were being opened when each was. */
class WatchedProcesses extends Processes {
  readonly busy: number[] = [];
  #opening = 0;

  override async open(...args: Parameters<Processes["open"]>): ReturnType<Processes["open"]> {
    this.busy.push(this.#opening++);
    try {
      return await super.open(...args);
    } finally {
      this.#opening--;
    }
  }
}

const opened: OpenedInstances[] = [];
const used: Lanes[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await Promise.all(one.opened.map(({ instance }) => instance.close()));
  await Promise.all(used.splice(0).map((lanes) => lanes.close()));
});

function lanesOf(cores: number): WatchedLanes {
  const lanes = new WatchedLanes({ cores });
  used.push(lanes);
  return lanes;
}

async function open(
  lanes: Lanes,
  settings: Partial<PlanModel>,
  { file = writeModel(doubling), ...options }: Partial<OpenGroupOptions> & { readonly file?: string } = {},
): Promise<OpenedInstances["opened"]> {
  const found = await openInstances({
    name: "model",
    model: planModel(file, settings),
    files: (name) => name,
    lanes,
    processes: new Processes(),
    observer: silentObserver,
    clock: systemClock,
    ...options,
  });
  opened.push(found);
  return found.opened;
}

test("the first instance opens alone, and the others side by side in lanes that hold nothing", async () => {
  const lanes = lanesOf(4);
  expect(await open(lanes, { instances: [{ count: 4 }] })).toHaveLength(4);
  expect(lanes.busy).toEqual([0, 0, 1, 2]);
  expect(new Set(lanes.placed).size).toBe(4);
});

test("where each lane holds a session already, one opens after the other, so that the others go on working", async () => {
  const lanes = lanesOf(3);
  await open(lanes, { instances: [{ count: 3 }] });
  lanes.busy.length = 0;
  await open(lanes, { instances: [{ count: 3 }] });
  expect(lanes.busy).toEqual([0, 0, 0]);
  expect(lanes.room).toBe(0);
});

test("so many open side by side as there are empty lanes, each in a lane of its own", async () => {
  const lanes = lanesOf(4);
  await open(lanes, {});
  lanes.busy.length = 0;
  lanes.placed.length = 0;
  await open(lanes, { instances: [{ count: 4 }] });
  expect(lanes.busy).toEqual([0, 0, 1, 0]);
  expect(new Set(lanes.placed).size).toBe(4);
});

test("those that open side by side have memory for what they take for a moment; where there is none, one opens after the other", async () => {
  const lanes = lanesOf(4);
  const reserved: (number | string)[] = [];
  const reserve = async (instances: number) => {
    reserved.push(instances);
    return { release: () => void reserved.push("released"), offer: () => {} };
  };
  await open(lanes, { instances: [{ count: 4 }] }, { reserve });
  expect([lanes.busy, reserved]).toEqual([
    [0, 0, 1, 2],
    [2, "released"],
  ]);
  const tight = lanesOf(4);
  await open(tight, { instances: [{ count: 4 }] }, { reserve: () => Promise.reject(new Error("there is none")) });
  expect(tight.busy).toEqual([0, 0, 0, 0]);
});

test("the first of each kind of instances opens alone", async () => {
  const lanes = lanesOf(4);
  await open(lanes, { instances: [{ count: 1, device: "cpu" }, { count: 3 }] });
  expect(lanes.busy).toEqual([0, 0, 0, 1]);
});

test("processes open side by side too", async () => {
  const processes = new WatchedProcesses();
  await open(lanesOf(3), { instances: [{ count: 3 }], isolation: "process" }, { processes });
  expect(processes.busy).toEqual([0, 0, 1]);
});

test("where one of those that open side by side fails, none is left open", async () => {
  const lanes = lanesOf(3);
  const file = writeModel(doubling);
  lanes.onPlace = () => {
    if (lanes.placed.length === 2) rmSync(file);
  };
  await expect(open(lanes, { instances: [{ count: 3 }] }, { file })).rejects.toThrow("model");
  expect(lanes.room).toBe(3);
});
