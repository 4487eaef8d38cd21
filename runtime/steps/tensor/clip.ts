/** `tensor.clip`: elements kept between two bounds. */
import { invalidInput, invariant } from "../../errors.js";
import { tensorOf } from "../../types/type.js";
import { type DType, dtypes } from "../../values/dtype.js";
import { sizeOf, Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { convert } from "./support/convert.js";
import { isNarrow, isWide, numbersOf, tensorOfNumbers, wideArray, wideOf, workArray } from "./support/numbers.js";
import { fits } from "./support/operand.js";
import { promoteWeak, weakKindOf } from "./support/promote.js";
import { isStringOrBool, refusesDType, tensorTypeOf } from "./support/typing.js";

export const clip = defineStep({
  name: "tensor.clip",
  summary: "Keeps elements between two bounds.",
  equals: "NumPy's `clip`",
  result: "a tensor of the same shape",
  details: `Elements below \`min\` become \`min\`, those above \`max\` become \`max\`, and NaN stays. A bound that is left out does
not hold. Integers stay integers where the bounds are integers, and become float64 otherwise.`,
  args: {
    x: { type: "tensor", description: "The tensor to clip: numbers." },
    min: { type: "number", description: "The least value.", optional: true },
    max: { type: "number", description: "The greatest value.", optional: true },
  },
  examples: [{ title: "Between 0 and 1.", with: { x: [-0.5, 0.25, 3.5], min: 0, max: 1 }, result: [0, 0.25, 1] }],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    if (refusesDType(typing, "x", x, isStringOrBool, "only numbers are clipped")) return { kind: "unknown" };
    if (x.dtype === null || dtypes[x.dtype].kind === "float") return tensorOf(x.dtype, x.shape);
    return tensorOf(
      clippedDType(
        x.dtype,
        ["min", "max"].map((name) => boundKind(typing.type(name)?.kind, typing.literal(name))),
      ),
      x.shape,
    );
  },
  kernel: ({ x, min, max }) => {
    const { dtype } = x;
    if (isStringOrBool(dtype)) throw invalidInput(`"tensor.clip" takes numbers for "x", not ${dtype}`);
    const kinds = [min, max].map((bound) => (bound === undefined ? "absent" : weakKindOf(bound)));
    const target = kinds.includes("float") ? (promoteWeak(dtype, "float") ?? dtype) : dtype;
    return isWide(target) ? clippedWide(x, min, max) : clippedNumbers(convert(x, target), min, max);
  },
  work: ({ x }) => sizeOf(x.shape),
});

type BoundKind = "absent" | "integer" | "float" | "unknown";

function boundKind(type: string | undefined, literal: unknown): BoundKind {
  if (type === undefined) return "absent";
  if (typeof literal === "number") return weakKindOf(literal) === "int" ? "integer" : "float";
  return type === "integer" ? "integer" : "unknown";
}

/** Integers stay integers unless a bound is none; null where that is not known. */
function clippedDType(dtype: DType, bounds: readonly BoundKind[]): DType | null {
  if (bounds.includes("float")) return "float64";
  return bounds.includes("unknown") ? null : dtype;
}

function clippedNumbers(x: Tensor, min = -Infinity, max = Infinity): Tensor {
  const { dtype, shape } = x;
  invariant(isNarrow(dtype), "64-bit integers are clipped apart");
  if (dtypes[dtype].kind !== "float") checkBounds(dtype, min, max);
  const numbers = numbersOf(x);
  const clipped = workArray(dtype, numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    clipped[i] = Math.min(Math.max(numbers[i] ?? 0, min), max);
  }
  return tensorOfNumbers(dtype, shape, clipped);
}

function clippedWide(x: Tensor, min: number | undefined, max: number | undefined): Tensor {
  const { dtype, shape } = x;
  invariant(isWide(dtype), "only 64-bit integers are clipped here");
  checkBounds(dtype, min ?? -Infinity, max ?? Infinity);
  const wide = wideOf(x);
  const clipped = wideArray(dtype, wide.length);
  for (let i = 0; i < wide.length; i++) {
    const value = wide[i] ?? 0n;
    const raised = min !== undefined && value < min ? BigInt(min) : value;
    clipped[i] = max !== undefined && raised > max ? BigInt(max) : raised;
  }
  return new Tensor<DType>(dtype, shape, clipped);
}

/** A bound that no element could take is refused; one beyond the type on the other side just does not hold. */
function checkBounds(dtype: DType, min: number, max: number): void {
  const unreachable =
    (min > 0 && min !== Infinity && !fits(min, dtype)) || (max < 0 && max !== -Infinity && !fits(max, dtype));
  if (unreachable)
    throw invalidInput(`"tensor.clip" cannot hold a bound of ${min > 0 ? min : max} in ${dtype}; cast "x" first`);
}
