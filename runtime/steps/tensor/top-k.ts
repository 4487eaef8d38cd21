/** `tensor.top_k`: the greatest or least elements along an axis, in order. */
import { invalidInput } from "../../errors.js";
import { recordOf, tensorOf } from "../../types/type.js";
import { allocate, type DType } from "../../values/dtype.js";
import { sizeOf, Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { axisOf, splitAt } from "./support/axes.js";
import { isWide, numbersOf, wideOf } from "./support/numbers.js";
import { topIndices } from "./support/top-indices.js";
import { axisIn, isString, literalInteger, refusesDType, tensorTypeOf } from "./support/typing.js";

export const topK = defineStep({
  name: "tensor.top_k",
  summary: "Finds the greatest or least elements along an axis, in order.",
  equals: "NumPy's stable `argsort`, cut to `k`",
  result: "{ values: T[…], indices: int64[…] }",
  details: `The first is the greatest (the least, with \`largest: false\`); of equal elements the one at the lower position
comes first, and NaN comes last. \`k\` may not exceed the axis.`,
  args: {
    x: { type: "tensor", description: "The tensor to search." },
    k: { type: "integer", description: "How many to give.", minimum: 0 },
    axis: { type: "integer", description: "The axis; -1 is the last.", default: -1 },
    largest: { type: "boolean", description: "Whether the greatest are wanted rather than the least.", default: true },
  },
  examples: [{ title: "The two greatest.", with: { x: [1, 5, 3], k: 2 }, result: { values: [5, 3], indices: [1, 2] } }],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    if (refusesDType(typing, "x", x, isString, "only numbers have an order here")) return { kind: "unknown" };
    const axis = axisIn(typing, x.shape);
    if (axis === "failed") return { kind: "unknown" };
    const k = literalInteger(typing, "k") ?? null;
    const dim = axis === "unknown" ? null : (x.shape?.[axis] ?? null);
    if (k !== null && typeof dim === "number" && k > dim)
      return typing.fail("k", "bad-argument", `"k" is ${k}, but the axis has ${dim} elements`, `use at most ${dim}`);
    const shape = axis === "unknown" ? (x.shape?.map(() => null) ?? null) : (x.shape?.with(axis, k) ?? null);
    return recordOf({ values: tensorOf(x.dtype, shape), indices: tensorOf("int64", shape) });
  },
  kernel: ({ x, k, axis, largest }) => {
    if (isString(x.dtype)) throw invalidInput('"tensor.top_k" takes numbers for "x", not strings');
    const along = axisOf("tensor.top_k", axis, x.shape.length);
    const { outer, length, inner } = splitAt(x.shape, along);
    if (k > length)
      throw invalidInput(`"tensor.top_k" takes at most ${length}, the length of axis ${along}, for "k", not ${k}`);
    const shape = x.shape.with(along, k);
    const values = allocate<DType>(x.dtype, sizeOf(shape));
    const indices = new BigInt64Array(sizeOf(shape));
    const order = isWide(x.dtype) ? wideOf(x) : numbersOf(x);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i;
        for (const [rank, position] of topIndices(order, start, length, inner, k, largest).entries()) {
          const at = (o * k + rank) * inner + i;
          indices[at] = BigInt(position);
          values[at] = x.data[start + position * inner] ?? 0;
        }
      }
    return { values: new Tensor(x.dtype, shape, values), indices: new Tensor("int64", shape, indices) };
  },
  work: ({ x }) => sizeOf(x.shape) * 4,
});
