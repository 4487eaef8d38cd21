import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../../runtime/engine/clock.js";
import type { ModelGroup } from "../../../../runtime/engine/group/model-group.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import { Processes } from "../../../../runtime/engine/instances/processes.js";
import { type EngineEvent, silentObserver } from "../../../../runtime/engine/observer.js";
import { openGroup } from "../../../../runtime/engine/open/open-group.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { caseTensor } from "../../../support/case-tensor.js";
import { floats, ints, type ModelSketch, writeModel } from "../../../support/onnx-model.js";
import { inRepository } from "../../../support/paths.js";
import { planModel } from "../../../support/plan-model.js";

const models = inRepository("tests", "fixtures", "models");
const forever = new AbortController().signal;
const batching = { maxBatchSize: 8, maxQueueDelayMs: 0 };

const events: EngineEvent[] = [];
const lanes = new Lanes({ cores: 2, observer: silentObserver });
const groups: ModelGroup[] = [];
afterEach(() => events.splice(0));
afterAll(async () => {
  await Promise.all(groups.map((group) => group.close()));
  await lanes.close();
});

async function open(model: string | ModelSketch, settings: Partial<PlanModel> = {}): Promise<ModelGroup> {
  const file = typeof model === "string" ? join(models, model) : writeModel(model);
  const observer = (event: EngineEvent) => events.push(event);
  const plan = planModel(file, settings);
  const group = await openGroup({
    name: "model",
    model: plan,
    files: (name) => name,
    lanes,
    processes: new Processes(),
    observer,
    clock: systemClock,
  });
  groups.push(group);
  return group;
}

function matrix(rows: number, width: number, value = 1): Tensor {
  return new Tensor("float32", [rows, width], new Float32Array(rows * width).fill(value));
}

interface Recorded {
  readonly inputs: Readonly<Record<string, Parameters<typeof caseTensor>[0]>>;
  readonly expected: Readonly<Record<string, Parameters<typeof caseTensor>[0]>>;
}

test("64 flowers at once get the answers that each gets alone", async () => {
  const group = await open("iris/iris.onnx", { batching });
  const flowers = Array.from(
    { length: 64 },
    (_, index) =>
      new Tensor("float32", [1, 4], Float32Array.of(4 + index / 16, 2 + (index % 7) / 3, 1 + index / 10, index / 25)),
  );
  const submit = (flower: Tensor) => group.submit({ float_input: flower }, 1, { signal: forever });
  const together = await Promise.all(flowers.map(submit));
  for (const [index, flower] of flowers.entries()) {
    const alone = await submit(flower);
    expect(together[index]?.["label"]).toEqual(alone["label"]);
    // onnxruntime multiplies a matrix of several rows in another order than a vector: the last bits differ.
    for (const [at, value] of Array.from(alone["probabilities"]?.data ?? [], Number).entries())
      expect(together[index]?.["probabilities"]?.data[at]).toBeCloseTo(value, 6);
  }
  const batches = events.flatMap((event) => (event.kind === "batch-done" ? [event.items] : []));
  expect(batches.slice(0, 8)).toEqual(Array(8).fill(8));
  expect(batches.slice(8)).toEqual(Array(64).fill(1));
});

test("a digit is read as scikit-learn reads it, also from a batch larger than the largest", async () => {
  const { cases }: { cases: readonly (Recorded & { model: string })[] } = JSON.parse(
    readFileSync(join(models, "digits", "cases.json"), "utf8"),
  );
  const recorded = cases.find(({ inputs }) => inputs?.["pixels"]?.shape.length === 2);
  if (recorded?.inputs["pixels"] === undefined) throw new Error("there is a case of the MLP");
  const pixels = caseTensor(recorded.inputs["pixels"]);
  const group = await open("digits/mlp.onnx", { batching: { maxBatchSize: 3, maxQueueDelayMs: 0 } });
  const { label } = await group.submit({ pixels }, pixels.shape[0] ?? 0, { signal: forever });
  expect(label?.data).toEqual(recorded.expected["label"] && caseTensor(recorded.expected["label"]).data);
});

