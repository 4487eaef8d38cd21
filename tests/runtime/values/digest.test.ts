/** Digests of values: one for each value, whatever a caller makes up. */
import { digestOfValues } from "../../../runtime/values/digest.js";
import { Image, Tensor, type Value } from "../../../runtime/values/value.js";
import { seeded } from "../../support/random.js";

const digest = (value: Value) => digestOfValues("scope", { value });
const pixels = new Uint8Array([1, 2, 3, 4]);

/** Values that are easily taken for each other. */
const different: readonly Value[] = [
  null,
  "null",
  true,
  "true",
  1,
  1n,
  "1",
  0,
  -0,
  Number.NaN,
  "NaN",
  "",
  [],
  {},
  [null],
  [[]],
  [[], []],
  [""],
  ["", ""],
  ["a", "b"],
  ["ab"],
  ['a";"b'],
  { a: 1, b: 2 },
  { a: { b: 2 } },
  { a: "1" },
  "\ud800",
  "\ud801",
  "\ufffd",
  new Uint8Array([]),
  new Uint8Array([49]),
  new Tensor("uint8", [1], new Uint8Array([49])),
  new Tensor("int8", [1], new Int8Array([49])),
  new Tensor("float32", [2, 1], new Float32Array([1, 2])),
  new Tensor("float32", [1, 2], new Float32Array([1, 2])),
  new Tensor("float32", [2], new Float32Array([1, 2])),
  new Tensor("int32", [2], new Int32Array(new Float32Array([1, 2]).buffer)),
  new Tensor("float32", [1], new Float32Array([0])),
  new Tensor("float32", [1], new Float32Array([-0])),
  new Tensor("float32", [0, 2], new Float32Array([])),
  new Tensor("float32", [2, 0], new Float32Array([])),
  new Tensor("string", [2], ["a", "b"]),
  new Tensor("string", [2], ["ab", ""]),
  new Tensor("string", [2], ['a"', "b"]),
  new Image(4, 1, 1, pixels),
  new Image(1, 4, 1, pixels),
  new Image(1, 1, 4, pixels),
];

test("values that differ in type, shape, bits or names have digests of their own", () => {
  expect(new Set(different.map(digest)).size).toBe(different.length);
});

test("equal values have equal digests, in whatever order and buffer they lie", () => {
  expect(digestOfValues("s", { b: 1, a: [2] })).toBe(digestOfValues("s", { a: [2], b: 1 }));
  expect(digestOfValues("s", { a: 1, skipped: undefined })).toBe(digestOfValues("s", { a: 1 }));
  const whole = new Float32Array([9, 1, 2, 9]);
  const part = new Tensor("float32", [2], whole.subarray(1, 3));
  expect(digest(part)).toBe(digest(new Tensor("float32", [2], new Float32Array([1, 2]))));
});

test("what is asked counts as much as the values", () => {
  expect(digestOfValues("a", { x: 1 })).not.toBe(digestOfValues("b", { x: 1 }));
  expect(digestOfValues('a";{1;"x', {})).not.toBe(digestOfValues("a", { x: 1 }));
});

test("no two of many random records share a digest", () => {
  const random = seeded(3);
  const values = new Map<string, string>();
  const make = (depth: number): Value => {
    const kind = random.integer(depth > 2 ? 3 : 5);
    if (kind === 0) return random.integer(4);
    if (kind === 1) return ["", "a", "b", "ab"][random.integer(4)] ?? "";
    if (kind === 2) return random.integer(2) === 0;
    const items = Array.from({ length: random.integer(3) }, () => make(depth + 1));
    return kind === 3 ? items : Object.fromEntries(items.map((item, index) => [["a", "b"][index] ?? "c", item]));
  };
  for (let count = 0; count < 20_000; count++) {
    const value = make(0);
    const text = JSON.stringify(value);
    const known = values.get(digest(value));
    expect(known ?? text).toBe(text);
    values.set(digest(value), text);
  }
  expect(values.size).toBeGreaterThan(1000);
});
