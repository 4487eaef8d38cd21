/** What would not answer the spec's own examples does not become live. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SelfTestError } from "../../runtime/server/examples/self-test.js";
import { call } from "../support/http.js";
import { identityModel, onnxModel } from "../support/onnx-model.js";
import { deployableOf, folderOf, serveFolder } from "../support/service.js";

const spec = (expected: number, label = "one") => `service: tested
labels: { label: ${label} }
models: { net: model.onnx }
graphs:
  run:
    inputs: { x: { type: "float32[1]" } }
    steps: [{ id: out, use: net, with: { x: $x } }]
    outputs: { y: $out.y }
  still:
    outputs: { text: hello }
endpoints:
  - { path: /run, graph: run, examples: [{ name: two, inputs: { x: [2] }, expect: { y: [${expected}] } }] }
  - { path: /still, graph: still, examples: [{ name: greeting, inputs: {}, expect: { text: never } }] }
`;
const same = onnxModel(identityModel("float32[batch, 1]"));
const negated = onnxModel({
  inputs: { x: "float32[batch, 1]" },
  outputs: { y: "float32[batch, 1]" },
  nodes: [{ operator: "Neg", inputs: ["x"], outputs: ["y"] }],
});

test("a model that answers an example in another way stays out, until the example says so too", async () => {
  const folder = folderOf({ "bentofile.yaml": spec(2), "model.onnx": same });
  const service = await serveFolder(folder);
  const answer = async () => {
    const { json, headers } = await call(`${service.url}/run`, { body: { x: [2] } });
    return [json, headers["x-ekiben-generation"]];
  };
  try {
    writeFileSync(join(folder, "model.onnx"), negated);
    const refused = service.host.deploy(await deployableOf(folder));
    await expect(refused).rejects.toBeInstanceOf(SelfTestError);
    await expect(refused).rejects.toThrow('example "two" of /run is not answered as expected: /y/0 expected 2, got -2');
    expect(await answer()).toEqual([{ y: [2] }, "1"]);

    writeFileSync(join(folder, "bentofile.yaml"), spec(-2));
    await service.host.deploy(await deployableOf(folder));
    expect(await answer()).toEqual([{ y: [-2] }, "2"]);
  } finally {
    await service.close();
  }
});

test("examples of graphs that have not changed are not asked again", async () => {
  const folder = folderOf({ "bentofile.yaml": spec(2), "model.onnx": same });
  const service = await serveFolder(folder);
  try {
    writeFileSync(join(folder, "bentofile.yaml"), spec(2, "two"));
    await expect(service.host.deploy(await deployableOf(folder))).resolves.toMatchObject({ generation: 2 });
  } finally {
    await service.close();
  }
});

test("each version that answers somebody is asked, and a canary that answers otherwise stays out", async () => {
  const versions = (settings: string) => spec(2).replace("net: model.onnx", `net: { source: models, ${settings} }`);
  const folder = folderOf({
    "bentofile.yaml": versions("version_policy: all"),
    "models/1/model.onnx": same,
    "models/2/model.onnx": same,
  });
  const service = await serveFolder(folder);
  const deploy = async (settings: string) => {
    writeFileSync(join(folder, "bentofile.yaml"), versions(settings));
    return service.host.deploy(await deployableOf(folder));
  };
  try {
    mkdirSync(join(folder, "models/3"));
    writeFileSync(join(folder, "models/3/model.onnx"), negated);
    await expect(deploy("version_policy: all, traffic: { 1: 99.9, 3: 0.1 }")).rejects.toThrow(
      'example "two" of /run is not answered as expected by net=3: /y/0 expected 2, got -2',
    );
    // A shadow answers nobody.
    await expect(deploy("version_policy: all, shadow: 3")).resolves.toMatchObject({ generation: 2 });
    await expect(deploy("version_policy: all, traffic: { 1: 50, 2: 50 }")).resolves.toMatchObject({ generation: 3 });
  } finally {
    await service.close();
  }
});
