/**
 * NumPy 2's rules for the element type of a result. Plain numbers are weak: they take the other operand's type where it
 * can hold their kind (https://numpy.org/neps/nep-0050-scalar-promotion.html).
 */
import { type DType, dtypes } from "../../../values/dtype.js";

/** What a plain number, boolean or text is to promotion. */
export type WeakKind = "bool" | "int" | "float";

/** The type that holds both, as `numpy.result_type` gives it; undefined for strings with anything else. */
export function promote(a: DType, b: DType): DType | undefined {
  if (a === b) return a;
  const kindA = dtypes[a].kind;
  const kindB = dtypes[b].kind;
  if (kindA === "string" || kindB === "string") return undefined;
  if (kindA === "bool") return b;
  if (kindB === "bool") return a;
  const wider = dtypes[a].bytes >= dtypes[b].bytes ? a : b;
  if (kindA === kindB) return wider;
  if (kindA === "float") return promoteFloatAndInteger(a, b);
  if (kindB === "float") return promoteFloatAndInteger(b, a);
  return kindA === "int" ? promoteSigns(a, b) : promoteSigns(b, a);
}

/** The type of a tensor's elements together with a plain value. */
export function promoteWeak(dtype: DType, weak: WeakKind): DType | undefined {
  const { kind } = dtypes[dtype];
  if (kind === "string") return undefined;
  if (weak === "bool" || kind === "float") return dtype;
  if (weak === "float") return "float64";
  return kind === "bool" ? "int64" : dtype;
}

/** The type that a plain value has alone. */
export function weakDType(weak: WeakKind): DType {
  return weak === "bool" ? "bool" : weak === "int" ? "int64" : "float64";
}

export function weakKindOf(value: number | bigint | boolean): WeakKind {
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" || (Number.isInteger(value) && Math.abs(value) <= 2 ** 53) ? "int" : "float";
}

/** The float type in which functions such as `exp` are computed for elements of a type. */
export function floatFor(dtype: DType): DType {
  const { kind, bytes } = dtypes[dtype];
  if (kind === "float") return dtype;
  return bytes === 1 ? "float16" : bytes === 2 ? "float32" : "float64";
}

function promoteFloatAndInteger(float: DType, integer: DType): DType {
  const needed = floatFor(integer);
  return dtypes[float].bytes >= dtypes[needed].bytes ? float : needed;
}

/** A signed and an unsigned integer: the signed type that holds both, or float64 where there is none. */
function promoteSigns(signed: DType, unsigned: DType): DType {
  if (dtypes[signed].bytes > dtypes[unsigned].bytes) return signed;
  const next: { readonly [bytes: number]: DType } = { 1: "int16", 2: "int32", 4: "int64" };
  return next[dtypes[unsigned].bytes] ?? "float64";
}
