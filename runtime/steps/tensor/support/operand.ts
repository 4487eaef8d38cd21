/** Operands of elementwise steps: tensors, and plain numbers whose element type gives way. */
import { invalidInput } from "../../../errors.js";
import { describeValue } from "../../../values/describe.js";
import { type DType, dtypes } from "../../../values/dtype.js";
import { tensorFromNested } from "../../../values/nested.js";
import { isTensor, type Tensor } from "../../../values/value.js";
import { convert } from "./convert.js";
import { promote, promoteWeak, weakDType, weakKindOf } from "./promote.js";

export type Operand = Tensor | number | bigint | boolean;

/** The element type that two operands share. */
export function commonDType(a: Operand, b: Operand): DType | undefined {
  if (isTensor(a)) return isTensor(b) ? promote(a.dtype, b.dtype) : promoteWeak(a.dtype, weakKindOf(b));
  return isTensor(b)
    ? promoteWeak(b.dtype, weakKindOf(a))
    : promote(weakDType(weakKindOf(a)), weakDType(weakKindOf(b)));
}

/** An operand as a tensor of an element type. A plain integer that the type cannot hold is refused, as NumPy does. */
export function operandAs(step: string, operand: Operand, dtype: DType): Tensor {
  if (isTensor(operand)) return convert(operand, dtype);
  const plain = typeof operand === "boolean" && dtype !== "bool" ? Number(operand) : operand;
  if (typeof plain === "number" && dtypes[dtype].kind === "float")
    return convert(tensorFromNested(plain, "float64"), dtype);
  if (dtype === "bool" && typeof plain !== "boolean") return tensorFromNested(Number(plain) !== 0, dtype);
  if (!fits(plain, dtype) || (typeof plain === "number" && !Number.isInteger(plain)))
    throw invalidInput(
      `"${step}" cannot hold ${describeValue(plain)} in ${dtype}, the element type of the tensor; cast that first`,
    );
  return tensorFromNested(plain, dtype);
}

/** Whether an integer type holds a plain value. */
export function fits(plain: number | bigint | boolean, dtype: DType): boolean {
  const { kind, bytes } = dtypes[dtype];
  if (typeof plain === "boolean" || kind === "bool" || kind === "float") return true;
  const bits = kind === "int" ? bytes * 8 - 1 : bytes * 8;
  return plain >= (kind === "int" ? -(2 ** bits) : 0) && plain < 2 ** bits;
}

export function shapeOfOperand(operand: Operand): readonly number[] {
  return isTensor(operand) ? operand.shape : [];
}
