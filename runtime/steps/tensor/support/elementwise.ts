/** Operations carried out element by element over broadcast operands, with NumPy's element types. */
import { invalidInput, invariant } from "../../../errors.js";
import { describeValue } from "../../../values/describe.js";
import { type DType, dtypes } from "../../../values/dtype.js";
import { isTensor, sizeOf, Tensor } from "../../../values/value.js";
import { powerOfWide } from "./arithmetic.js";
import { broadcastShapes, broadcastStrides } from "./broadcast.js";
import { convert } from "./convert.js";
import {
  isNarrow,
  isWide,
  type NumberArray,
  numbersOf,
  tensorOfNumbers,
  wideArray,
  wideOf,
  workArray,
} from "./numbers.js";
import { commonDType, fits, type Operand, operandAs } from "./operand.js";
import { agreed, commonTypes, type FoundDType, type OperandType, ownTypes } from "./operand-typing.js";
import { type Operation, type OperationName, operationNamed } from "./operations.js";
import { promote, weakDType, weakKindOf } from "./promote.js";
import { forEachRow } from "./strides.js";

/** The result's element type for operands of these types. */
export function computedType(name: OperationName, [a, b]: readonly [OperandType, OperandType?]): FoundDType {
  const operation = operationNamed(name);
  const common = b === undefined ? ownTypes(a) : commonTypes(a, b);
  return agreed(common.map((dtype) => answerOf(operation, dtype)));
}

function answerOf(operation: Operation, common: FoundDType): FoundDType {
  // Whatever logic and comparisons compute with, they answer with bool.
  if (common === null) return operation.answersBool || operation.computesIn("float32") === "bool" ? "bool" : null;
  const dtype = common === undefined ? undefined : operation.computesIn(common);
  return dtype !== undefined && operation.answersBool ? "bool" : dtype;
}

/** The operation over one operand or two. Throws `invalidInput` for types and shapes that do not go together. */
export function computed(name: OperationName, operation: Operation, a: Operand, b: Operand | undefined): Tensor {
  const common = commonOf(operation, a, b);
  const dtype = common === undefined ? undefined : operation.computesIn(common);
  const given = b === undefined ? [a] : [a, b];
  if (dtype === undefined)
    throw invalidInput(
      `"tensor.math" does not compute "${name}" with ${given.map(describeValue).join(" and ")}; convert them with tensor.cast`,
    );
  if (name === "pow" && !isWide(dtype) && dtypes[dtype].kind !== "float") return narrowPower(dtype, given);
  const layout = layoutOf(given.map((operand) => operandAs("tensor.math", operand, dtype)));
  if (dtype === "string") return boolsOf(layout, compareTexts(operation, layout));
  if (isWide(dtype)) return wideResult(dtype, operation, layout);
  const numbers = computeNumbers(dtype, operation, layout);
  return operation.answersBool || dtype === "bool"
    ? boolsOf(layout, numbers)
    : tensorOfNumbers(dtype, layout.shape, numbers);
}

function commonOf(operation: Operation, a: Operand, b: Operand | undefined): DType | undefined {
  if (b === undefined) return isTensor(a) ? a.dtype : weakDType(weakKindOf(a));
  const common = commonDType(a, b);
  if (!operation.answersBool || common === undefined) return common;
  // Comparisons take plain integers that the other operand's type could not hold.
  const beyond = [a, b].some((operand) => !isTensor(operand) && !fits(operand, common));
  return beyond ? promote(common, "int64") : common;
}

/** Powers of narrow integers exceed what float64 holds exactly: they are computed in 64 bits, of which the low ones stay. */
function narrowPower(dtype: DType, operands: readonly Operand[]): Tensor {
  const wide = dtypes[dtype].kind === "uint" ? "uint64" : "int64";
  const layout = layoutOf(operands.map((operand) => convert(operandAs("tensor.math", operand, dtype), wide)));
  const power: Operation = { arity: 2, numbers: Math.pow, wide: powerOfWide, computesIn: (type) => type };
  return convert(wideResult(wide, power, layout), dtype);
}

