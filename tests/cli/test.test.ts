import { copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ekiben } from "../support/command.js";
import { inRepository } from "../support/paths.js";
import { temporaryFolder } from "../support/temp.js";

test("an answer that differs is shown with its place, and is status 1", async () => {
  const folder = temporaryFolder();
  cpSync(inRepository("examples", "iris"), folder, { recursive: true });
  const spec = readFileSync(join(folder, "bentofile.yaml"), "utf8");
  writeFileSync(join(folder, "bentofile.yaml"), spec.replace("species: setosa", "species: versicolor"));
  const { status, stderr } = await ekiben(["test", folder]);
  expect(status).toBe(1);
  expect(stderr).toContain('/species expected "versicolor", got "setosa"');
});

test("--json gives one document", async () => {
  const { status, stdout } = await ekiben(["test", "examples/iris", "--json"]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    examples: [{ endpoint: "/classify", example: "a setosa", ok: true }, { ok: true }],
  });
});

test("--batch-invariance finds a model whose rows influence each other", async () => {
  const folder = temporaryFolder();
  copyFileSync(
    inRepository("tests", "fixtures", "models", "faulty", "shapes", "mixes_rows.onnx"),
    join(folder, "mixing.onnx"),
  );
  const spec = (batching: string) => `service: mixing
models: { mixing: { source: mixing.onnx${batching} } }
graphs:
  centre:
    inputs: { x: { type: "float32[rows, 2]" } }
    steps: [{ id: centred, use: mixing, with: { x: $x } }]
    outputs: { y: $centred.y }
endpoints:
  - { path: /centre, graph: centre, examples: [{ inputs: { x: [[1, 2], [3, 6]] }, expect: { y: [[-1, -2], [1, 2]] } }] }
`;
  writeFileSync(join(folder, "bentofile.yaml"), spec(", batching: { max_batch_size: 8 }"));
  const found = await ekiben(["test", folder, "--batch-invariance"]);
  expect(found.status).toBe(1);
  expect(found.stderr).toContain('model "mixing": its answers depend on what else is in the batch');
  writeFileSync(join(folder, "bentofile.yaml"), spec(""));
  expect((await ekiben(["test", folder, "--batch-invariance"])).status).toBe(0);
});

test("--batch-invariance is content with the sentence encoder", async () => {
  expect(await ekiben(["test", "examples/summarization", "--batch-invariance", "--json"])).toMatchObject({ status: 0 });
});