describe("outputs", () => {
  test("with the inputs' row dimension, or one that follows it, are rows", async () => {
    const group = await open({
      inputs: { x: "float32[batch, 2]" },
      outputs: { same: "float32[batch, 2]", other: "float32[n, 2]" },
      nodes: [
        { operator: "Neg", inputs: ["x"], outputs: ["same"] },
        { operator: "Abs", inputs: ["x"], outputs: ["other"] },
      ],
    });
    expect([group.outputRows("same"), group.outputRows("other")]).toEqual(["rows", "rows"]);
  });

  test("whose first dimension does not follow the rows are given whole, and such a model is not batched", async () => {
    const group = await open("faulty/shapes/unbatched_output.onnx", { batching });
    expect([group.outputRows("y"), group.outputRows("shape")]).toEqual(["rows", "whole"]);
    const results = await Promise.all(
      [1, 2].map((rows) => group.submit({ x: matrix(rows, 4) }, rows, { signal: forever })),
    );
    expect(results.map(({ shape }) => Array.from(shape?.data ?? [], Number))).toEqual([
      [1, 4],
      [2, 4],
    ]);
  });

  test("that a made-up input cannot tell about count as whole, and the model is served", async () => {
    const group = await open(
      {
        inputs: { x: "float32[batch, width]" },
        outputs: { y: "float32[n, 7]" },
        initializers: [
          { name: "shape", type: "int64[2]", data: ints(-1, 7) },
          { name: "w", type: "float32[7, 7]", data: floats(...Array<number>(49).fill(0)) },
        ],
        nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
      },
      { batching },
    );
    expect(group.outputRows("y")).toBe("whole");
    const { y } = await group.submit({ x: matrix(3, 7) }, 3, { signal: forever });
    expect(y?.shape).toEqual([3, 7]);
  });
});

describe("an output that contradicts the signature is no answer", () => {
  const expand: ModelSketch = {
    inputs: { x: "float32[batch, 1]", sizes: "int64[2]" },
    outputs: { y: "float32[batch, 1]" },
    nodes: [{ operator: "Expand", inputs: ["x", "sizes"], outputs: ["y"] }],
  };
  const sizes = (rows: number, width: number) =>
    new Tensor("int64", [2], BigInt64Array.of(BigInt(rows), BigInt(width)));

  test.each([["alone", {}] as const, ["in a batch", { batching }] as const])(
    "in a fixed dimension, %s",
    async (_, settings) => {
      const group = await open(expand, settings);
      const submit = (width: number) =>
        group.submit({ x: matrix(1, 1), sizes: sizes(1, width) }, 1, { signal: forever });
      const wrong = [submit(3), submit(3)].map((answer) =>
        expect(answer).rejects.toMatchObject({
          code: "model-failed",
          message:
            'Model "model" failed on this input: its output "y" is float32[1, 3], and its signature says float32[batch, 1].',
        }),
      );
      expect((await submit(1))["y"]).toEqual(matrix(1, 1));
      await Promise.all(wrong);
    },
  );

  test("in its rank", async () => {
    const group = await open({
      inputs: { x: "float32[batch, 4]", sizes: "int64[rank]" },
      outputs: { y: "float32[batch, 4]" },
      nodes: [{ operator: "Reshape", inputs: ["x", "sizes"], outputs: ["y"] }],
    });
    const shape = new Tensor("int64", [3], BigInt64Array.of(2n, 2n, 2n));
    await expect(group.submit({ x: matrix(2, 4), sizes: shape }, null, { signal: forever })).rejects.toThrow(
      'its output "y" is float32[2, 2, 2], and its signature says float32[batch, 4]',
    );
  });

  test("but not in the number of rows, which exporters write as the one that they tried", async () => {
    const group = await open({ ...expand, outputs: { y: "float32[1, 1]" } }, { batching });
    const submit = () => group.submit({ x: matrix(1, 1), sizes: sizes(1, 1) }, 1, { signal: forever });
    expect((await submit())["y"]).toEqual(matrix(1, 1));
    const { y } = await group.submit({ x: matrix(1, 1), sizes: sizes(5, 1) }, null, { signal: forever });
    expect(y?.shape).toEqual([5, 1]);
  });

  test("a named dimension has the size that the run gives it", async () => {
    const group = await open(expand);
    const { y } = await group.submit({ x: matrix(1, 1), sizes: sizes(5, 1) }, null, { signal: forever });
    expect(y?.shape).toEqual([5, 1]);
  });
});

