/** What `dev` says of a model whose answers depend on what else is in the batch. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, listening, startCommand } from "../support/command.js";
import { call } from "../support/http.js";
import { inRepository } from "../support/paths.js";
import { folderOf } from "../support/service.js";

const mixing = inRepository("tests", "fixtures", "models", "faulty", "shapes", "mixes_rows.onnx");
const spec = (description: string, session = "{}") => `service: mixing
description: ${description}
models:
  mixing: { source: mixing.onnx, batching: { max_batch_size: 4 }, session: ${session} }
graphs:
  centre:
    inputs: { x: { type: "float32[rows, 2]" } }
    steps: [{ id: centred, use: mixing, with: { x: $x } }]
    outputs: { y: $centred.y }
  nested:
    inputs: { x: { type: "float32[rows, 2]" } }
    steps: [{ id: inner, use: centre, with: { x: $x } }]
    outputs: { y: $inner.y }
endpoints:
  - { path: /centre, graph: nested, examples: [{ inputs: { x: [[1, 2], [3, 6], [5, 7]] } }] }
`;

let command: Command | undefined;
afterEach(async () => {
  command?.process.kill("SIGKILL");
  await command?.ended;
});

test("one sentence for each version of the model, in the log and on the page", async () => {
  const folder = folderOf({ "bentofile.yaml": spec("one"), "mixing.onnx": mixing });
  command = startCommand(["dev", folder, "--port", "0", "--host", "127.0.0.1"]);
  const url = await listening(command);
  await command.said(/ warn model "mixing": its answers depend on what else is in the batch: "y" differs by/);
  const { json } = await call(`${url}/__ekiben/state`);
  expect(json).toMatchObject({ problems: expect.stringContaining("remove `batching`, or export the model") });
  writeFileSync(join(folder, "bentofile.yaml"), spec("two"));
  await command.said(/generation 2 is live/);
  writeFileSync(join(folder, "bentofile.yaml"), spec("two", "{ graph_optimization: basic }"));
  const said = await command.said(/generation 3 is live.*its answers depend on/s);
  expect(said.split("its answers depend on")).toHaveLength(3);
});
