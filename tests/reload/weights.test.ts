/** Files of weights that are written over while their model runs: onnxruntime would map them, and the process would end. */
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, listening, startCommand } from "../support/command.js";
import { call } from "../support/http.js";
import { onnxModel } from "../support/onnx-model.js";
import { folderOf } from "../support/service.js";

const count = 100_000;
const weights = (value: number): Uint8Array => new Uint8Array(new Float32Array(count).fill(value).buffer);
const model = onnxModel({
  inputs: { x: "float32[1]" },
  outputs: { y: `float32[${count}]` },
  initializers: [
    { name: "w", type: `float32[${count}]`, data: { location: "w.bin", offset: "0", length: String(4 * count) } },
  ],
  nodes: [{ operator: "Add", inputs: ["x", "w"], outputs: ["y"] }],
});
const spec = `service: weighty
models: { adds: m.onnx }
graphs:
  add:
    inputs: { x: { type: "float32[1]" } }
    steps:
      - { id: sum, use: adds, with: { x: $x } }
      - { id: last, use: tensor.slice, with: { x: $sum.y, axis: 0, start: ${count - 1}, stop: ${count} } }
    outputs: { last: $last }
endpoints: [{ path: /add, graph: add }]
`;

test("the old weights serve while the new ones are written, then the new ones", async () => {
  const folder = folderOf({ "bentofile.yaml": spec, "m.onnx": model, "w.bin": weights(2) });
  const command: Command = startCommand(["dev", folder, "--port", "0", "--host", "127.0.0.1"]);
  try {
    const url = await listening(command);
    const last = async (): Promise<unknown> => (await call(`${url}/add`, { body: { x: [1] } })).json;
    expect(await last()).toEqual({ last: [3] });
    truncateSync(join(folder, "w.bin"), 1000);
    await command.said(/model-external-data/);
    expect(await last()).toEqual({ last: [3] });
    writeFileSync(join(folder, "w.bin"), weights(7));
    await command.said(/generation 2 is live/);
    expect(await last()).toEqual({ last: [8] });
  } finally {
    command.process.kill("SIGTERM");
    await command.ended;
  }
});

test("a file that is too large to be read is mapped all the same", async () => {
  const folder = folderOf({ "bentofile.yaml": spec, "m.onnx": model, "w.bin": weights(2) });
  truncateSync(join(folder, "w.bin"), 2 ** 31);
  const command: Command = startCommand(["dev", folder, "--port", "0", "--host", "127.0.0.1"]);
  try {
    const url = await listening(command);
    expect((await call(`${url}/add`, { body: { x: [1] } })).json).toEqual({ last: [3] });
  } finally {
    command.process.kill("SIGTERM");
    await command.ended;
  }
});
