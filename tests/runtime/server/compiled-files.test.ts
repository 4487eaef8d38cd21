/** A compiled service serves the files that were compiled, or says which is another, and does not start. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, listening, startChild } from "../../support/child.js";
import { compiled } from "../../support/compiled-service.js";
import { call } from "../../support/http.js";
import { identityModel, onnxModel } from "../../support/onnx-model.js";
import { inRepository } from "../../support/paths.js";
import { folderOf } from "../../support/service.js";
import { scaled } from "../../support/version-models.js";

const spec = (residency: string) => `
service: filed
models: { fast: { source: fast, version_policy: all, residency: ${residency} }, same: same.onnx }
graphs:
  run:
    inputs: { x: { type: "float32[2]" } }
    steps:
      - { id: fast, use: fast, with: { x: $x } }
      - { id: same, use: same, with: { x: $x } }
      - { id: named, use: classify.top_k, with: { logits: $x, k: 1, labels: names.txt } }
    outputs: { y: $fast.y, same: $same.y, named: $named }
endpoints: [{ path: /run, graph: run }]
`;

function compile(residency = "always"): string {
  return compiled(
    folderOf({
      "bentofile.yaml": spec(residency),
      "fast/1/model.onnx": scaled(1),
      "fast/2/model.onnx": scaled(2),
      "same.onnx": onnxModel(identityModel("float32[batch, 2]")),
      "names.txt": "left\nright\n",
    }),
  );
}

/** The path of the file that was compiled from these bytes. */
function fileOf(folder: string, within: string, bytes: Uint8Array | string): string {
  const wanted = Buffer.from(bytes);
  const paths = readdirSync(join(folder, within)).map((name) => join(folder, within, name));
  const found = paths.find((path) => wanted.equals(readFileSync(path)));
  if (found === undefined) throw new Error("there is no such file");
  return found;
}

function start(folder: string): Child {
  const runtime = JSON.stringify(inRepository("dist", "runtime", "index.js"));
  const text = `const service = require(${runtime}).createService({ folder: ${JSON.stringify(folder)} });
service.route("POST", "/run", "run");
void service.listen();`;
  return startChild(["-e", text], { env: { PORT: "0", HOST: "127.0.0.1", EKIBEN_CACHE: "off" } });
}

/** Its exit status, and the last that it says. */
async function refusal(folder: string): Promise<string> {
  const child = start(folder);
  const status = await child.ended;
  const last = child.stderr().trim().split("\n").at(-1);
  return `${status} ${last?.replaceAll(/[0-9a-f]{64}/g, "DIGEST")}`;
}

test("a model's file that was written over with another model is no start", async () => {
  const folder = compile();
  writeFileSync(fileOf(folder, "models", scaled(2)), scaled(3));
  expect(await refusal(folder)).toBe(
    '1 error: the service cannot start: model "fast": version 2: "models/DIGEST.onnx", compiled from "fast/2/model.onnx", is not the file that was compiled; compile the service again',
  );
});

test.each([
  ["a file that is no model", (path: string) => writeFileSync(path, "no model"), "is not the file that was compiled"],
  ["a missing file", (path: string) => rmSync(path), "is not there"],
])("%s is told with the name of its model", async (_, spoil, words) => {
  const folder = compile();
  spoil(fileOf(folder, "models", onnxModel(identityModel("float32[batch, 2]"))));
  expect(await refusal(folder)).toBe(
    `1 error: the service cannot start: model "same": "models/DIGEST.onnx", compiled from "same.onnx", ${words}; compile the service again`,
  );
});

test("a file that is no model's is told by its name", async () => {
  const folder = compile();
  writeFileSync(fileOf(folder, "files", "left\nright\n"), "right\nleft\n");
  expect(await refusal(folder)).toBe(
    '1 error: the service cannot start: "files/DIGEST.txt", compiled from "names.txt", is not the file that was compiled; compile the service again',
  );
});

test("a model on demand is looked at when it is loaded, and not served where it is another", async () => {
  const folder = compile("on_demand");
  writeFileSync(fileOf(folder, "models", scaled(2)), scaled(3));
  const child = start(folder);
  const url = await listening(child);
  const { status } = await call(`${url}/run`, { body: { x: [1, 2] } });
  child.process.kill("SIGKILL");
  await child.ended;
  expect(status).toBe(503);
});

test("files that are as they were compiled are served", async () => {
  const child = start(compile());
  const url = await listening(child);
  const { json } = await call(`${url}/run`, { body: { x: [1, 2] } });
  child.process.kill("SIGKILL");
  await child.ended;
  expect(json).toMatchObject({ y: [2, 4], same: [1, 2] });
});
