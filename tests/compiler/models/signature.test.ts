import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readSignature, type Signature } from "../../../compiler/models/signature.js";
import { printOnnxType } from "../../../compiler/models/value-type.js";
import { floats, identityModel, type ModelSketch, writeModel } from "../../support/onnx-model.js";
import { inRepository } from "../../support/paths.js";

const models = inRepository("tests", "fixtures", "models");

function signatureOf(model: ModelSketch | string): Signature {
  const result = readSignature(typeof model === "string" ? join(models, model) : writeModel(model));
  if (!result.ok) throw new Error(result.problem.message);
  return result.signature;
}

function printValues(values: Signature["inputs"] | Signature["outputs"]): Record<string, string> {
  return Object.fromEntries(values.map(({ name, type }) => [name, printOnnxType(type)]));
}

describe("a signature", () => {
  test("holds what the file declares", () => {
    expect(signatureOf("digits/cnn.onnx")).toEqual({
      irVersion: 8,
      producer: "make_digits",
      opsets: [{ domain: "", version: 17 }],
      inputs: [
        {
          name: "pixels",
          type: { kind: "tensor", elementType: "float32", shape: ["batch", 1, 8, 8] },
          optional: false,
        },
      ],
      outputs: [{ name: "logits", type: { kind: "tensor", elementType: "float32", shape: ["batch", 10] } }],
      externalData: [],
      halfBytes: 0,
      externalFiles: [],
      operators: [":Conv", ":Flatten", ":Gemm", ":Relu"],
    });
  });

  test.each([
    "float32[batch, 3, 224, 224]",
    "int64[]",
    "float16[...]",
    "bfloat16[?, 4]",
    "float8e4m3fn[1]",
    "int4[a, b]",
    "complex64[0]",
    "string[n]",
    "sequence<float32[?, 2]>",
    "sequence<map<int64, float32>>",
    "map<string, int64>",
    "optional<sequence<int32[...]>>",
    "sparse<float64[3, 3]>",
    "undeclared",
    "type 63[1]",
  ])("reads the type %s", (type) => {
    const { inputs, outputs } = signatureOf(identityModel(type));
    expect([printValues(inputs), printValues(outputs)]).toEqual([{ x: type }, { y: type }]);
  });

  test("a negative dimension and one with an empty name are unknown", () => {
    expect(printValues(signatureOf(identityModel("float32[-1, , 4]")).inputs)).toEqual({ x: "float32[?, ?, 4]" });
  });

  test("an input with an initializer is optional from IR version 4, and no input before", () => {
    const sketch: ModelSketch = {
      inputs: { x: "float32[1]", factor: "float32[1]" },
      outputs: { y: "float32[1]" },
      initializers: [{ name: "factor", type: "float32[1]", data: floats(3) }],
      nodes: [{ operator: "Mul", inputs: ["x", "factor"], outputs: ["y"] }],
    };
    const now = signatureOf(sketch).inputs.map(({ name, optional }) => [name, optional]);
    expect(now).toEqual([
      ["x", false],
      ["factor", true],
    ]);
    expect(signatureOf({ ...sketch, irVersion: 3 }).inputs.map(({ name }) => name)).toEqual(["x"]);
  });

  test("names the operators of nested graphs, and the domains and opsets of all", () => {
    const inner: ModelSketch = { nodes: [{ operator: "Swirl", domain: "com.example", inputs: [], outputs: ["a"] }] };
    const signature = signatureOf({
      opsets: { "": 17, "ai.onnx.ml": 3 },
      outputs: { y: "float32[1]" },
      nodes: [{ operator: "If", inputs: ["c"], outputs: ["y"], attributes: { then_branch: inner, axis: 1 } }],
    });
    expect(signature.operators).toEqual([":If", "com.example:Swirl"]);
    expect(signature.opsets).toEqual([
      { domain: "", version: 17 },
      { domain: "ai.onnx.ml", version: 3 },
    ]);
  });

  test("finds weights outside the file, also those of nested graphs, and where they lie", () => {
    const outside = (name: string, location: string, more: Record<string, string> = {}): ModelSketch => ({
      initializers: [{ name, type: "float32[2, 2]", data: { location, ...more } }],
    });
    const path = writeModel(
      {
        ...outside("w", "a.bin", { offset: "4", length: "16" }),
        outputs: { y: "float32[1]" },
        nodes: [{ operator: "If", inputs: [], outputs: ["y"], attributes: { then_branch: outside("v", "b.bin") } }],
      },
      { "a.bin": new Uint8Array(20), "b.bin": new Uint8Array(16) },
    );
    expect(readSignature(path)).toMatchObject({
      ok: true,
      signature: {
        externalData: [
          { tensor: "v", location: "b.bin", offset: 0, length: 16 },
          { tensor: "w", location: "a.bin", offset: 4, length: 16 },
        ],
        externalFiles: ["b.bin", "a.bin"],
      },
    });
  });

  test("the weights of a model that is a link may lie where the model really is", () => {
    const real = join(models, "faulty", "good_external");
    const path = writeModel(Buffer.alloc(0));
    const link = `${path}.link.onnx`;
    symlinkSync(join(real, "model.onnx"), link);
    symlinkSync(join(real, "weights.bin"), join(path, "..", "weights.bin"));
    expect(readSignature(link)).toMatchObject({ ok: true, signature: { externalFiles: ["weights.bin"] } });
  });

  test("is read without reading the weights", () => {
    const path = writeModel({
      ...identityModel("float32[n, 4]"),
      initializers: [{ name: "w", type: "float32[12500000]", data: new Uint8Array(50_000_000) }],
    });
    const before = process.resourceUsage();
    expect(readSignature(path).ok).toBe(true);
    // Reading 50 MB would take as much memory, or thousands of windows of 16 KB with a switch to the kernel each.
    expect(process.resourceUsage().maxRSS - before.maxRSS).toBeLessThan(20_000);
    rmSync(path);
  });
});
