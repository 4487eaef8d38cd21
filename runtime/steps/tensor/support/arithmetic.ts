/** Arithmetic where JavaScript's differs from C's and NumPy's. */
import { invalidInput } from "../../../errors.js";
import { roundHalfEven } from "../../../values/float16.js";

export function divided(a: number, b: number): number {
  return a / b;
}

/** C's `pow`: 1 to any power, and -1 to an infinite one, are 1. */
export function powered(a: number, b: number): number {
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  return a ** b;
}

/** Integer powers wrap: only the low bits of the factors matter. A negative exponent is refused, as in NumPy. */
export function powerOfWide(a: bigint, b: bigint): bigint {
  if (b < 0n)
    throw invalidInput(
      '"tensor.math" takes no negative exponents for "b" where both operands are integers; cast one to a float',
    );
  let power = 1n;
  let factor = BigInt.asIntN(64, a);
  for (let rest = b; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = BigInt.asIntN(64, power * factor);
    factor = BigInt.asIntN(64, factor * factor);
  }
  return power;
}

/** Python's remainder, with the sign of the divisor. */
export function remainder(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return rest < 0 === b < 0 ? rest : rest + b;
}

/** As `remainder`; by 0 it is 0, as NumPy's is for integers. */
export function remainderOfWide(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n;
  const rest = a % b;
  return rest === 0n || rest < 0n === b < 0n ? rest : rest + b;
}

/** To the nearest integer, halves to even; the sign of zero stays. */
export function rounded(value: number): number {
  const nearest = roundHalfEven(value);
  return nearest === 0 && (value < 0 || Object.is(value, -0)) ? -0 : nearest;
}

/** 1, 0 or -1; NaN stays. */
export function signOf(value: number): number {
  return value > 0 ? 1 : value < 0 ? -1 : value === 0 ? 0 : value;
}

export function lesser(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

export function greater(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}
