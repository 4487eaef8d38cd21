/** What the tensor steps refuse, in the words that a caller reads. */
import { Tensor, type Value, zeros } from "../../../../runtime/values/value.js";
import { runStep } from "../../../support/run-step.js";

const texts = new Tensor("string", [2], ["a", "b"]);
const matrix = zeros("float32", [2, 3]);

test.each<[string, { readonly [name: string]: Value }, string]>([
  [
    "cast",
    { x: [1.5, "NaN"], dtype: "int64" },
    '"tensor.cast" cannot hold NaN in int64; "saturate: true" takes the nearest value that it holds',
  ],
  [
    "cast",
    { x: [2 ** 63], dtype: "int64" },
    '"tensor.cast" cannot hold 9223372036854776000 in int64; "saturate: true" takes the nearest value that it holds',
  ],
  [
    "cast",
    { x: texts, dtype: "int64" },
    '"tensor.cast" cannot cast string to int64: only numbers and booleans are cast to each other',
  ],
  [
    "reshape",
    { x: matrix, shape: [4, -1] },
    '"tensor.reshape" cannot give [2, 3] the shape [4, -1]: the numbers of elements differ',
  ],
  ["reshape", { x: matrix, shape: [-1, -1] }, '"tensor.reshape" takes one -1 in "shape", but [-1, -1] has 2'],
  [
    "reshape",
    { x: matrix, shape: [-2, 3] },
    '"tensor.reshape" takes numbers of at least -1 for "shape", not a list of 2 items',
  ],
  [
    "transpose",
    { x: matrix, perm: [0, 2] },
    '"tensor.transpose" has no axis for "perm" at 2, as the axes go from -2 to 1',
  ],
  ["transpose", { x: matrix, perm: [0] }, '"tensor.transpose" takes each of the 2 axes once in "perm", not [0]'],
  ["concat", { tensors: [] }, '"tensor.concat" takes at least one tensor in "tensors", but the list is empty'],
  [
    "concat",
    { tensors: [matrix, zeros("float32", [2, 4])] },
    '"tensor.concat" takes tensors whose shapes differ in axis 0 only, but "tensors" has [2, 3] and [2, 4]',
  ],
  [
    "concat",
    { tensors: [[1.5], [2]], dtype: "int32" },
    '"tensor.concat" cannot give float64 as int32 without losing what it holds; convert it with tensor.cast',
  ],
  ["concat", { tensors: [1, 2] }, '"tensor.concat" has no axis for "axis" at 0, as a tensor of rank 0 has no axes'],
  ["stack", { tensors: [[1], [1, 2]] }, '"tensor.stack" takes tensors of one shape, but "tensors" has [1] and [2]'],
  ["stack", { tensors: [1, "a"] }, '"tensor.stack" cannot join strings with numbers in "tensors"'],
  ["slice", { x: matrix, step: 0 }, '"tensor.slice" takes a step other than 0 for "step"; -1 goes backwards'],
  ["gather", { x: matrix, indices: [2] }, '"tensor.gather" has no position 2 for "indices": the axis has 2'],
  [
    "gather",
    { x: matrix, indices: [0.5] },
    '"tensor.gather" takes integers for "indices", not float64; convert them with tensor.cast',
  ],
  [
    "pad",
    {
      x: matrix,
      pads: [
        [1, -1],
        [0, 0],
      ],
    },
    '"tensor.pad" takes for "pads" a pair of integers [before, after], 0 or greater, for each of the 2 axes, not int64[2, 2]',
  ],
  [
    "pad",
    { x: zeros("float32", [0]), pads: [[1, 1]], mode: "wrap" },
    '"tensor.pad" cannot extend an axis of length 0 with mode "wrap"; use "constant"',
  ],
  [
    "pad",
    { x: [1], pads: [[1, 1]], value: 0.5 },
    '"tensor.pad" cannot hold the number 0.5 in int64, the element type of the tensor; cast that first',
  ],
  ["clip", { x: texts, min: 0 }, '"tensor.clip" takes numbers for "x", not string'],
  [
    "clip",
    { x: new Tensor("uint8", [1], Uint8Array.of(1)), min: 300 },
    '"tensor.clip" cannot hold a bound of 300 in uint8; cast "x" first',
  ],
  ["softmax", { x: [true] }, '"tensor.softmax" takes numbers for "x", not bool'],
  [
    "argmax",
    { x: zeros("float32", [2, 0]) },
    '"tensor.argmax" finds no element along axis 1 of "x", whose length is 0',
  ],
  ["top_k", { x: [1, 2], k: 3 }, '"tensor.top_k" takes at most 2, the length of axis 0, for "k", not 3'],
  ["sum", { x: matrix, axes: [0, -2] }, '"tensor.sum" takes each axis once in "axes", but [0, -2] names one twice'],
  ["max", { x: zeros("float32", [0]) }, '"tensor.max" finds no element in "x", whose shape is [0]'],
  ["mean", { x: texts }, '"tensor.mean" takes numbers for "x", not strings'],
  [
    "matmul",
    { a: matrix, b: matrix },
    '"tensor.matmul" cannot multiply [2, 3] by [2, 3]: the last axis of "a" must be as long as the last but one axis of "b", and leading axes must broadcast',
  ],
  [
    "where",
    { condition: [true, false], a: [1, 2, 3], b: 0 },
    '"tensor.where" cannot broadcast [2], [3], [] to one shape',
  ],
])("tensor.%s of %p is refused", async (name, given, message) => {
  await expect(runStep(`tensor.${name}`, given)).rejects.toMatchObject({ code: "invalid-input", message });
});

test("strings are moved like any other element", async () => {
  expect(await runStep("tensor.concat", { tensors: [texts, texts] })).toEqual(
    new Tensor("string", [4], ["a", "b", "a", "b"]),
  );
  expect(await runStep("tensor.pad", { x: texts, pads: [1, 0], mode: "edge" })).toEqual(
    new Tensor("string", [3], ["a", "a", "b"]),
  );
  expect(await runStep("tensor.where", { condition: [false, true], a: texts, b: ["x", "y"] })).toEqual(
    new Tensor("string", [2], ["x", "b"]),
  );
  expect(await runStep("tensor.transpose", { x: [["a", "b"]] })).toEqual(new Tensor("string", [2, 1], ["a", "b"]));
});

test("an argument is never written to", async () => {
  const x = new Tensor("float64", [1, 3], Float64Array.of(3, 1, 2));
  for (const name of ["softmax", "sigmoid", "top_k", "norm", "clip"])
    await runStep(`tensor.${name}`, name === "top_k" ? { x, k: 2 } : { x });
  await runStep("embedding.similarity", { a: x, b: x });
  await runStep("classify.top_k", { logits: x, labels: ["a", "b", "c"], temperature: 2 });
  expect(x.data).toEqual(Float64Array.of(3, 1, 2));
});
