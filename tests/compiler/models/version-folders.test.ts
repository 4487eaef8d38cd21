/** Folders of versions as they lie on the disk: which subfolders are versions, which file is theirs, what is awaited. */
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { compile } from "../../../compiler/compile.js";
import { floats, identityModel, onnxModel } from "../../support/onnx-model.js";
import { type Files, folderOf } from "../../support/service.js";

const model = onnxModel(identityModel("float32[batch, 2]"));
const external = onnxModel({
  inputs: { x: "float32[batch, 2]" },
  outputs: { y: "float32[batch, 2]" },
  initializers: [{ name: "w", type: "float32[2]", data: { location: "parts/weights.bin", length: "8" } }],
  nodes: [{ operator: "Mul", inputs: ["x", "w"], outputs: ["y"] }],
});

const spec = (settings: string) => `
service: versions
models: { reader: ${settings} }
graphs:
  read:
    inputs: { x: { type: "float32[2]" } }
    steps: [{ id: answer, use: reader, with: { x: $x } }]
    outputs: { y: $answer }
endpoints: [{ path: /read, graph: read }]
`;

async function compiled(folder: string, settings: string) {
  const path = join(folder, "bentofile.yaml");
  const { plan, diagnostics, files, awaited } = await compile("bentofile.yaml", path, spec(settings), {
    environment: {},
  });
  const inside = (paths: readonly string[]) => paths.map((file) => relative(folder, file)).sort();
  return {
    versions: plan?.models["reader"]?.versions.map(({ version, file, externalData }) => [
      version,
      file,
      ...externalData,
    ]),
    codes: diagnostics.map(({ code, message }) => `${code}: ${message}`),
    files: inside(files),
    awaited: inside(awaited),
  };
}

const all = "{ source: models/, version_policy: all }";

test("positive integers are versions, in the order of numbers; all else is passed over", async () => {
  const files: Files = Object.fromEntries(
    ["1", "2", "10", "20240131120000", "01", "0", "-1", "1.0", "v3", "4a", "1e3", "1234567890123456"].map((name) => [
      `models/${name}/model.onnx`,
      model,
    ]),
  );
  const folder = folderOf({ ...files, "models/7": "a file", "models/README.md": "text" });
  const { versions, codes } = await compiled(folder, all);
  expect(codes).toEqual([
    'version-set-aside: the folder "1234567890123456" of model "reader" is no version: its number is too large',
  ]);
  expect(versions?.map(([version]) => version)).toEqual(["1", "2", "10", "20240131120000"]);
});

test("a link that leads nowhere is told as one, and is no advice against itself", async () => {
  const folder = folderOf({ "bentofile.yaml": "" });
  symlinkSync("nowhere", join(folder, "models"));
  expect((await compiled(folder, all)).codes).toEqual(['model-missing: "models/" leads to no model']);
});

test("`model.onnx` counts before others, and a single other is it", async () => {
  const folder = folderOf({
    "models/1/model.onnx": model,
    "models/1/old.onnx": model,
    "models/2/digits.onnx": model,
    "models/2/labels.txt": "a\n",
    "models/3/a.onnx": model,
    "models/3/b.onnx": model,
  });
  const { versions, codes } = await compiled(folder, all);
  expect(versions).toEqual([
    ["1", "models/1/model.onnx"],
    ["2", "models/2/digits.onnx"],
  ]);
  expect(codes).toEqual([
    'version-set-aside: version 3 of model "reader" is set aside: there are 2 ONNX files in "models/3"',
  ]);
});

test.each([
  ["by default the newest", "models", ["10"]],
  ["the two newest", "{ source: models, version_policy: { latest: 2 } }", ["3", "10"]],
  ["more than there are", "{ source: models, version_policy: { latest: 9 } }", ["1", "3", "10"]],
  ["some", "{ source: models, version_policy: { specific: [3, 1] } }", ["1", "3"]],
])("%s", async (_, settings, expected) => {
  const folder = folderOf(Object.fromEntries(["1", "3", "10"].map((name) => [`models/${name}/model.onnx`, model])));
  const { versions, codes } = await compiled(folder, settings);
  expect(codes).toEqual([]);
  expect(versions?.map(([version]) => version)).toEqual(expected);
});

test("a link to a folder is a version", async () => {
  const folder = folderOf({ "store/abc/model.onnx": model, "models/1/model.onnx": model });
  symlinkSync(join("..", "store", "abc"), join(folder, "models", "2"));
  expect((await compiled(folder, "models")).versions).toEqual([["2", "models/2/model.onnx"]]);
});

test("external data lies beside each version's model", async () => {
  const weights = floats(1, 2);
  const folder = folderOf({
    "models/1/model.onnx": external,
    "models/1/parts/weights.bin": weights,
    "models/2/model.onnx": external,
    "models/2/parts/weights.bin": weights,
  });
  expect((await compiled(folder, all)).versions).toEqual([
    ["1", "models/1/model.onnx", "models/1/parts/weights.bin"],
    ["2", "models/2/model.onnx", "models/2/parts/weights.bin"],
  ]);
});

describe("a version that is being copied", () => {
  test("is set aside and awaited at every point, and the one before it is served", async () => {
    const folder = folderOf({ "models/1/model.onnx": model });
    const at = (name: string): string => join(folder, "models", "2", name);
    const look = () => compiled(folder, "models");
    const expectAside = async (problem: RegExp, awaited: readonly string[]): Promise<void> => {
      const found = await look();
      expect(found.versions).toEqual([["1", "models/1/model.onnx"]]);
      expect(found.codes).toEqual([expect.stringMatching(problem)]);
      expect(found.awaited).toEqual(awaited);
      expect(found.files).toEqual(expect.arrayContaining(["models", "models/1", "models/1/model.onnx"]));
      expect(found.files.filter((file) => file.startsWith("models/2"))).toEqual([]);
    };
    mkdirSync(at(""));
    await expectAside(/no ONNX file/, ["models/2"]);
    for (const end of [0, 1, 20, external.length - 12, external.length - 1]) {
      writeFileSync(at("model.onnx"), external.subarray(0, end));
      await expectAside(/set aside/, ["models/2", "models/2/model.onnx"]);
    }
    writeFileSync(at("model.onnx"), external);
    await expectAside(/no such file/, ["models/2", "models/2/model.onnx"]);
    mkdirSync(at("parts"));
    writeFileSync(at("parts/weights.bin"), floats(1));
    const parts = ["models/2", "models/2/model.onnx", "models/2/parts", "models/2/parts/weights.bin"];
    await expectAside(/has 4 bytes/, parts);
    appendFileSync(at("parts/weights.bin"), floats(2));
    expect(await look()).toMatchObject({
      codes: [],
      awaited: [],
      versions: [["2", "models/2/model.onnx", "models/2/parts/weights.bin"]],
    });
  });

  test("leaves nothing to serve where it is the only one", async () => {
    const folder = folderOf({ "models/1/model.onnx": model.subarray(0, 30) });
    const { versions, codes, awaited } = await compiled(folder, "models");
    expect(versions).toBeUndefined();
    expect(codes).toEqual([
      'version-missing: the folder "models" holds no version that can be served',
      expect.stringMatching(/^version-set-aside/),
    ]);
    expect(awaited).toEqual(["models/1", "models/1/model.onnx"]);
  });
});

test("a folder without versions is followed for the first to come", async () => {
  const folder = folderOf({ "models/README.md": "soon" });
  const { codes, files } = await compiled(folder, "models");
  expect(codes).toHaveLength(1);
  expect(files).toEqual(expect.arrayContaining(["models", "models/1"]));
});
