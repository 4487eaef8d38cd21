/** The products of pairs of matrices of one element type. */
import { invariant } from "../../../errors.js";
import { type DType, dtypes } from "../../../values/dtype.js";
import { sizeOf, Tensor } from "../../../values/value.js";
import type { MatmulLayout } from "./matmul-layout.js";
import { isNarrow, isWide, numbersOf, tensorOfNumbers, wideArray, wideOf } from "./numbers.js";

/** Floats are added up in float64, integers wrap, and booleans are joined by "or". */
export function multiplied(a: Tensor, b: Tensor, layout: MatmulLayout): Tensor {
  const { dtype } = a;
  const { kind, bytes } = dtypes[dtype];
  if (isWide(dtype)) return new Tensor<DType>(dtype, layout.result, wideProduct(a, b, layout));
  invariant(isNarrow(dtype), "strings are not multiplied");
  if (kind === "float" || bytes < 4) return numberProduct(a, b, layout);
  return tensorOfNumbers(dtype, layout.result, wrappingProduct(a, b, layout));
}

/** Products of floats, and of integers so narrow that float64 holds their sums exactly. */
function numberProduct(a: Tensor, b: Tensor, layout: MatmulLayout): Tensor {
  const { rows, inner, columns } = layout;
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const sums = new Float64Array(sizeOf(layout.result));
  for (const [batch, [ofA, ofB]] of layout.pairs.entries()) {
    for (let row = 0; row < rows; row++) {
      const at = (batch * rows + row) * columns;
      for (let k = 0; k < inner; k++) {
        const factor = left[(ofA * rows + row) * inner + k] ?? 0;
        const start = (ofB * inner + k) * columns;
        for (let column = 0; column < columns; column++)
          sums[at + column] = (sums[at + column] ?? 0) + factor * (right[start + column] ?? 0);
      }
    }
  }
  const { dtype } = a;
  invariant(isNarrow(dtype), "64-bit integers are multiplied apart");
  if (dtype === "bool")
    return new Tensor<DType>(
      dtype,
      layout.result,
      Uint8Array.from(sums, (sum) => (sum === 0 ? 0 : 1)),
    );
  return tensorOfNumbers(dtype, layout.result, sums);
}

function wrappingProduct(a: Tensor, b: Tensor, layout: MatmulLayout): Int32Array {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const sums = new Int32Array(sizeOf(layout.result));
  forEachTerm(layout, (place, i, j) => {
    sums[place] = (sums[place] ?? 0) + Math.imul(left[i] ?? 0, right[j] ?? 0);
  });
  return sums;
}

function wideProduct(a: Tensor, b: Tensor, layout: MatmulLayout): BigInt64Array | BigUint64Array {
  const [left, right] = [wideOf(a), wideOf(b)];
  const sums = wideArray(a.dtype === "uint64" ? "uint64" : "int64", sizeOf(layout.result));
  forEachTerm(layout, (place, i, j) => {
    sums[place] = (sums[place] ?? 0n) + (left[i] ?? 0n) * (right[j] ?? 0n);
  });
  return sums;
}

function forEachTerm(layout: MatmulLayout, add: (place: number, i: number, j: number) => void): void {
  const { rows, inner, columns } = layout;
  for (const [batch, [ofA, ofB]] of layout.pairs.entries())
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < inner; k++)
        for (let column = 0; column < columns; column++)
          add(
            (batch * rows + row) * columns + column,
            (ofA * rows + row) * inner + k,
            (ofB * inner + k) * columns + column,
          );
}
