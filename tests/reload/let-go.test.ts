/** Deployments that were replaced: nothing of them is kept, though a model that is kept was opened by the first. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { identityModel, onnxModel } from "../support/onnx-model.js";
import { deployableOf, folderOf, serveFolder } from "../support/service.js";

const model = onnxModel(identityModel("float32[batch, 2]"));
const other = (edition: number): Buffer =>
  onnxModel({
    inputs: { x: "float32[batch, 2]" },
    outputs: { y: "float32[batch, 2]" },
    initializers: [{ name: "c", type: "float32[1]", data: new Uint8Array(Float32Array.of(edition).buffer) }],
    nodes: [{ operator: "Add", inputs: ["x", "c"], outputs: ["y"] }],
  });

/** The models take turns in being kept, so that each was opened beside one of the generation before. */
function generation(number: number): string {
  const spec = `service: replaced
models: { first: { source: first.onnx }, second: { source: second.onnx } }
graphs:
  ask:
    inputs: { x: { type: "float32[2]" } }
    steps: [{ id: a, use: first, with: { x: $x } }, { id: b, use: second, with: { x: $a } }]
    outputs: { y: $b }
endpoints: [{ path: /ask, graph: ask }]
`;
  const edition = Math.floor(number / 2);
  const files = {
    "first.onnx": number === 0 ? model : other(edition + (number % 2)),
    "second.onnx": other(1000 + edition),
  };
  return folderOf({ ...files, "bentofile.yaml": spec });
}

test("goes with its models, plans and answers once its requests are done", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const service = await serveFolder(generation(0));
  const gone = new Map<string, WeakRef<object>>();
  for (let number = 1; number < 8; number++) {
    const before = service.host.current;
    if (before === undefined) throw new Error("there is none");
    gone.set(`engine ${number}`, new WeakRef(before.engine));
    await service.host.deploy(await deployableOf(generation(number)));
    for (const [name, versions] of before.engine.groups) {
      const group = versions.get("1");
      const isKept = service.host.current?.engine.groups.get(name)?.get("1") === group;
      if (group !== undefined && !isKept) gone.set(`${name} of ${number}`, new WeakRef(group));
    }
    await before.closed;
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  collect();
  const held = [...gone].flatMap(([name, each]) => (each.deref() === undefined ? [] : [name]));
  await service.close();
  expect(gone.size).toBe(14);
  // The stack may still hold the last.
  expect(held.filter((name) => !name.endsWith("7"))).toEqual([]);
});
