/** The type rules of `tensor.*`: names of dimensions flow through, mistakes are reported at their argument. */

import type { Dim } from "../../../../runtime/types/type.js";
import { integerType, listOf, numberType, tensorOf } from "../../../../runtime/types/type.js";
import type { Json } from "../../../../runtime/values/value.js";
import { type TypedArgument, typeOf } from "../../../support/typing.js";

const f = (...shape: Dim[]) => tensorOf("float32", shape);
const i = (...shape: Dim[]) => tensorOf("int64", shape);
const as = (literal: Json) => ({ literal });
const anyRank = tensorOf("float32", null);

test.each<[string, { readonly [name: string]: TypedArgument }, string]>([
  ["cast", { x: f("n", 4), dtype: as("int64") }, "int64[n, 4]"],
  [
    "cast",
    { x: tensorOf("string", ["n"]), dtype: as("int64") },
    'bad-argument at "dtype": elements of string cannot be cast to int64',
  ],

  ["reshape", { x: f("n", 4), shape: as([-1, 4]) }, "float32[n, 4]"],
  ["reshape", { x: f("n", 2, 2), shape: as([-1, 4]) }, "float32[n, 4]"],
  ["reshape", { x: f("n", 4), shape: as([-1, 2]) }, "float32[?, 2]"],
  ["reshape", { x: f("n", "m"), shape: as([-1]) }, "float32[?]"],
  ["reshape", { x: f(6), shape: as([2, -1]) }, "float32[2, 3]"],
  ["reshape", { x: f(6), shape: listOf(integerType) }, "float32[...]"],
  ["reshape", { x: anyRank, shape: as([2, -1]) }, "float32[2, ?]"],
  [
    "reshape",
    { x: f(6), shape: as([4, -1]) },
    'shape-mismatch at "shape": a tensor of [6] cannot have the shape [4, -1]: the numbers of elements differ',
  ],
  [
    "reshape",
    { x: f("n", 4), shape: as([3, 3]) },
    'shape-mismatch at "shape": a tensor of [n, 4] cannot have the shape [3, 3]: the numbers of elements differ',
  ],
  ["reshape", { x: f(6), shape: as([-1, -1]) }, 'bad-argument at "shape": two dimensions of a shape cannot both be -1'],

  ["transpose", { x: f("n", 3, 8), perm: as([0, 2, 1]) }, "float32[n, 8, 3]"],
  ["transpose", { x: f("n", 3) }, "float32[3, n]"],
  ["transpose", { x: f("n", 3), perm: listOf(integerType) }, "float32[?, ?]"],
  [
    "transpose",
    { x: f("n", 3), perm: as([0, 0]) },
    'bad-argument at "perm": [0, 0] does not name each of the 2 axes once',
  ],

  ["concat", { tensors: { items: [f("n", 3), f("n", 5)] }, axis: as(1) }, "float32[n, 8]"],
  ["concat", { tensors: { items: [f("n", 3), i("m", 3)] } }, "float64[?, 3]"],
  ["concat", { tensors: { items: [f("n", 3), f("m", 3)] }, axis: as(-1) }, "float32[n, 6]"],
  ["concat", { tensors: listOf(f("n", 3)) }, "float32[?, 3]"],
  [
    "concat",
    { tensors: { items: [f(2, 3), f(2, 4)] } },
    'shape-mismatch at "tensors": float32[2, 4] cannot be joined to float32[2, 3] along axis 0',
  ],
  [
    "concat",
    { tensors: { items: [f(2), tensorOf("string", [2])] } },
    'type-mismatch at "tensors": elements of float32 and string cannot be joined',
  ],
  [
    "concat",
    { tensors: { items: [f(2)] }, dtype: as("int64") },
    'type-mismatch at "tensors": elements of float32 cannot be joined as int64',
  ],
  [
    "concat",
    { tensors: { items: [f(2)] }, axis: as(1) },
    'bad-argument at "axis": there is no axis 1, as the axes go from -1 to 0',
  ],

  ["stack", { tensors: { items: [f("n"), f("n")] }, axis: as(-1) }, "float32[n, 2]"],
  ["stack", { tensors: { items: [numberType, integerType] }, dtype: as("float32") }, "float32[2]"],
  ["stack", { tensors: { items: [numberType, integerType] } }, "tensor[2]"],
  ["stack", { tensors: listOf(numberType), dtype: as("float32") }, "float32[?]"],
  [
    "stack",
    { tensors: { items: [f(2), f(3)] } },
    'shape-mismatch at "tensors": float32[3] cannot be stacked on float32[2]',
  ],

  ["slice", { x: f("n", 8), axis: as(1), start: as(2) }, "float32[n, 6]"],
  ["slice", { x: f("n", 8), start: as(1) }, "float32[?, 8]"],
  ["slice", { x: f("n", 8), step: as(-1) }, "float32[n, 8]"],
  ["slice", { x: f("n", 8), axis: as(1), stop: integerType }, "float32[n, ?]"],
  ["slice", { x: f("n", 8), step: as(0) }, 'bad-argument at "step": a step of 0 goes nowhere'],

  ["gather", { x: f("n", 8), indices: i("k"), axis: as(1) }, "float32[n, k]"],
  ["gather", { x: f("n", 8), indices: as(0), axis: as(0) }, "float32[8]"],
  [
    "gather",
    { x: f("n", 8), indices: f("k") },
    'type-mismatch at "indices": "indices" holds float32, but positions are integers',
  ],

  [
    "pad",
    {
      x: f("n", 8),
      pads: as([
        [0, 0],
        [1, 2],
      ]),
    },
    "float32[n, 11]",
  ],
  [
    "pad",
    {
      x: f("n", 8),
      pads: as([
        [1, 0],
        [1, 2],
      ]),
    },
    "float32[?, 11]",
  ],
  [
    "pad",
    {
      x: f("n", 8),
      pads: as([
        [0, -1],
        [1, 2],
      ]),
    },
    'bad-argument at "pads": "pads" must be a pair [before, after] for each of the 2 axes',
  ],

  ["clip", { x: f("n"), min: numberType }, "float32[n]"],
  ["clip", { x: i("n"), min: as(0) }, "int64[n]"],
  ["clip", { x: i("n"), min: as(0.5) }, "float64[n]"],
  ["clip", { x: i("n"), min: numberType }, "tensor[n]"],
  ["softmax", { x: i("n", 3) }, "float64[n, 3]"],
  ["sigmoid", { x: f("n") }, "float32[n]"],
  ["argmax", { x: f("n", 10) }, "int64[n]"],
  ["argmin", { x: f("n", 10), axis: as(0) }, "int64[10]"],
  ["argmax", { x: f("n"), axis: as(1) }, 'bad-argument at "axis": there is no axis 1, as the axes go from -1 to 0'],
  ["top_k", { x: f("n", 10), k: as(3) }, "{ values: float32[n, 3], indices: int64[n, 3] }"],
  ["top_k", { x: f("n", 10), k: integerType }, "{ values: float32[n, ?], indices: int64[n, ?] }"],
  ["top_k", { x: f("n", 10), k: as(11) }, 'bad-argument at "k": "k" is 11, but the axis has 10 elements'],

  ["mean", { x: f("n", 4, 4), axes: as([1, 2]) }, "float32[n]"],
  ["mean", { x: i("n", 4), axes: as([-1]), keepdims: as(true) }, "float64[n, 1]"],
  ["sum", { x: tensorOf("bool", ["n"]) }, "int64[]"],
  ["sum", { x: tensorOf("uint8", ["n"]) }, "uint64[]"],
  ["max", { x: f("n", 4), axes: listOf(integerType) }, "float32[...]"],
  ["norm", { x: f("n", 4), axes: as([2]) }, 'bad-argument at "axes": there is no axis 2, as the axes go from -2 to 1'],
  ["prod", { x: anyRank }, "float32[]"],
  ["min", { x: tensorOf("string", [2]) }, 'type-mismatch at "x": "x" holds string, but only numbers can be reduced'],

  ["matmul", { a: f("n", 4), b: f(4, "m") }, "float32[n, m]"],
  ["matmul", { a: f("n", "k"), b: f(4) }, "float32[n]"],
  ["matmul", { a: f("b", "n", 4), b: f("b", 4, 2) }, "float32[b, n, 2]"],
  ["matmul", { a: f("n", 4), b: f(3, 2) }, 'shape-mismatch at "b": [n, 4] cannot be multiplied by [3, 2]'],
  ["matmul", { a: f(), b: f(3, 2) }, 'shape-mismatch at "a": a tensor of rank 0 is no matrix'],

  ["where", { condition: tensorOf("bool", ["n", 1]), a: f(3), b: as(0) }, "float32[n, 3]"],
  [
    "where",
    { condition: tensorOf("bool", ["n"]), a: f("n"), b: tensorOf("string", ["n"]) },
    'type-mismatch at "b": strings and numbers have no common element type',
  ],
  ["math", { op: as("add"), a: f("n", 1), b: f("n", 3) }, "float32[n, 3]"],
  ["math", { op: as("add"), a: f("n"), b: f("m") }, "float32[?]"],
  ["math", { op: as("add"), a: f("n"), b: f(4) }, "float32[4]"],
  ["math", { op: as("mul"), a: f("n"), b: numberType }, "float32[n]"],
  ["math", { op: as("mul"), a: i("n"), b: numberType }, "tensor[n]"],
  ["math", { op: as("mul"), a: i("n"), b: as(0.5) }, "float64[n]"],
  ["math", { op: as("div"), a: i("n"), b: numberType }, "float64[n]"],
  ["math", { op: as("less"), a: tensorOf(null, ["n"]), b: as(1) }, "bool[n]"],
  ["math", { op: as("add"), a: f(2), b: f(3) }, 'shape-mismatch at "b": [2] and [3] cannot be broadcast to one shape'],
  ["math", { op: as("exp"), a: f(2), b: f(2) }, 'bad-argument at "b": "exp" has one operand, "a"'],
  [
    "math",
    { op: as("neg"), a: tensorOf("bool", [2]) },
    'type-mismatch at "a": "neg" does not compute with elements of these types',
  ],
])("tensor.%s of %j is %s", (name, given, expected) => {
  expect(typeOf(`tensor.${name}`, given)).toBe(expected);
});
