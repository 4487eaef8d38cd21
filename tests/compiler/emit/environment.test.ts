/** What a spec takes from the environment is in no artifact. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { ekibenSync } from "../../support/command.js";
import { filesOf, writeSpec } from "../../support/compiled-service.js";
import { inRepository } from "../../support/paths.js";
import { temporaryFolder } from "../../support/temp.js";

const value = "${env:EKIBEN_TEST_NUMBER:-4321}";
const text = "${env:EKIBEN_TEST_TEXT:-hunter2}";

test("references that the plan keeps are written as they stand, and nothing of what they stand for", () => {
  const spec = {
    service: "kept",
    description: text,
    labels: { owner: text },
    models: {
      m: {
        source: "${env:EKIBEN_TEST_FOLDER:-hunter}/iris.onnx",
        instances: "${env:EKIBEN_TEST_INSTANCES:-1}",
        session: { extra: { "session.key": text } },
        batching: { max_batch_size: value, max_queue_delay_ms: value },
        queue: { max_size: value, timeout_ms: value },
      },
    },
    graphs: {
      run: {
        inputs: { x: { type: "float32[n, 4]" } },
        steps: [{ id: "s", use: "m", with: { float_input: "$x" } }],
        outputs: { y: "$s.label" },
      },
    },
    endpoints: [{ path: "/run", graph: "run", timeout_ms: value, summary: text, max_concurrency: value }],
    server: { host: text, port: value, timeout_ms: value, shutdown_grace_s: value },
    observability: { logging: { level: "${env:EKIBEN_TEST_LEVEL:-info}" } },
    envs: [{ name: "SECRET", value: text }],
  };
  const folder = writeSpec(spec);
  cpSync(inRepository("examples", "iris", "models"), join(folder, "hunter"), { recursive: true });
  const out = join(temporaryFolder(), "out");
  expect(ekibenSync(["compile", folder, "-o", out, "--quiet"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
  const { "plan.json": plan = "", Dockerfile: dockerfile = "", ...others } = filesOf(out);
  expect(Buffer.from(plan, "base64").toString()).not.toMatch(/(?<!:-)(hunter|4321)/);
  // A default is no secret: the image's port is the one that stands for an unset variable.
  expect(Buffer.from(dockerfile, "base64").toString()).toContain('ENV PORT="4321"');
  for (const [path, bytes] of Object.entries(others))
    expect([path, Buffer.from(bytes, "base64").includes("hunter")]).toEqual([path, false]);
});

test.each([
  ["a path", { endpoints: [{ path: "/${env:EKIBEN_TEST_PATH:-a}", graph: "run" }] }, '"endpoints.0.path" is taken'],
  ["a name", { service: "${env:EKIBEN_TEST_NAME:-a}" }, '"service" is taken'],
  ["the image", { docker: { env: { A: text } } }, '"docker.env.A" is taken'],
])("%s that comes from the environment can be served, and not compiled", (_what, part, sentence) => {
  const graphs = { run: { inputs: { x: { type: "string" } }, outputs: { y: "$x" } } };
  const folder = writeSpec({ service: "named", graphs, endpoints: [{ path: "/run", graph: "run" }], ...part });
  expect(ekibenSync(["check", folder])).toMatchObject({ status: 0, stderr: expect.stringContaining(sentence) });
  const { status, stderr } = ekibenSync(["compile", folder, "-o", join(temporaryFolder(), "out"), "--quiet"]);
  expect([status, stderr]).toEqual([1, expect.stringContaining(`error: ${sentence}`)]);
});
