/** NumPy 2's element types: the whole table of promotion as `numpy.result_type` prints it, and plain numbers in it. */
import { promote, promoteWeak } from "../../../../runtime/steps/tensor/support/promote.js";
import { type DType, dtypeNames } from "../../../../runtime/values/dtype.js";
import { isTensor, Tensor, zeros } from "../../../../runtime/values/value.js";
import { runStep } from "../../../support/run-step.js";

const short: { readonly [name: string]: DType } = {
  b: "bool",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

const table = `
     b  i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8
b    b  i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8
i1   i1 i1 i2 i2 i4 i4 i8 i8 f8 f2 f4 f8
u1   u1 i2 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8
i2   i2 i2 i2 i2 i4 i4 i8 i8 f8 f4 f4 f8
u2   u2 i4 u2 i4 u2 i4 u4 i8 u8 f4 f4 f8
i4   i4 i4 i4 i4 i4 i4 i8 i8 f8 f8 f8 f8
u4   u4 i8 u4 i8 u4 i8 u4 i8 u8 f8 f8 f8
i8   i8 i8 i8 i8 i8 i8 i8 i8 f8 f8 f8 f8
u8   u8 f8 u8 f8 u8 f8 u8 f8 u8 f8 f8 f8
f2   f2 f2 f2 f4 f4 f8 f8 f8 f8 f2 f4 f8
f4   f4 f4 f4 f4 f4 f8 f8 f8 f8 f4 f4 f8
f8   f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8
`;
const [columns = [], ...rows] = table
  .trim()
  .split("\n")
  .map((line) =>
    line
      .trim()
      .split(/ +/)
      .map((name) => short[name]),
  );

test("every numeric type is in the table", () => {
  expect(new Set(columns)).toEqual(new Set(dtypeNames.filter((name) => name !== "string")));
});

test.each(rows)("%s is promoted as NumPy promotes it", (a, ...results) => {
  expect(columns.map((b) => a && b && promote(a, b))).toEqual(results);
});

test("strings go with strings only", () => {
  expect(promote("string", "string")).toBe("string");
  expect(promote("string", "bool")).toBeUndefined();
});

test.each<[DType, DType, DType]>([
  ["bool", "int64", "float64"],
  ["uint8", "uint8", "float64"],
  ["int64", "int64", "float64"],
  ["float16", "float16", "float16"],
  ["float32", "float32", "float32"],
])("%s stays with a plain integer %s, with a plain fraction %s", (dtype, integer, fraction) => {
  expect([promoteWeak(dtype, "int"), promoteWeak(dtype, "float"), promoteWeak(dtype, "bool")]).toEqual([
    integer,
    fraction,
    dtype,
  ]);
});

const u8 = new Tensor("uint8", [2], Uint8Array.of(200, 255));
const i32 = new Tensor("int32", [2], Int32Array.of(2147483647, -2147483648));
const i64 = new Tensor("int64", [2], BigInt64Array.of(9223372036854775807n, 3n));

/** Computed with NumPy 2.4. */
test.each([
  ["integers wrap around in their own type", { op: "add", a: u8, b: 100 }, "uint8", [44, 99]],
  ["products of 32 bits keep their low bits", { op: "mul", a: i32, b: i32 }, "int32", [1, 0]],
  ["products of 64 bits keep their low bits", { op: "mul", a: i64, b: i64 }, "int64", [1n, 9n]],
  ["powers of integers keep their low bits", { op: "pow", a: i32, b: 3 }, "int32", [2147483647, 0]],
  ["quotients of integers are float64", { op: "div", a: u8, b: 100 }, "float64", [2, 2.55]],
  ["remainders have the divisor's sign", { op: "mod", a: i64, b: -2 }, "int64", [-1n, -1n]],
  ["the remainder by the integer 0 is 0", { op: "mod", a: u8, b: 0 }, "uint8", [0, 0]],
  ["integers are compared with what their type cannot hold", { op: "less", a: u8, b: 300 }, "bool", [1, 1]],
  ["booleans are added by or", { op: "add", a: [true, false], b: true }, "bool", [1, 1]],
  ["numbers are true where they are not 0", { op: "and", a: [2, 0], b: [4, 4] }, "bool", [1, 0]],
  [
    "functions of narrow integers are float32",
    { op: "sqrt", a: new Tensor("int16", [1], Int16Array.of(2)) },
    "float32",
    [1.4142135381698608],
  ],
  ["texts are ordered by their code points", { op: "less", a: ["\uFF5E", "a"], b: ["\u{1F600}", "a"] }, "bool", [1, 0]],
])("%s", async (_, given, dtype, data) => {
  const result = await runStep("tensor.math", given);
  expect(isTensor(result) && [result.dtype, ...result.data]).toEqual([dtype, ...data]);
});

test.each([
  [
    "a plain integer that the type cannot hold",
    { op: "add", a: u8, b: 300 },
    '"tensor.math" cannot hold the number 300 in uint8, the element type of the tensor; cast that first',
  ],
  [
    "a negative exponent of integers",
    { op: "pow", a: i64, b: -1 },
    '"tensor.math" takes no negative exponents for "b" where both operands are integers; cast one to a float',
  ],
  [
    "the difference of booleans",
    { op: "sub", a: [true], b: [true] },
    '"tensor.math" does not compute "sub" with bool[1] and bool[1]; convert them with tensor.cast',
  ],
  [
    "texts and numbers",
    { op: "equal", a: ["a"], b: 1 },
    '"tensor.math" does not compute "equal" with string[1] and the number 1; convert them with tensor.cast',
  ],
  [
    "a second operand too few",
    { op: "add", a: 1 },
    '"tensor.math" got a wrong number of operands: "add" has two operands, "a" and "b"',
  ],
  [
    "shapes that do not broadcast",
    { op: "add", a: zeros("float32", [2]), b: zeros("float32", [3]) },
    '"tensor.math" cannot broadcast [2] and [3] to one shape; lengths must be equal, or 1, from the last axis on',
  ],
])("%s is refused", async (_, given, message) => {
  await expect(runStep("tensor.math", given)).rejects.toMatchObject({ code: "invalid-input", message });
});
