import { readdirSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { servableSignature } from "../../../compiler/models/servable.js";
import { readSignature } from "../../../compiler/models/signature.js";
import { supportedVersions } from "../../../compiler/models/versions.js";
import type { Dim } from "../../../runtime/types/type.js";
import { identityModel, onnxModel } from "../../support/onnx-model.js";
import { inRepository } from "../../support/paths.js";

const models = inRepository("tests", "fixtures", "models");
const good = [
  "digits/cnn.onnx",
  "digits/mlp.onnx",
  "iris/iris.onnx",
  "iris/iris_names.onnx",
  "faulty/good.onnx",
  "faulty/good_external/model.onnx",
  ...readdirSync(join(models, "faulty", "types")).map((name) => `faulty/types/${name}`),
  ...readdirSync(join(models, "faulty", "shapes")).map((name) => `faulty/shapes/${name}`),
].filter((name) => !name.includes("bfloat16"));

/** onnxruntime says `` for an unknown dimension, and [] for an unknown rank. */
function asOnnxruntimeSays(
  values: readonly { name: string; dtype: string; shape: readonly Dim[] | null }[],
): unknown[] {
  return values.map(({ name, dtype, shape }) => ({
    name,
    isTensor: true,
    type: dtype,
    shape: (shape ?? []).map((dim) => dim ?? ""),
  }));
}

describe("the signature agrees with onnxruntime's", () => {
  test.each(good)("%s", async (name) => {
    const result = readSignature(join(models, name));
    const servable = result.ok ? servableSignature(result.signature) : result;
    if (!servable.ok) throw new Error(servable.problem.message);
    const session = await InferenceSession.create(join(models, name), { logSeverityLevel: 4 });
    expect(asOnnxruntimeSays(servable.inputs.filter(({ optional }) => !optional))).toEqual(session.inputMetadata);
    expect(asOnnxruntimeSays(servable.outputs)).toEqual(session.outputMetadata);
    await session.release();
  });
});

describe("the versions that are taken are those that onnxruntime takes", () => {
  const open = (irVersion: number, opset: number) => {
    const model = onnxModel({ ...identityModel("float32[1]"), irVersion, opsets: { "": opset } });
    return InferenceSession.create(model, { logSeverityLevel: 4 }).then((session) => session.release());
  };
  const { irVersion, opset } = supportedVersions;

  test("the newest opens", async () => {
    await expect(open(irVersion, opset)).resolves.toBeUndefined();
  });
  test("a newer IR version does not", async () => {
    await expect(open(irVersion + 1, opset)).rejects.toThrow(/IR version/);
  });
  test("a newer opset does not", async () => {
    await expect(open(irVersion, opset + 1)).rejects.toThrow(/[Oo]pset/);
  });
});
