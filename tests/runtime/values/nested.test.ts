import { EkibenError } from "../../../runtime/errors.js";
import { type DType, dtypeNames } from "../../../runtime/values/dtype.js";
import { tensorFromNested, tensorToNested } from "../../../runtime/values/nested.js";
import { type Json, Tensor } from "../../../runtime/values/value.js";

const big = "9007199254740993";

/** The elements as they were after a round trip through a tensor of this type. */
const roundTrips: readonly (readonly [DType, Json])[] = [
  [
    "float32",
    [
      [1.5, -2],
      [0.25, "NaN"],
    ],
  ],
  ["float64", [0.1, "Infinity", "-Infinity", 1.7976931348623157e308]],
  ["float16", [1.5, -65504, 2 ** -24, "NaN"]],
  ["int8", [-128, 127]],
  ["uint8", [0, 255]],
  ["int16", [-32768, 32767]],
  ["uint16", [0, 65535]],
  ["int32", [-2147483648, 2147483647]],
  ["uint32", [0, 4294967295]],
  ["int64", [9007199254740992, big, "-9223372036854775808"]],
  ["uint64", [0, "18446744073709551615"]],
  ["bool", [[[true], [false]]]],
  [
    "string",
    [
      ["a", ""],
      ["NaN", "💡"],
    ],
  ],
];

test("every element type is covered", () => {
  expect(new Set(roundTrips.map(([dtype]) => dtype))).toEqual(new Set(dtypeNames));
});

test.each(roundTrips)("%s keeps its elements through a tensor and back", (dtype, json) => {
  expect(tensorToNested(tensorFromNested(json, dtype))).toEqual(json);
});

test.each<[string, Json, DType, readonly number[]]>([
  ["integers", [[1, 2, 3]], "int64", [1, 3]],
  ["a fraction among integers", [1, 2.5], "float64", [2]],
  ["a special float among integers", [1, "NaN"], "float64", [2]],
  ["numbers beyond exact integers", [1e20], "float64", [1]],
  ["booleans", [true], "bool", [1]],
  ["texts", ["a", "NaN"], "string", [2]],
  ["no elements", [[], []], "float64", [2, 0]],
  ["one number", 3, "int64", []],
  ["one text", "a", "string", []],
])("the type of %s is NumPy's", (_, json, dtype, shape) => {
  const tensor = tensorFromNested(json);
  expect([tensor.dtype, tensor.shape]).toEqual([dtype, shape]);
});

test("a tensor of rank 0 is its number", () => {
  expect(tensorToNested(new Tensor("float32", [], Float32Array.of(2.5)))).toBe(2.5);
  expect(tensorToNested(new Tensor("int64", [], BigInt64Array.of(7n)))).toBe(7);
});

test("tensors without elements keep their outer lists", () => {
  expect(tensorToNested(new Tensor("float32", [2, 0], new Float32Array(0)))).toEqual([[], []]);
  expect(tensorToNested(new Tensor("float32", [0, 2], new Float32Array(0)))).toEqual([]);
});

test.each<[string, Json, DType | undefined, string, string]>([
  [
    "a list that is too long",
    [
      [1, 2],
      [3, 4, 5],
    ],
    undefined,
    "a tensor's lists have equal lengths: a list of 3 items stands at [1] where a list of 2 is expected",
    "/1",
  ],
  [
    "a list that is missing",
    [[[1]], [2]],
    undefined,
    "a tensor's lists have equal lengths: the number 2 stands at [1][0] where a list of 1 is expected",
    "/1/0",
  ],
  [
    "a list too deep",
    [
      [1, 2],
      [3, [4]],
    ],
    "float32",
    "a tensor's lists are equally deep: a list of 1 item stands at [1][1] where one element is expected",
    "/1/1",
  ],
  [
    "a text among numbers",
    [[1], ["x"]],
    "float32",
    'a tensor of float32 cannot hold the text "x" at [1][0]; its elements are numbers in its range, "NaN", "Infinity" and "-Infinity"',
    "/1/0",
  ],
  [
    "a number too great",
    [1e39],
    "float32",
    'a tensor of float32 cannot hold the number 1e+39 at [0]; its elements are numbers in its range, "NaN", "Infinity" and "-Infinity"',
    "/0",
  ],
  [
    "an integer out of range",
    [0, 256],
    "uint8",
    "a tensor of uint8 cannot hold the number 256 at [1]; its elements are integers in its range",
    "/1",
  ],
  [
    "a fraction",
    [0.5],
    "int64",
    "a tensor of int64 cannot hold the number 0.5 at [0]; its elements are integers in its range, as decimal strings beyond 2^53",
    "/0",
  ],
  [
    "a number that lost its last digits",
    [9007199254740994],
    "int64",
    "a tensor of int64 cannot hold the number 9007199254740994 at [0]; its elements are integers in its range, as decimal strings beyond 2^53",
    "/0",
  ],
  [
    "a number for a boolean",
    1,
    "bool",
    "a tensor of bool cannot hold the number 1; its elements are true and false",
    "",
  ],
  [
    "a mixture",
    [1, true],
    undefined,
    "a tensor's elements are of one kind: numbers, booleans or texts, but these are mixed",
    "",
  ],
  ["null", [null], undefined, "a tensor's elements are numbers, booleans or texts, not null", ""],
])("refuses %s", (_, json, dtype, message, path) => {
  const refused = () => tensorFromNested(json, dtype);
  expect(refused).toThrow(EkibenError);
  expect(refused).toThrow(expect.objectContaining({ message, errors: [{ path, message }] }));
});
