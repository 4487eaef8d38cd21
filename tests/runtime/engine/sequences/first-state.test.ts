/** What a sequence starts with: zeros or what is written, in sizes that the request tells. */
import { firstState } from "../../../../runtime/engine/sequences/first-state.js";
import type { ModelValue } from "../../../../runtime/plan/plan.js";
import { zeros } from "../../../../runtime/values/value.js";

const chunk: ModelValue = { name: "chunk", dtype: "float32", shape: ["batch", "steps", 2], batchable: true };
const rows: ModelValue = { name: "rows", dtype: "float32", shape: ["batch", 3], batchable: true };
const memory: ModelValue = { name: "memory", dtype: "float32", shape: [2, "batch", "steps"] };
const past: ModelValue = { name: "past", dtype: "int64", shape: ["batch", "past", 1], batchable: true };
const inputs = [chunk, rows, memory, past];
const feeds = { chunk: zeros("float32", [1, 5, 2]) };
const first = (state: Parameters<typeof firstState>[2]) => firstState("m", inputs, state, feeds);

test("zeros of one row, of the sizes of the request's inputs, or of those that are declared", () => {
  expect(
    first([
      { input: "rows", output: "o" },
      { input: "memory", output: "p" },
      { input: "past", output: "q", sizes: { past: 0 } },
    ]),
  ).toEqual({
    rows: zeros("float32", [1, 3]),
    memory: zeros("float32", [2, 1, 5]),
    past: zeros("int64", [1, 0, 1]),
  });
});

test("a number fills it, in the input's own type", () => {
  const { rows: filled, past: whole } = first([
    { input: "rows", output: "o", initial: 0.5 },
    { input: "past", output: "q", sizes: { past: 2 }, initial: -3 },
  ]);
  expect(filled?.data).toEqual(new Float32Array([0.5, 0.5, 0.5]));
  expect(whole?.data).toEqual(new BigInt64Array([-3n, -3n]));
});

test("lists are one sequence's, and get the dimension of rows", () => {
  const { rows: written } = first([{ input: "rows", output: "o", initial: [1, 2, 3] }]);
  expect([written?.shape, written?.data]).toEqual([[1, 3], new Float32Array([1, 2, 3])]);
});

test("a size that nothing tells is refused", () => {
  expect(() => first([{ input: "past", output: "q" }])).toThrow(
    'Nothing tells the size of "past" that the state "past" of model "m" starts with.',
  );
});
