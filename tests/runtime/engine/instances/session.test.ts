import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Lane } from "../../../../runtime/engine/instances/lane.js";
import type { SessionRequest, WireTensors } from "../../../../runtime/engine/instances/worker-messages.js";
import { type CaseTensor, caseTensors } from "../../../support/case-tensor.js";
import { inRepository } from "../../../support/paths.js";

const models = inRepository("tests", "fixtures", "models");

interface Case {
  readonly name: string;
  readonly inputs?: Readonly<Record<string, CaseTensor>>;
  readonly expected?: Readonly<Record<string, CaseTensor>> & { readonly refuse?: string; readonly found_by?: string };
}
const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(join(models, "faulty", "cases.json"), "utf8"));

const lane = new Lane(() => {});
afterAll(() => lane.close());

function open(name: string, settings: Partial<SessionRequest> = {}): Promise<number> {
  return lane.open({
    file: join(models, "faulty", name),
    device: "cpu",
    intraOpThreads: 1,
    options: {
      graphOptimization: "all",
      executionMode: "sequential",
      memoryPattern: true,
      cpuMemoryArena: true,
      extra: {},
    },
    ...settings,
  });
}

/** Runs a copy, since a lane is given its feeds' buffers. */
async function run(session: number, inputs: Readonly<Record<string, CaseTensor>>): Promise<WireTensors> {
  return (await lane.run(session, wire(inputs))).outputs;
}

function wire(tensors: Readonly<Record<string, CaseTensor>>): WireTensors {
  const made = caseTensors(tensors);
  return Object.fromEntries(
    Object.entries(made).map(([name, { dtype, shape, data }]) => [name, { dtype, shape, data }]),
  );
}

/** onnxruntime-node cuts text at a NUL character: a group refuses it before it gets here. */
function withoutNul(tensors: Readonly<Record<string, CaseTensor>>): Readonly<Record<string, CaseTensor>> {
  const data = (values: CaseTensor["data"]) =>
    values.map((value) => (typeof value === "string" ? value.replace("\0", "") : value));
  return Object.fromEntries(Object.entries(tensors).map(([name, each]) => [name, { ...each, data: data(each.data) }]));
}

const served = cases.filter(
  ({ name, inputs, expected }) => inputs && expected && !expected.refuse && !name.includes("bfloat16"),
);

describe("a session answers", () => {
  test.each(served.map((each) => [each.name, each] as const))("%s", async (name, { inputs = {}, expected = {} }) => {
    const session = await open(name);
    expect(await run(session, withoutNul(inputs))).toEqual(wire(withoutNul(expected)));
    await lane.release(session);
  });
});

describe("a model that does not open", () => {
  test.each([
    ["absent.onnx", "model-missing", /does(n't| not) exist/],
    ["truncated.onnx", "model-unreadable", /Protobuf parsing failed/],
    ["opset_99.onnx", "model-version", /Opset 99/],
    ["ir_version_99.onnx", "model-version", /IR version: 99/],
    ["custom_op.onnx", "model-unknown-operator", /com.example.custom:Swirl/],
    ["unknown_op.onnx", "model-unknown-operator", /Frobnicate/],
    ["dangling_input.onnx", "model-invalid", /nowhere/],
    ["shape_mismatch.onnx", "model-invalid", /Incompatible dimensions/],
    ["type_mismatch.onnx", "model-invalid", /bound to different types/],
    ["missing_external/model.onnx", "model-external-data", /does not exist: "weights.bin"/],
    ["escaping_external/model.onnx", "model-external-data", /escapes model directory/],
    ["short_external/model.onnx", "model-external-data", /out of bounds/],
    ["types/bfloat16.onnx", "model-unsupported-type", /Unsupported data type/],
  ])("%s: %s", async (name, code, message) => {
    await expect(open(name)).rejects.toMatchObject({
      name: "ModelOpenError",
      code,
      message: expect.stringMatching(message),
    });
    await expect(open(name)).rejects.not.toThrow(/onnxruntime_src|\.cc:/);
    await expect(open(name)).rejects.not.toThrow(models);
  });

  test("takes nothing else down", async () => {
    const session = await open("good.onnx");
    await expect(open("custom_op.onnx")).rejects.toThrow("Swirl");
    const { y } = await run(session, { x: { dtype: "float32", shape: [1, 4], data: [1, 1, 1, 1] } });
    expect(y?.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test("a device that is not there", async () => {
    const failure = open("good.onnx", { device: "cuda" });
    await expect(failure).rejects.toMatchObject({ code: "model-no-device" });
  });
});

test("a run that fails says why, and the session goes on", async () => {
  const session = await open("fails_when_run.onnx");
  const feeds = (index: number) =>
    ({
      x: { dtype: "float32", shape: [1, 4], data: [1, 2, 3, 4] },
      i: { dtype: "int64", shape: [1], data: [index] },
    }) as const;
  await expect(run(session, feeds(9))).rejects.toMatchObject({
    code: "model-failed",
    message: "indices element out of data bounds, idx=9 must be within the inclusive range [-4,3]",
  });
  expect(Object.values(await run(session, feeds(-1)))[0]?.data).toHaveLength(1);
});