interface Layout {
  readonly operands: readonly Tensor[];
  /** The result's shape. */
  readonly shape: readonly number[];
  readonly size: number;
  /** The shape to walk, and the operands' strides in it. */
  readonly walk: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

function layoutOf(operands: readonly Tensor[]): Layout {
  const shape = broadcastShapes(...operands.map((operand) => operand.shape));
  if (shape === undefined) {
    const shapes = operands.map((operand) => `[${operand.shape.join(", ")}]`).join(" and ");
    throw invalidInput(
      `"tensor.math" cannot broadcast ${shapes} to one shape; lengths must be equal, or 1, from the last axis on`,
    );
  }
  const size = sizeOf(shape);
  // Equal shapes and single numbers are walked as one long row.
  const flat = operands.every((operand) => operand.data.length === size || operand.data.length === 1);
  if (flat)
    return { operands, shape, size, walk: [size], strides: operands.map(({ data }) => [data.length === 1 ? 0 : 1]) };
  return {
    operands,
    shape,
    size,
    walk: shape,
    strides: operands.map((operand) => broadcastStrides(operand.shape, shape)),
  };
}

/** Calls `at` for each place of the result with the places of the operands' elements. */
function forEachPlace({ walk, strides }: Layout, at: (place: number, i: number, j: number) => void): void {
  const length = walk.at(-1) ?? 1;
  const [stepA = 0, stepB = 0] = strides.map((each) => each.at(-1) ?? 0);
  forEachRow(walk, strides, (row, [startA = 0, startB = 0]) => {
    for (let i = 0; i < length; i++) at(row * length + i, startA + i * stepA, startB + i * stepB);
  });
}

function computeNumbers(dtype: DType, operation: Operation, layout: Layout): NumberArray {
  invariant(isNarrow(dtype), "strings and 64-bit integers are computed apart");
  const [a, b] = layout.operands.map(numbersOf);
  const result = workArray(operation.answersBool ? "bool" : dtype, layout.size);
  if (operation.arity === 1) {
    forEachPlace(layout, (place, i) => {
      result[place] = operation.numbers(a?.[i] ?? 0);
    });
    return result;
  }
  const is32 = dtypes[dtype].kind !== "float" && dtypes[dtype].bytes === 4;
  const combine = (is32 ? operation.int32 : undefined) ?? operation.numbers;
  forEachPlace(layout, (place, i, j) => {
    result[place] = combine(a?.[i] ?? 0, b?.[j] ?? 0);
  });
  return result;
}

function wideResult(dtype: "int64" | "uint64", operation: Operation, layout: Layout): Tensor {
  const [a, b] = layout.operands.map(wideOf);
  const result = wideArray(dtype, layout.size);
  forEachPlace(layout, (place, i, j) => {
    result[place] =
      operation.arity === 1
        ? (operation.wide?.(a?.[i] ?? 0n) ?? 0n)
        : (operation.wide?.(a?.[i] ?? 0n, b?.[j] ?? 0n) ?? 0n);
  });
  const tensor = new Tensor<DType>(dtype, layout.shape, result);
  return operation.answersBool ? convert(tensor, "bool") : tensor;
}

/** Texts in the order of their code points, which is not that of JavaScript's UTF-16. */
function compareTexts(operation: Operation, layout: Layout): Uint8Array {
  const [a, b] = layout.operands.map(({ data }) => Array.from<unknown, string>(data, String));
  const result = new Uint8Array(layout.size);
  forEachPlace(layout, (place, i, j) => {
    const order = Buffer.compare(Buffer.from(a?.[i] ?? ""), Buffer.from(b?.[j] ?? ""));
    result[place] = operation.arity === 2 ? operation.numbers(order, 0) : 0;
  });
  return result;
}

function boolsOf({ shape }: Layout, numbers: ArrayLike<number>): Tensor {
  return new Tensor<DType>(
    "bool",
    shape,
    Uint8Array.from(numbers, (value) => (value === 0 ? 0 : 1)),
  );
}
