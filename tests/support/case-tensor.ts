/** Tensors as the `cases.json` of the fixtures write them. */
import { allocate, type DType } from "../../runtime/values/dtype.js";
import { toFloat16 } from "../../runtime/values/float16.js";
import { sizeOf, Tensor } from "../../runtime/values/value.js";

export interface CaseTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Integers beyond 2^53 and numbers that JSON lacks are strings. */
  readonly data: readonly (number | string | boolean)[];
}

export function caseTensor({ dtype, shape, data }: CaseTensor): Tensor {
  const array = allocate(dtype, sizeOf(shape));
  data.forEach((value, index) => {
    if (array instanceof BigInt64Array || array instanceof BigUint64Array) array[index] = BigInt(value);
    else if (Array.isArray(array)) array[index] = String(value);
    else array[index] = dtype === "float16" ? toFloat16(Number(value)) : Number(value);
  });
  return new Tensor(dtype, shape, array);
}

export function caseTensors(tensors: Readonly<Record<string, CaseTensor>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, caseTensor(value)]));
}
