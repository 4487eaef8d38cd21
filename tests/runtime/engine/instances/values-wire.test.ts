import { buffersOf, canCross, fromWire, toWire } from "../../../../runtime/engine/instances/values-wire.js";
import { Image, Tensor, type Value } from "../../../../runtime/values/value.js";

function cross(value: Value | undefined): Value | undefined {
  return fromWire(structuredClone(toWire(value)));
}

test.each<[string, Value | undefined]>([
  ["null", null],
  ["nothing", undefined],
  ["a number", -0],
  ["a big integer", 2n ** 63n],
  ["text", "日本\0"],
  ["bytes", Uint8Array.of(1, 2)],
  ["a list", [1, [true, "x"], null]],
  ["a record with a field that was skipped", { a: 1, b: undefined }],
  ["a field named __proto__", Object.fromEntries([["__proto__", 1]])],
  ["a tensor", new Tensor("int64", [2], BigInt64Array.of(1n, 2n))],
  ["a tensor of text", new Tensor("string", [2], ["a", ""])],
  ["tensors in a list", [new Tensor("float32", [], Float32Array.of(0.5))]],
  ["an image", new Image(1, 2, 1, Uint8Array.of(1, 2))],
  [
    "an image with its geometry",
    new Image(1, 1, 3, Uint8Array.of(1, 2, 3), {
      scale: 2,
      left: 0,
      top: 1,
      width: 1,
      height: 1,
      original: { width: 3, height: 4 },
    }),
  ],
])("%s arrives as it left", (_, value) => {
  const arrived = cross(value);
  expect(arrived).toEqual(value);
  if (value instanceof Tensor || value instanceof Image) expect(arrived).toBeInstanceOf(value.constructor);
});

test("a record of a caller cannot pass for a tensor", () => {
  const forged = { kind: "tensor", dtype: "float32", shape: [1], data: [1] };
  expect(cross(forged)).toEqual(forged);
  expect(cross(forged)).not.toBeInstanceOf(Tensor);
});

test("a part of a buffer crosses without the rest", () => {
  const whole = new Float32Array(1000);
  const wire = toWire([new Tensor("float32", [2], whole.subarray(4, 6)), whole.length]);
  const [buffer] = buffersOf(wire);
  expect(buffer?.byteLength).toBe(8);
});

test("each buffer is handed over once", () => {
  const data = new Float32Array(2);
  expect(
    buffersOf(toWire({ a: new Tensor("float32", [2], data), b: [new Tensor("float32", [1, 2], data)] })).size,
  ).toBe(1);
});

test("a loaded resource cannot cross, alone or inside", () => {
  class Loaded {
    readonly path = "tokenizer.json";
  }
  expect([canCross(new Loaded()), canCross({ tokenizer: new Loaded() }), canCross([() => 1])]).toEqual([
    false,
    false,
    false,
  ]);
  expect([canCross({ a: [1, new Image(1, 1, 1, new Uint8Array(1))] }), canCross(undefined)]).toEqual([true, true]);
});
