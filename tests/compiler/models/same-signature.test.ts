/** Which signatures can stand for each other. */
import { type Border, differenceOf } from "../../../compiler/models/same-signature.js";
import { knownType } from "../../../runtime/types/parse.js";

type Sketch = Readonly<Record<string, string>>;

function border(inputs: Sketch, outputs: Sketch): Border {
  const values = (sketch: Sketch) =>
    Object.entries(sketch).map(([name, text]) => {
      const type = knownType(text.replace("?=", ""));
      if (type.kind !== "tensor" || type.dtype === null) throw new Error(`${text} is no tensor`);
      return { name, dtype: type.dtype, shape: type.shape, optional: text.startsWith("?=") };
    });
  return { inputs: values(inputs), outputs: values(outputs) };
}

const base = border({ a: "float32[batch, 4]", b: "int64[batch, n]" }, { y: "float32[batch, 3]" });

test.each<[string, Border]>([
  ["itself", base],
  ["other names of dimensions", border({ a: "float32[N, 4]", b: "int64[N, length]" }, { y: "float32[N, 3]" })],
  ["names that change places", border({ a: "float32[n, 4]", b: "int64[n, batch]" }, { y: "float32[n, 3]" })],
  ["another order", border({ b: "int64[batch, n]", a: "float32[batch, 4]" }, { y: "float32[batch, 3]" })],
])("%s is alike", (_, other) => {
  expect(differenceOf(base, other)).toBeUndefined();
  expect(differenceOf(other, base)).toBeUndefined();
});

test.each<[string, Border, object]>([
  [
    "an element type",
    border({ a: "float64[batch, 4]", b: "int64[batch, n]" }, { y: "float32[batch, 3]" }),
    { kind: "type", what: "input", name: "a", first: "float32[batch, 4]", second: "float64[batch, 4]" },
  ],
  [
    "a size",
    border({ a: "float32[batch, 4]", b: "int64[batch, n]" }, { y: "float32[batch, 5]" }),
    { kind: "type", what: "output", name: "y", first: "float32[batch, 3]", second: "float32[batch, 5]" },
  ],
  [
    "a size where a name was",
    border({ a: "float32[batch, 4]", b: "int64[batch, 8]" }, { y: "float32[batch, 3]" }),
    { kind: "type", name: "b" },
  ],
  ["a rank", border({ a: "float32[batch, 4]", b: "int64[batch]" }, { y: "float32[batch, 3]" }), { name: "b" }],
  [
    "one name where there were two",
    border({ a: "float32[k, 4]", b: "int64[k, k]" }, { y: "float32[k, 3]" }),
    { kind: "type", name: "b" },
  ],
  [
    "two names where there was one",
    border({ a: "float32[k, 4]", b: "int64[m, n]" }, { y: "float32[k, 3]" }),
    { kind: "type", name: "b" },
  ],
  [
    "an input that may be left out",
    border({ a: "float32[batch, 4]", b: "?=int64[batch, n]" }, { y: "float32[batch, 3]" }),
    { kind: "type", second: "int64[batch, n] (optional)" },
  ],
  [
    "an input less",
    border({ a: "float32[batch, 4]" }, { y: "float32[batch, 3]" }),
    { kind: "only", what: "input", name: "b", inFirst: true },
  ],
  [
    "an output more",
    border({ a: "float32[batch, 4]", b: "int64[batch, n]" }, { y: "float32[batch, 3]", z: "float32[1]" }),
    { kind: "only", what: "output", name: "z", inFirst: false },
  ],
])("%s is a difference", (_, other, difference) => {
  expect(differenceOf(base, other)).toMatchObject(difference);
});
