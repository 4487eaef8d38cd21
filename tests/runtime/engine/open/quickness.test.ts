import { systemClock } from "../../../../runtime/engine/clock.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import { MainInstance } from "../../../../runtime/engine/instances/main-instance.js";
import { Processes } from "../../../../runtime/engine/instances/processes.js";
import { openGroup } from "../../../../runtime/engine/open/open-group.js";
import { isQuick, mayBeQuick } from "../../../../runtime/engine/open/quickness.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { HandDrivenInstance } from "../../../support/hand-driven.js";
import { floats, identityModel, type ModelSketch, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";
import { eatingModel, loopModel } from "../../../support/troubled-models.js";

const batching = { maxBatchSize: 8, maxQueueDelayMs: 0 };
const doubling: ModelSketch = {
  inputs: { x: "float32[batch, 1]" },
  outputs: { y: "float32[batch, 1]" },
  initializers: [{ name: "two", type: "float32[1]", data: floats(2) }],
  nodes: [{ operator: "Mul", inputs: ["x", "two"], outputs: ["y"] }],
};

/** 8 rows through 200 matrices of 480 x 480, which are one: far from microseconds, in a small file. */
const slow: ModelSketch = {
  inputs: { x: "float32[batch, 480]" },
  outputs: { y: "float32[batch, 480]" },
  initializers: [{ name: "w", type: "float32[480, 480]", data: new Uint8Array(480 * 480 * 4) }],
  nodes: Array.from({ length: 200 }, (_, layer) => ({
    operator: "MatMul",
    inputs: [layer === 0 ? "x" : `h${layer}`, "w"],
    outputs: [layer === 199 ? "y" : `h${layer + 1}`],
  })),
};

describe("the main thread may run", () => {
  test.each<[string, ModelSketch, Partial<PlanModel>, boolean, boolean]>([
    ["a model of fixed dimensions whose rows are bounded by its batches", doubling, {}, true, true],
    ["not one whose rows nothing bounds", doubling, {}, false, false],
    ["one without rows", identityModel("float32[3, 4]"), {}, false, true],
    ["not one whose dimensions the caller chooses", identityModel("float32[batch, width]"), {}, true, false],
    ["not one of unknown rank", identityModel("float32[...]"), {}, true, false],
    ["not one of text", identityModel("string[batch, 1]"), {}, true, false],
    ["not one that repeats by a value", loopModel(), {}, true, false],
    ["not one whose result a value sizes", eatingModel(), {}, true, false],
    ["not one of several instances", doubling, { instances: [{ count: 2 }] }, true, false],
  ])("%s", (_, sketch, settings, shares, may) => {
    const file = writeModel(sketch);
    expect(mayBeQuick(planModel(file, { batching, ...settings }), { externalData: [] }, file, shares)).toBe(may);
  });

  test("not one with weights elsewhere", () => {
    const file = writeModel(doubling);
    expect(mayBeQuick(planModel(file, { batching }), { externalData: ["weights"] }, file, true)).toBe(false);
  });

  test.each([
    ["one of which the quickest full batch took 0.2 ms", [0.9, 0.2, 5, 1, 1], true],
    ["not one of which none did", [0.3, 0.21, 5, 1, 1], false],
  ])("%s", async (_, runsMs, quick) => {
    const instance = new HandDrivenInstance();
    const asked = isQuick(instance, planModel(writeModel(doubling), { batching }));
    for (const runMs of runsMs) {
      await new Promise(setImmediate);
      expect(instance.batches).toEqual([8]);
      instance.finish(runMs);
    }
    expect(await asked).toBe(quick);
  });
});

test("an instance on the main thread gives what the model gives, and fails with what it says", async () => {
  const file = writeModel(doubling);
  const options = planModel(file).session;
  const instance = await MainInstance.open({ file, device: "cpu", intraOpThreads: 1, options });
  const { outputs } = await instance.run({ x: new Tensor("float32", [2, 1], Float32Array.of(1, 2)) });
  expect(outputs["y"]).toEqual(new Tensor("float32", [2, 1], Float32Array.of(2, 4)));
  const wrong = instance.run({ x: new Tensor("int32", [1, 1], Int32Array.of(1)) });
  await expect(wrong).rejects.toMatchObject({ code: "model-failed" });
  await instance.close();
});

test.each([
  ["stays in its thread where a batch takes long", slow, true],
  ["stays in its thread where nothing is measured", doubling, false],
])("a model %s", async (_, sketch, measures) => {
  const lanes = new Lanes({ cores: 1 });
  const group = await openGroup({
    name: "model",
    model: planModel(writeModel(sketch), { batching: { maxBatchSize: 64, maxQueueDelayMs: 0 } }),
    files: (name) => name,
    doesChores: measures,
    lanes,
    processes: new Processes(),
    observer: () => {},
    clock: systemClock,
  });
  expect(group.placement?.place).toBe("thread");
  await group.close();
  await lanes.close();
});
