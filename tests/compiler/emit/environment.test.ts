/** What a spec takes from the environment is in no artifact. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { environmentProblems } from "../../../compiler/emit/environment.js";
import { ekiben, filesOf, temporaryFolder, writeSpec } from "../../support/compiled-service.js";
import { inRepository } from "../../support/paths.js";

const value = "${env:EKIBEN_TEST_NUMBER:-4321}";
const text = "${env:EKIBEN_TEST_TEXT:-hunter2}";

test("references that the plan keeps are written as they stand, and nothing of what they stand for", () => {
  const spec = {
    service: "kept",
    models: { m: "${env:EKIBEN_TEST_FOLDER:-hunter}/iris.onnx" },
    graphs: {
      run: {
        inputs: { x: { type: "float32[n, 4]" } },
        steps: [{ id: "s", use: "m", with: { float_input: "$x" } }],
        outputs: { y: "$s.label" },
      },
    },
    endpoints: [{ path: "/run", graph: "run", timeout_ms: value }],
    server: { host: text, port: value, timeout_ms: value, shutdown_grace_s: value },
    observability: { logging: { level: "${env:EKIBEN_TEST_LEVEL:-info}" } },
    envs: [{ name: "SECRET", value: text }],
  };
  const folder = writeSpec(spec);
  cpSync(inRepository("examples", "iris", "models"), join(folder, "hunter"), { recursive: true });
  const out = join(temporaryFolder(), "out");
  expect(ekiben(["compile", folder, "-o", out, "--quiet"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
  const { "plan.json": plan = "", Dockerfile: dockerfile = "", ...others } = filesOf(out);
  expect(Buffer.from(plan, "base64").toString()).not.toMatch(/(?<!:-)(hunter|4321)/);
  // A default is no secret: the image's port is the one that stands for an unset variable.
  expect(Buffer.from(dockerfile, "base64").toString()).toContain('ENV PORT="4321"');
  for (const [path, bytes] of Object.entries(others))
    expect([path, Buffer.from(bytes, "base64").includes("hunter")]).toEqual([path, false]);
});

test("any other reference is refused by its place", () => {
  const pointers = ["/description", "/endpoints/0/path", "/server/port", "/labels/a", "/docker/base_image"];
  const references = new Map(pointers.map((pointer) => [pointer, text]));
  expect(environmentProblems({ references })).toEqual([
    '"description" refers to the environment, and no value of it is written into an artifact; write the value itself, or override the field with --set',
    '"endpoints.0.path" refers to the environment, and no value of it is written into an artifact; write the value itself, or override the field with --set',
    '"labels.a" refers to the environment, and no value of it is written into an artifact; write the value itself, or override the field with --set',
    '"docker.base_image" refers to the environment, and no value of it is written into an artifact; name the variable under "envs" instead',
  ]);
});
