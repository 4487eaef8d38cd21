import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../../runtime/engine/clock.js";
import { CompileCache } from "../../../../runtime/engine/compiled/compile-cache.js";
import { Kept } from "../../../../runtime/engine/compiled/kept.js";
import type { ModelGroup } from "../../../../runtime/engine/group/model-group.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import type { ProcessInstance } from "../../../../runtime/engine/instances/process-instance.js";
import { Processes } from "../../../../runtime/engine/instances/processes.js";
import { silentObserver } from "../../../../runtime/engine/observer.js";
import { openGroup } from "../../../../runtime/engine/open/open-group.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { type ModelSketch, writeModel } from "../../../support/onnx-model.js";
import { inRepository } from "../../../support/paths.js";
import { planModel } from "../../../support/plan-model.js";
import { temporaryFolder } from "../../../support/temp.js";

const lanes = new Lanes({ cores: 2, observer: silentObserver });
const processes = new Processes();
afterAll(() => lanes.close());

const width = 600;
/** 1.4 MB of weights. */
const wide: ModelSketch = {
  inputs: { x: `float32[batch, ${width}]` },
  outputs: { y: `float32[batch, ${width}]` },
  initializers: [
    {
      name: "w",
      type: `float32[${width}, ${width}]`,
      data: new Uint8Array(Float32Array.from({ length: width * width }, (_, at) => Math.cos(at) / 30).buffer),
    },
  ],
  nodes: [
    { operator: "MatMul", inputs: ["x", "w"], outputs: ["z"] },
    { operator: "Tanh", inputs: ["z"], outputs: ["y"] },
  ],
};

async function open(file: string, folder: string | undefined, settings: Partial<PlanModel> = {}): Promise<ModelGroup> {
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return openGroup({
    name: "model",
    model: planModel(file, settings),
    files: (name) => name,
    fileOf: () => ({ sha256, bytes: bytes.length }),
    lanes,
    processes,
    ...(folder === undefined ? {} : { kept: new Kept(folder, processes) }),
    observer: silentObserver,
    clock: systemClock,
  });
}

async function answer(group: ModelGroup): Promise<Tensor | undefined> {
  const x = new Tensor(
    "float32",
    [1, width],
    Float32Array.from({ length: width }, (_, at) => Math.sin(at)),
  );
  const { y } = await group.submit({ x }, 1, { signal: new AbortController().signal });
  await group.close();
  return y;
}

const entriesOf = (folder: string) => new CompileCache(join(folder, "models"), 1).list();
const two = { instances: [{ count: 2 }] };

test("several instances share one compiled form, which computes the same bits", async () => {
  const file = writeModel(wide);
  const folder = temporaryFolder();
  const plain = await answer(await open(file, undefined, two));
  expect(await answer(await open(file, folder, two))).toEqual(plain);
  expect(await entriesOf(folder)).toMatchObject([{ model: "model", kind: "packed" }]);
  expect(await answer(await open(file, folder))).toEqual(plain);
});

test("one instance opens the model as it is, and takes the compiled form when there is one", async () => {
  const folder = temporaryFolder();
  await (await open(writeModel(wide), folder)).close();
  expect(await entriesOf(folder)).toEqual([]);
});

test("an entry that is damaged is made anew", async () => {
  const file = writeModel(wide);
  const folder = temporaryFolder();
  const plain = await answer(await open(file, folder, two));
  const [entry] = readdirSync(join(folder, "models"));
  const weights = join(folder, "models", entry ?? "", "weights.bin");
  writeFileSync(weights, Buffer.alloc(statSync(weights).size));
  expect(await answer(await open(file, folder, two))).toEqual(plain);
  expect(readFileSync(weights).some((byte) => byte !== 0)).toBe(true);
});

test("options that change the graph have an entry of their own", async () => {
  const file = writeModel(wide);
  const folder = temporaryFolder();
  const { session } = planModel(file);
  await answer(await open(file, folder, two));
  await answer(await open(file, folder, { ...two, session: { ...session, graphOptimization: "basic" } }));
  expect(await entriesOf(folder)).toHaveLength(2);
});

test("a model that changed while it was compiled is not kept", async () => {
  const file = writeModel(wide);
  const folder = temporaryFolder();
  const group = await openGroup({
    name: "model",
    model: planModel(file, two),
    files: (name) => name,
    fileOf: () => ({ sha256: "0".repeat(64), bytes: 2 ** 21 }),
    lanes,
    processes,
    kept: new Kept(folder, processes),
    observer: silentObserver,
    clock: systemClock,
  });
  expect(await answer(group)).toBeInstanceOf(Tensor);
  expect(await entriesOf(folder)).toEqual([]);
});

test("small models are not compiled", async () => {
  const folder = temporaryFolder();
  const small = inRepository("tests", "fixtures", "models", "iris", "iris.onnx");
  await (await open(small, folder, two)).close();
  expect(await entriesOf(folder)).toEqual([]);
});

test("a form that crashes or computes other bits is not used", async () => {
  const encoder = inRepository("examples", "summarization", "models", "all-MiniLM-L6-v2.onnx");
  const folder = temporaryFolder();
  const ids = BigInt64Array.of(101n, 7592n, 2088n, 102n);
  const encode = async (group: ModelGroup) => {
    const feeds = {
      input_ids: new Tensor("int64", [1, 4], ids),
      attention_mask: new Tensor("int64", [1, 4], new BigInt64Array(4).fill(1n)),
      token_type_ids: new Tensor("int64", [1, 4], new BigInt64Array(4)),
    };
    const outputs = await group.submit(feeds, 1, { signal: new AbortController().signal });
    await group.close();
    return outputs;
  };
  // Prepacked weights of this model crash onnxruntime 1.30 when it runs.
  expect(await encode(await open(encoder, folder, two))).toEqual(await encode(await open(encoder, undefined, two)));
  expect(await entriesOf(folder)).toMatchObject([{ kind: "compiled" }]);
});

test("what is being compiled when a service ends is ended with it, and nothing of it is left or held against the model", async () => {
  const file = writeModel(wide);
  const folder = temporaryFolder();
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const model = planModel(file);
  const source = { name: "model", model, files: [{ sha256, bytes: bytes.length, path: file }] };
  const request = { file, device: "cpu", intraOpThreads: 1, options: model.session } as const;
  const opened: ProcessInstance[] = [];
  class Watched extends Processes {
    override async open(...args: Parameters<Processes["open"]>): Promise<ProcessInstance> {
      const instance = await super.open(...args);
      opened.push(instance);
      return instance;
    }
  }
  const kept = new Kept(folder, new Watched());
  const preparing = kept.prepare(request, source);
  while (opened.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await kept.close();
  await preparing;
  expect(opened.map(({ alive }) => alive)).toEqual([false]);
  expect([readdirSync(join(folder, "models")), await entriesOf(folder)]).toEqual([[], []]);
  expect(await kept.prepare(request, source)).toBeUndefined();
  const next = new Kept(folder, processes);
  await next.prepare(request, source);
  expect(await entriesOf(folder)).toMatchObject([{ kind: "packed" }]);
});
