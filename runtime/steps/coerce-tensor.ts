/** Plain numbers, texts, nested lists and lists of tensors as the tensors that a step takes. */
import { EkibenError } from "../errors.js";
import { allocate, type DType } from "../values/dtype.js";
import { tensorFromNested } from "../values/nested.js";
import { isSpecialFloat } from "../values/special-float.js";
import { isList, isTensor, sizeOf, Tensor, type Value } from "../values/value.js";

/** Makes the error for a value that cannot be one tensor, for the reason given. */
export type RefuseElement = (reason: string) => EkibenError;

/** The tensor that a value stands for; a list of tensors of one shape and type is stacked. Undefined for what stands for none. */
export function tensorOfValue(value: Value, refuse: RefuseElement): Tensor | undefined {
  if (isTensor(value)) return value;
  if (isList(value) && isTensor(value[0])) return stackOf(value, value[0], refuse);
  if (!isList(value) && (typeof value === "object" || value === undefined)) return undefined;
  try {
    return tensorFromNested(value);
  } catch (error) {
    throw error instanceof EkibenError ? refuse(error.message) : error;
  }
}

/** A tensor, or the plain number or boolean that was written: its element type gives way to the other operand's. */
export function operandOf(value: Value, refuse: RefuseElement): Tensor | number | bigint | boolean | undefined {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value;
  if (isSpecialFloat(value)) return Number(value);
  return tensorOfValue(value, refuse);
}

/** Each item as a tensor; a tensor stands for the list of its rows, which share its memory. */
export function tensorsOfValue(value: Value, refuse: RefuseElement): readonly Tensor[] | undefined {
  if (isTensor(value)) return rowsOf(value);
  if (!isList(value)) return undefined;
  const tensors: Tensor[] = [];
  for (const item of value) {
    const tensor = item === undefined ? undefined : tensorOfValue(item, refuse);
    if (tensor === undefined) return undefined;
    tensors.push(tensor);
  }
  return tensors;
}

function rowsOf({ dtype, shape, data }: Tensor): readonly Tensor[] | undefined {
  const count = shape[0];
  if (count === undefined) return undefined;
  const rowShape = shape.slice(1);
  const size = sizeOf(rowShape);
  const rowData = (i: number) =>
    Array.isArray(data) ? data.slice(i * size, (i + 1) * size) : data.subarray(i * size, (i + 1) * size);
  return Array.from({ length: count }, (_, i) => new Tensor<DType>(dtype, rowShape, rowData(i)));
}

function stackOf(list: readonly Value[], first: Tensor, refuse: RefuseElement): Tensor {
  const size = sizeOf(first.shape);
  const data = allocate(first.dtype, size * list.length);
  for (const [i, item] of list.entries()) {
    if (!isTensor(item) || item.dtype !== first.dtype || item.shape.join() !== first.shape.join())
      throw refuse("a list of tensors is taken as one tensor only where all have one element type and one shape");
    for (let j = 0; j < size; j++) data[i * size + j] = item.data[j] ?? 0;
  }
  return new Tensor(first.dtype, [list.length, ...first.shape], data);
}
