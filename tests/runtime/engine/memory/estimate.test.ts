/** What is estimated against what was measured: growth of all processes together, in megabytes, with onnxruntime 1.30 on Linux. */
import { type EstimatedModel, estimateBytes } from "../../../../runtime/engine/memory/estimate.js";

const megabyte = 2 ** 20;
const minilm = { bytes: 22.4 * megabyte, halfBytes: 22.4 * megabyte };
const cnn = { bytes: 5.7 * megabyte, halfBytes: 0 };
const mlp = { bytes: 80 * megabyte, halfBytes: 0 };
const one: Omit<EstimatedModel, "bytes" | "halfBytes"> = { sessions: 1, isolation: "thread", form: "written" };

test.each([
  ["MiniLM, one session", 126, { ...minilm, ...one }],
  ["MiniLM, two", 251, { ...minilm, ...one, sessions: 2 }],
  ["MiniLM in a process", 150, { ...minilm, ...one, isolation: "process" }],
  ["MiniLM compiled", 55, { ...minilm, ...one, form: "compiled" }],
  ["MiniLM compiled, two", 97, { ...minilm, ...one, form: "compiled", sessions: 2 }],
  ["CNN, one session", 33, { ...cnn, ...one }],
  ["CNN, two", 60, { ...cnn, ...one, sessions: 2 }],
  ["CNN in a process", 54, { ...cnn, ...one, isolation: "process" }],
  ["CNN packed", 23, { ...cnn, ...one, form: "packed" }],
  ["CNN packed, two", 29, { ...cnn, ...one, form: "packed", sessions: 2 }],
  ["MLP, one session", 90, { ...mlp, ...one }],
  ["MLP, two", 187, { ...mlp, ...one, sessions: 2 }],
  ["MLP in a process", 109, { ...mlp, ...one, isolation: "process" }],
  ["MLP compiled, two", 171, { ...mlp, ...one, form: "compiled", sessions: 2 }],
] as const)("%s: %i MB, and from a tenth less to twice as much is expected", (_, measured, model) => {
  const estimated = estimateBytes(model) / megabyte;
  expect(estimated).toBeGreaterThan(measured * 0.9);
  expect(estimated).toBeLessThan(measured * 2);
});

test("a tiny model is no burden, and more sessions are more of one", () => {
  const tiny = { bytes: 1000, halfBytes: 0, ...one };
  expect(estimateBytes(tiny)).toBeLessThan(2 * megabyte);
  expect(estimateBytes({ ...tiny, sessions: 4 })).toBe(4 * estimateBytes(tiny));
});
