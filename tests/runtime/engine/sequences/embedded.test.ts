/** Sequences in a program: state that grows, state that starts as it is told to, and calls that name no sequence. */
import { type EmbeddedService, open } from "../../../../cli/open.js";
import { failureCode } from "../../../support/failure.js";
import { onnxModel } from "../../../support/onnx-model.js";
import { folderOf } from "../../../support/service.js";

/** The largest of everything that a sequence has given so far. */
const largest = onnxModel({
  inputs: { chunk: "float32[batch, steps, 1]", past: "float32[batch, past, 1]" },
  outputs: { y: "float32[1, 1, 1]", grown: "float32[batch, total, 1]" },
  nodes: [
    { operator: "Concat", inputs: ["past", "chunk"], outputs: ["grown"], attributes: { axis: 1 } },
    { operator: "ReduceMax", inputs: ["grown"], outputs: ["y"], attributes: { keepdims: 1 } },
  ],
});

const spec = `
service: embedded
models:
  largest:
    source: largest.onnx
    sequence: { max_bytes: 1kb, state: [{ input: past, output: grown, sizes: { past: 0 } }] }
  above: { source: largest.onnx, sequence: { state: [{ input: past, output: grown, initial: [[3], [4]] }] } }
graphs:
  both:
    inputs: { chunk: { type: "float32[steps, 1]" } }
    steps: [{ id: one, use: largest, with: { chunk: $chunk } }, { id: two, use: above, with: { chunk: $chunk } }]
    outputs: { one: $one.y, two: $two.y }
endpoints: [{ path: /both, graph: both }]
`;

let service: EmbeddedService;
beforeAll(async () => {
  service = await open(folderOf({ "bentofile.yaml": spec, "largest.onnx": largest }));
});
afterAll(() => service.close());

const ask = (chunk: readonly number[], id?: string, start = false) =>
  service.run(
    "both",
    { chunk: chunk.map((value) => [value]) },
    id === undefined ? {} : { sequence: { id, start, end: false } },
  );

test("state grows with each request, from nothing or from what is written", async () => {
  expect(await ask([1, 2], "a", true)).toEqual({ one: [[[2]]], two: [[[4]]] });
  expect(await ask([-1], "b", true)).toEqual({ one: [[[-1]]], two: [[[4]]] });
  expect(await ask([0], "a")).toEqual({ one: [[[2]]], two: [[[4]]] });
  expect(await ask([9, 1, 1], "a")).toEqual({ one: [[[9]]], two: [[[9]]] });
  expect(await ask([5], "a")).toEqual({ one: [[[9]]], two: [[[9]]] });
  expect(await ask([5], "b")).toEqual({ one: [[[5]]], two: [[[5]]] });
});

test("a call that names no sequence is one of its own", async () => {
  expect(await ask([1])).toEqual({ one: [[[1]]], two: [[[4]]] });
  expect(await ask([0])).toEqual({ one: [[[0]]], two: [[[4]]] });
});

test("state that grows beyond all room is given up, and the next request is told", async () => {
  expect(await ask([1], "c", true)).toEqual({ one: [[[1]]], two: [[[4]]] });
  expect(await ask(new Array(400).fill(2), "c")).toEqual({ one: [[[2]]], two: [[[4]]] });
  expect(await failureCode(ask([1], "c"))).toBe("sequence-lost");
});
