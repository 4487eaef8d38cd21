/** Operands in type rules: tensors, and plain numbers whose element type gives way. */
import { numberType } from "../../../types/type.js";
import type { DType } from "../../../values/dtype.js";
import { isSpecialFloat } from "../../../values/special-float.js";
import type { StepTyping } from "../../step.js";
import { promote, promoteWeak, type WeakKind, weakDType, weakKindOf } from "./promote.js";
import { type Shape, tensorTypeOf } from "./typing.js";

/** `dtype` and `weak` exclude each other; several `weak` kinds are possible where only the value tells. */
export interface OperandType {
  readonly dtype: DType | null;
  readonly weak: readonly WeakKind[];
  readonly shape: Shape | null;
}

export function operandType(typing: StepTyping, name: string): OperandType {
  const weak = weakKinds(typing, name);
  if (weak.length > 0) return { dtype: null, weak, shape: [] };
  const { dtype, shape } = tensorTypeOf(typing, name);
  return { dtype, weak: [], shape };
}

/** An element type, null where it cannot be told, undefined where there is none. */
export type FoundDType = DType | null | undefined;

/** The common element type. */
export function commonType(a: OperandType, b: OperandType): FoundDType {
  return agreed(commonTypes(a, b));
}

/** The common element type for each kind that the operands may turn out to be of. */
export function commonTypes(a: OperandType, b: OperandType): readonly FoundDType[] {
  return candidates(a).flatMap((x) => candidates(b).map((y) => together(x, y)));
}

/** The element types that one operand may turn out to have. */
export function ownTypes(operand: OperandType): readonly FoundDType[] {
  return candidates(operand).map((candidate) => ("weak" in candidate ? weakDType(candidate.weak) : candidate.dtype));
}

/** What all have in common: null where they differ. */
export function agreed(types: readonly FoundDType[]): FoundDType {
  const first = types[0];
  return types.every((other) => other === first) ? first : null;
}

type Candidate = { readonly dtype: DType | null } | { readonly weak: WeakKind };

function candidates(operand: OperandType): readonly Candidate[] {
  return operand.weak.length > 0 ? operand.weak.map((weak) => ({ weak })) : [{ dtype: operand.dtype }];
}

function together(a: Candidate, b: Candidate): FoundDType {
  if ("weak" in a) return "weak" in b ? promote(weakDType(a.weak), weakDType(b.weak)) : withWeak(b.dtype, a.weak);
  if ("weak" in b) return withWeak(a.dtype, b.weak);
  return a.dtype === null || b.dtype === null ? null : promote(a.dtype, b.dtype);
}

function withWeak(dtype: DType | null, weak: WeakKind): FoundDType {
  return dtype === null ? null : promoteWeak(dtype, weak);
}

function weakKinds(typing: StepTyping, name: string): readonly WeakKind[] {
  const literal = typing.literal(name);
  if (typeof literal === "number" || typeof literal === "boolean") return [weakKindOf(literal)];
  if (isSpecialFloat(literal)) return ["float"];
  const kind = typing.type(name)?.kind;
  if (kind === "integer") return ["int"];
  if (kind === "boolean") return ["bool"];
  // Whether a number has a fraction, only its value tells.
  return kind === numberType.kind ? ["int", "float"] : [];
}