test("inputs without rows are shared only with those equal to them", async () => {
  const group = await open(
    {
      inputs: { x: "float32[batch, 2]", factor: "float32[]" },
      outputs: { y: "float32[batch, 2]" },
      nodes: [{ operator: "Mul", inputs: ["x", "factor"], outputs: ["y"] }],
    },
    { batching },
  );
  const submit = (factor: number) =>
    group.submit({ x: matrix(1, 2), factor: new Tensor("float32", [], Float32Array.of(factor)) }, 1, {
      signal: forever,
    });
  const results = await Promise.all([2, 3, 2, 3, 2].map(submit));
  expect(results.map(({ y }) => Array.from(y?.data ?? [], Number))).toEqual([
    [2, 2],
    [3, 3],
    [2, 2],
    [3, 3],
    [2, 2],
  ]);
  expect(events.flatMap((event) => (event.kind === "batch-done" ? [event.items] : []))).toEqual([3, 2]);
});

test("a request that the model cannot take fails alone among its batch", async () => {
  const group = await open("faulty/fails_when_run.onnx");
  const submit = (index: number) =>
    group.submit({ x: matrix(1, 4), i: new Tensor("int64", [1], BigInt64Array.of(BigInt(index))) }, null, {
      signal: forever,
    });
  const outcomes = await Promise.allSettled([0, 9, 3].map(submit));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a value for an input that onnxruntime-node cannot set is refused, not ignored", async () => {
  const group = await open("faulty/shapes/optional_initializer.onnx");
  const { y } = await group.submit({ x: matrix(1, 2) }, null, { signal: forever });
  expect(y?.data).toEqual(Float32Array.of(3, 3));
  const factor = new Tensor("float32", [1], Float32Array.of(7));
  await expect(group.submit({ x: matrix(1, 2), factor }, null, { signal: forever })).rejects.toThrow(
    /"factor".*always has the value/,
  );
});

test("text with a NUL character, at which onnxruntime-node cuts, is refused", async () => {
  const group = await open("faulty/types/string.onnx");
  const x = new Tensor("string", [1, 4], ["", "é", "日本\n", "😀\0"]);
  await expect(group.submit({ x }, null, { signal: forever })).rejects.toMatchObject({ code: "invalid-input" });
});

describe("devices", () => {
  test("are tried in order, and why one is not used is told", async () => {
    await open("faulty/good.onnx", { devices: ["tensorrt", "cuda", "cpu"] });
    expect(events).toContainEqual({
      kind: "model-opened",
      model: "model",
      device: "cpu",
      instances: 1,
      place: "thread",
      intraOpThreads: 2,
      notes: [
        expect.stringMatching(/^Device "tensorrt" does not work here: .*\. It needs an NVIDIA GPU/),
        expect.stringMatching(/^Device "cuda" does not work here: .*\. It needs an NVIDIA GPU/),
      ],
    });
  });

  test("none of which works are a failure, with every reason", async () => {
    const failure = open("faulty/good.onnx", { devices: ["tensorrt", "cuda"] });
    await expect(failure).rejects.toMatchObject({
      code: "model-no-device",
      message: expect.stringMatching(/"tensorrt".*"cuda"/),
    });
  });

  test("do not hide that the model itself is wrong", async () => {
    await expect(open("faulty/shape_mismatch.onnx")).rejects.toMatchObject({ code: "model-invalid" });
  });
});

test("two instances run in two lanes; more than there are cores are not opened", async () => {
  const group = await open("faulty/good.onnx", { batching, instances: [{ count: 3 }] });
  const [opened] = events;
  expect(opened).toMatchObject({ kind: "model-opened", instances: 2 });
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, value) => group.submit({ x: matrix(1, 4, value) }, 1, { signal: forever })),
  );
  expect(results.map(({ y }) => y?.data[0])).toEqual(Array.from({ length: 100 }, (_, value) => value));
});
