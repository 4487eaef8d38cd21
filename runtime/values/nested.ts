/**
 * Nested JSON lists to tensors and back. Integers beyond 2^53 are decimal strings, and NaN and the infinities are the
 * strings "NaN", "Infinity" and "-Infinity", in both directions.
 */
import { type EkibenError, invalidInput } from "../errors.js";
import { describeValue } from "./describe.js";
import { type DType, dtypes } from "./dtype.js";
import { inferDType } from "./infer-dtype.js";
import { rowReader } from "./row-reader.js";
import { elementsOf, type RowWriter } from "./row-writer.js";
import { isList, type Json, sizeOf, Tensor, type Value } from "./value.js";

/**
 * The tensor that nested lists (or one plain value) stand for. Without a `dtype` it is NumPy's choice: integers are
 * int64, other numbers float64, booleans bool, texts string. Refuses ragged lists and elements that the type cannot hold.
 * An error's path is a JSON Pointer from the value.
 */
export function tensorFromNested(value: Value, dtype: DType = inferDType(value)): Tensor {
  const shape = shapeOf(value);
  const { data, write } = elementsOf(dtype, sizeOf(shape));
  if (isList(value)) fill({ shape, dtype, write }, value, 0, 0);
  else if (write([value], 0) >= 0) throw wrongElement(value, dtype, []);
  return new Tensor(dtype, shape, data);
}

/** Nested lists with the tensor's elements as JSON; for a tensor of rank 0 its only element. */
export function tensorToNested(tensor: Tensor): Json {
  const read = rowReader(tensor);
  return tensor.shape.length === 0 ? (read(0, 1)[0] ?? null) : nest(tensor.shape, read, 0, 0);
}

/** The shape by the first items: every other list must agree with it. */
function shapeOf(value: Value): number[] {
  const shape: number[] = [];
  for (let list: Value | undefined = value; isList(list); list = list[0]) shape.push(list.length);
  return shape;
}

interface Filling {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly write: RowWriter;
}

/** Writes a list that lies `axis` lists deep and begins at element `start`; one call a list, none an element. */
function fill(filling: Filling, list: readonly Value[], axis: number, start: number): void {
  const { shape, dtype, write } = filling;
  if (list.length !== shape[axis]) throw ragged(shape, axis, start, describeValue(list));
  if (axis === shape.length - 1) {
    const wrong = write(list, start);
    if (wrong >= 0) throw wrongElement(list[wrong], dtype, indexOf(shape, shape.length, start + wrong));
    return;
  }
  const size = sizeOf(shape.slice(axis + 1));
  for (const [i, item] of list.entries()) {
    if (!isList(item)) throw ragged(shape, axis + 1, start + i * size, describeValue(item));
    fill(filling, item, axis + 1, start + i * size);
  }
}

function ragged(shape: readonly number[], axis: number, start: number, found: string): EkibenError {
  const index = indexOf(shape, axis, start);
  const message = `a tensor's lists have equal lengths: ${found} stands${place(index)} where a list of ${shape[axis]} is expected`;
  return invalidInput(message, pointer(index));
}

function wrongElement(element: Value | undefined, dtype: DType, index: readonly number[]): EkibenError {
  const message = isList(element)
    ? `a tensor's lists are equally deep: ${describeValue(element)} stands${place(index)} where one element is expected`
    : `a tensor of ${dtype} cannot hold ${describeValue(element)}${place(index)}; ${holds(dtype)}`;
  return invalidInput(message, pointer(index));
}

function holds(dtype: DType): string {
  if (dtype === "string") return "its elements are texts";
  if (dtype === "bool") return "its elements are true and false";
  if (dtypes[dtype].kind === "float") return 'its elements are numbers in its range, "NaN", "Infinity" and "-Infinity"';
  if (dtype === "int64" || dtype === "uint64")
    return "its elements are integers in its range, as decimal strings beyond 2^53";
  return "its elements are integers in its range";
}

/** Where element `offset` lies, along the first `axes` axes. */
function indexOf(shape: readonly number[], axes: number, offset: number): number[] {
  const index: number[] = [];
  let rest = offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] ?? 1;
    if (axis < axes) index.unshift(dim === 0 ? 0 : rest % dim);
    rest = dim === 0 ? 0 : Math.floor(rest / dim);
  }
  return index;
}

function place(index: readonly number[]): string {
  return index.length === 0 ? "" : ` at [${index.join("][")}]`;
}

function pointer(index: readonly number[]): string {
  return index.map((i) => `/${i}`).join("");
}

function nest(
  shape: readonly number[],
  read: (start: number, length: number) => Json[],
  axis: number,
  start: number,
): Json {
  const length = shape[axis] ?? 0;
  if (axis === shape.length - 1) return read(start, length);
  const size = sizeOf(shape.slice(axis + 1));
  const list = new Array<Json>(length);
  for (let i = 0; i < length; i++) list[i] = nest(shape, read, axis + 1, start + i * size);
  return list;
}
