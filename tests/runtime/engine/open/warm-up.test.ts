import { warmUp } from "../../../../runtime/engine/open/warm-up.js";
import { warmUpFeeds } from "../../../../runtime/engine/open/warm-up-feeds.js";
import { EkibenError } from "../../../../runtime/errors.js";
import type { ModelValue, PlanModel, PlanWarmup } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { HandDrivenInstance } from "../../../support/hand-driven.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const ids: ModelValue = { name: "ids", dtype: "int64", shape: ["batch", "sequence"], batchable: true };
const mask: ModelValue = { ...ids, name: "mask", dtype: "float32" };
const scale: ModelValue = { name: "scale", dtype: "float32", shape: [1] };

const shapesOf = (inputs: readonly ModelValue[], warmup: PlanWarmup) =>
  Object.entries(warmUpFeeds("model", inputs, warmup)).map(([name, { shape }]) => `${name} ${shape.join("x")}`);

describe("what a warm-up run is fed", () => {
  test("zeros of so many rows, where nothing is said", () => {
    const feeds = warmUpFeeds("model", [ids, scale], { batchSize: 3, inputs: {} });
    expect(feeds["ids"]).toEqual(new Tensor("int64", [3, 8], new BigInt64Array(24)));
    expect(feeds["scale"]).toEqual(new Tensor("float32", [1], new Float32Array(1)));
  });

  test("one row is repeated, and tells the sizes of the others", () => {
    expect(shapesOf([ids, mask], { batchSize: 4, inputs: { ids: [1, 2, 3], mask: "random" } })).toEqual([
      "ids 4x3",
      "mask 4x3",
    ]);
  });

  test("all rows are taken as they are", () => {
    expect(shapesOf([ids, mask], { batchSize: 4, inputs: { ids: [[1], [2]] } })).toEqual(["ids 2x1", "mask 2x1"]);
  });

  test("random is of many values", () => {
    const { mask: made } = warmUpFeeds("model", [mask], { batchSize: 2, inputs: { mask: "random" } });
    expect(new Set(Array.from(made?.data ?? [], Number)).size).toBeGreaterThan(8);
  });

  test("what does not fit is said", () => {
    expect(() => warmUpFeeds("model", [scale], { batchSize: 1, inputs: { scale: [1, 2] } })).toThrow(EkibenError);
  });
});

describe("warming up", () => {
  const model = (warmup: PlanModel["warmup"]): PlanModel =>
    planModel(writeModel(identityModel("float32[batch, 2]")), warmup === undefined ? {} : { warmup });
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test("runs one row where nothing is declared, and a failure does not matter", async () => {
    const instance = new HandDrivenInstance();
    const warmed = warmUp(instance, "doubler", model(undefined));
    expect(instance.batches).toEqual([1]);
    instance.runs.shift()?.reject(new EkibenError("model-failed", "not that"));
    await settled();
    instance.finish();
    await warmed;
  });

  test("runs what is declared, in order", async () => {
    const instance = new HandDrivenInstance();
    const warmed = warmUp(
      instance,
      "doubler",
      model([
        { batchSize: 2, inputs: {} },
        { batchSize: 5, inputs: {} },
      ]),
    );
    const batches: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      batches.push(...instance.batches);
      instance.finish();
      await settled();
    }
    await warmed;
    expect(batches).toEqual([2, 5]);
  });

  test("a declared run that fails keeps the model from being served", async () => {
    const instance = new HandDrivenInstance();
    const warmed = warmUp(instance, "doubler", model([{ batchSize: 1, inputs: { x: [1, -1] } }]));
    instance.finish();
    await expect(warmed).rejects.toMatchObject({
      code: "model-warmup",
      message: "Its warm-up run 1 failed: it is negative",
    });
  });
});
