/** A Plan's settings at its start, with the environment as it is. */
import { compile } from "../../../compiler/compile.js";
import type { Plan } from "../../../runtime/plan/plan.js";
import { resolvePlan } from "../../../runtime/server/settings.js";
import { inRepository } from "../../support/paths.js";

const defaults = {
  MODEL: "tests/fixtures/models/iris/iris.onnx",
  BATCH: "8",
  DELAY: "0.5",
  DEVICE: "cpu",
  MODE: "parallel",
  MOST: "2",
  WORD: "a word",
  RESIDENCY: "on_demand",
  MEMORY: "2gb",
  OWNER: "somebody",
};

const spec = `service: s
description: "\${env:WORD}"
labels: { owner: "\${env:OWNER}" }
models:
  m:
    source: \${env:MODEL}
    devices: ["\${env:DEVICE}"]
    residency: "\${env:RESIDENCY}"
    session: { execution_mode: "\${env:MODE}", extra: { a: "\${env:WORD}" } }
    batching: { max_batch_size: "\${env:BATCH}", max_queue_delay_ms: "\${env:DELAY}" }
graphs:
  run:
    inputs: { x: { type: "float32[n, 4]" } }
    steps: [{ id: s, use: m, with: { float_input: $x } }]
    outputs: { y: $s.label }
endpoints: [{ path: /run, graph: run, summary: "\${env:WORD}", max_concurrency: "\${env:MOST}" }]
server: { memory_limit: "\${env:MEMORY}" }
`;

let plan: Plan;
beforeAll(async () => {
  const compiled = await compile("b.yaml", inRepository("b.yaml"), spec, { environment: defaults });
  if (compiled.plan === undefined) throw new Error(JSON.stringify(compiled.diagnostics));
  plan = compiled.plan;
});

test("references become what they stand for; texts stay texts", () => {
  expect(resolvePlan(plan, { ...defaults, WORD: "12", OWNER: "true" })).toMatchObject({
    service: { description: "12", labels: { owner: "true" } },
    models: {
      m: {
        devices: ["cpu"],
        session: { executionMode: "parallel", extra: { a: "12" } },
        batching: { maxBatchSize: 8, maxQueueDelayMs: 0.5 },
      },
    },
    endpoints: [{ summary: "12", maxConcurrency: 2 }],
  });
});

test.each([
  ["BATCH", "2.5", '"models.m.batching.max_batch_size" must be a whole number from 1 up'],
  ["DELAY", "soon", '"models.m.batching.max_queue_delay_ms" must be a number from 0 up'],
  ["DEVICE", "tpu", '"models.m.devices" must be one of cpu, cuda, tensorrt, webgpu'],
  ["RESIDENCY", "sometimes", '"models.m.residency" must be one of always, on_demand'],
  ["MEMORY", "much", '"server.memory_limit" must be a number of bytes, or a size such as 8gb'],
  ["MODE", "both", '"models.m.session.execution_mode" must be one of sequential, parallel'],
  ["MOST", "0", '"endpoints.0.max_concurrency" must be a whole number from 1 up'],
])("a start with %s=%s is refused", (name, value, sentence) => {
  expect(() => resolvePlan(plan, { ...defaults, [name]: value })).toThrow(
    `${sentence}, and the environment gives another value.`,
  );
});
