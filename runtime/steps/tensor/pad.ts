/** `tensor.pad`: elements added around a tensor. */
import { EkibenError, invalidInput } from "../../errors.js";
import { type Dim, tensorOf } from "../../types/type.js";
import { describeValue } from "../../values/describe.js";
import { tensorFromNested } from "../../values/nested.js";
import { type Json, sizeOf, Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { operandAs } from "./support/operand.js";
import { joined, takeAlong } from "./support/rearrange.js";
import { isNoInteger, tensorTypeOf } from "./support/typing.js";

/** How many elements to add before and after. */
type Pair = readonly [number, number];

export const pad = defineStep({
  name: "tensor.pad",
  summary: "Adds elements around a tensor.",
  equals: "NumPy's `pad`",
  result: "a tensor of the same rank",
  details: `\`pads\` is a pair \`[before, after]\` for each axis, or one pair, or one number, for all of them.

| mode | what is added to \`1 2 3\` |
|---|---|
| constant | \`value\`: \`0 0 1 2 3 0 0\` |
| edge | the element at the edge: \`1 1 1 2 3 3 3\` |
| reflect | the mirror image, without the edge: \`3 2 1 2 3 2 1\` |
| symmetric | the mirror image, with the edge: \`2 1 1 2 3 3 2\` |
| wrap | the other end: \`2 3 1 2 3 1 2\` |`,
  args: {
    x: { type: "tensor", description: "The tensor to pad." },
    pads: { type: "tensor", description: "Pairs `[before, after]`, one for each axis." },
    mode: {
      type: "string",
      description: "What is added.",
      enum: ["constant", "edge", "reflect", "symmetric", "wrap"],
      default: "constant",
    },
    value: { type: "number", description: "What mode `constant` adds.", default: 0 },
  },
  examples: [
    {
      title: "Zeros around a matrix.",
      with: {
        x: [[1]],
        pads: [
          [1, 0],
          [1, 1],
        ],
      },
      result: [
        [0, 0, 0],
        [0, 1, 0],
      ],
    },
    {
      title: "A mirror image at the end.",
      with: { x: [1, 2, 3], pads: [[0, 2]], mode: "reflect" },
      result: [1, 2, 3, 2, 1],
    },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    if (x.shape === null) return tensorOf(x.dtype, null);
    const pairs = literalPairs(typing.literal("pads"), x.shape.length);
    if (pairs === "wrong")
      return typing.fail(
        "pads",
        "bad-argument",
        `"pads" must be a pair [before, after] for each of the ${x.shape.length} axes`,
        "numbers are 0 or greater",
      );
    return tensorOf(
      x.dtype,
      x.shape.map((dim, axis) => padded(dim, pairs?.[axis])),
    );
  },
  kernel: ({ x, pads, mode, value }) => {
    const pairs = pairsOf(pads, x.shape.length);
    let result = x;
    for (const [axis, pair] of pairs.entries()) {
      if (pair[0] + pair[1] === 0) continue;
      result =
        mode === "constant"
          ? surrounded(result, axis, pair, value)
          : takeAlong(result, axis, sources(mode, result.shape[axis] ?? 0, pair));
    }
    return result;
  },
  work: ({ x, pads }) => {
    const pairs = pairsIn(pads, x.shape.length) ?? [];
    return sizeOf(x.shape.map((dim, axis) => dim + (pairs[axis]?.[0] ?? 0) + (pairs[axis]?.[1] ?? 0)));
  },
});

/** The longest pad that is taken: a greater number is a mistake, and would fill the memory. */
const longestPad = 2 ** 24;

function pairsOf(pads: Tensor, rank: number): readonly Pair[] {
  const pairs = pairsIn(pads, rank);
  if (pairs !== undefined) return pairs;
  throw invalidInput(
    `"tensor.pad" takes for "pads" a pair of integers [before, after], 0 or greater, for each of the ${rank} axes, not ${describeValue(pads)}`,
  );
}

function pairsIn({ dtype, shape, data }: Tensor, rank: number): readonly Pair[] | undefined {
  const counts = Array.from<unknown, number>(data, Number);
  const fitting = [`${rank},2`, "1,2", "2", ""].includes(shape.join());
  if (isNoInteger(dtype) || !fitting || counts.some((count) => count < 0 || count > longestPad)) return undefined;
  const [first = 0, second = first] = counts;
  return Array.from({ length: rank }, (_, axis) =>
    counts.length === rank * 2 ? [counts[axis * 2] ?? 0, counts[axis * 2 + 1] ?? 0] : [first, second],
  );
}

function surrounded(x: Tensor, axis: number, [before, after]: Pair, value: number): Tensor {
  if (x.dtype === "string") throw invalidInput('"tensor.pad" pads strings with modes other than "constant" only');
  const one = operandAs("tensor.pad", value, x.dtype);
  const block = (length: number) => {
    const shape = x.shape.with(axis, length);
    const repeated = takeAlong(new Tensor(one.dtype, [1], one.data), 0, new Uint8Array(sizeOf(shape)));
    return new Tensor(repeated.dtype, shape, repeated.data);
  };
  return joined([block(before), x, block(after)], axis);
}

type Mirror = "edge" | "reflect" | "symmetric" | "wrap";

/** For each position of the padded axis, the position of the axis that it repeats. */
function sources(mode: Mirror, length: number, [before, after]: Pair): number[] {
  if (length === 0)
    throw invalidInput(`"tensor.pad" cannot extend an axis of length 0 with mode "${mode}"; use "constant"`);
  return Array.from({ length: before + length + after }, (_, i) => sourceOf(mode, i - before, length));
}

function sourceOf(mode: Mirror, position: number, length: number): number {
  if (mode === "edge") return Math.min(Math.max(position, 0), length - 1);
  if (mode === "wrap") return modulo(position, length);
  const period = mode === "reflect" ? Math.max(1, 2 * (length - 1)) : 2 * length;
  const within = modulo(position, period);
  return within < length ? within : mode === "reflect" ? period - within : period - 1 - within;
}

function modulo(value: number, period: number): number {
  return ((value % period) + period) % period;
}

function padded(dim: Dim, pair: Pair | undefined): Dim {
  if (pair === undefined) return null;
  const added = pair[0] + pair[1];
  return added === 0 ? dim : typeof dim === "number" ? dim + added : null;
}

function literalPairs(pads: Json | undefined, rank: number): readonly Pair[] | "wrong" | undefined {
  if (pads === undefined) return undefined;
  try {
    return pairsIn(tensorFromNested(pads), rank) ?? "wrong";
  } catch (error) {
    if (error instanceof EkibenError) return "wrong";
    throw error;
  }
}
