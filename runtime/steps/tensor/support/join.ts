/** What `tensor.concat` and `tensor.stack` share: the tensors brought to one element type. */
import { invalidInput } from "../../../errors.js";
import { type TensorType, type Type, tensorOf } from "../../../types/type.js";
import { type DType, dtypes, isDType } from "../../../values/dtype.js";
import type { Tensor } from "../../../values/value.js";
import type { StepTyping } from "../../step.js";
import { convert } from "./convert.js";
import { promote } from "./promote.js";
import { asTensorType } from "./typing.js";

export type Tensors = readonly [Tensor, ...Tensor[]];

/** The tensors, at least one, in the type that was asked for or the one that holds all of theirs. */
export function inOneType(step: string, tensors: readonly Tensor[], dtype: DType | undefined): Tensors {
  const [first, ...others] = tensors;
  if (first === undefined)
    throw invalidInput(`"${step}" takes at least one tensor in "tensors", but the list is empty`);
  const common = commonOf(tensors.map((tensor) => tensor.dtype));
  if (common === undefined) throw invalidInput(`"${step}" cannot join strings with numbers in "tensors"`);
  const target = dtype ?? common;
  if (!joinsTo(common, target))
    throw invalidInput(
      `"${step}" cannot give ${common} as ${target} without losing what it holds; convert it with tensor.cast`,
    );
  return [convert(first, target), ...others.map((tensor) => convert(tensor, target))];
}

/** The types of the list's items where the spec writes them out; undefined where the list is computed. */
export function itemTypes(typing: StepTyping): readonly TensorType[] | undefined {
  return typing.items("tensors")?.map(asTensorType);
}

/** The element type of the joined tensors: null where it cannot be told, undefined where it was reported as wrong. */
export function joinedDType(typing: StepTyping, types: readonly TensorType[]): DType | null | undefined {
  const dtypes = types.map((type) => type.dtype);
  const known = dtypes.filter((dtype) => dtype !== null);
  const common = commonOf(known);
  const asked = typing.literal("dtype");
  const target = typeof asked === "string" && isDType(asked) ? asked : null;
  if (known.length > 0 && (common === undefined || (target !== null && !joinsTo(common, target)))) {
    const found = [...new Set(known)].join(" and ");
    typing.fail(
      "tensors",
      "type-mismatch",
      `elements of ${found} cannot be joined${target === null ? "" : ` as ${target}`}`,
      "convert them with tensor.cast",
    );
    return undefined;
  }
  if (target !== null) return target;
  return known.length === dtypes.length ? (common ?? null) : null;
}

/** One tensor that is given stands for the list of its rows. */
export function rowType(typing: StepTyping): Type {
  const type = typing.type("tensors");
  if (type?.kind === "list") return asTensorType(type.item);
  return type?.kind === "tensor" && type.shape !== null
    ? tensorOf(type.dtype, type.shape.slice(1))
    : tensorOf(null, null);
}

function commonOf(dtypes: readonly DType[]): DType | undefined {
  const [first, ...others] = dtypes;
  return others.reduce<DType | undefined>((common, dtype) => common && promote(common, dtype), first);
}

/** NumPy's "same kind": no float becomes an integer, no integer a boolean, no signed integer an unsigned one. */
function joinsTo(from: DType, to: DType): boolean {
  if (from === to) return true;
  const order = ["bool", "uint", "int", "float"];
  const [source, target] = [dtypes[from].kind, dtypes[to].kind];
  return source !== "string" && target !== "string" && order.indexOf(source) <= order.indexOf(target);
}
