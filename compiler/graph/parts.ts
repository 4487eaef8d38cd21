/** What a type is made of: the items of a list, the only field of a record. */
import type { Type } from "../../runtime/types/type.js";
import { rowOf } from "./assignable.js";

export function itemOf(type: Type): Type | undefined {
  if (type.kind === "list") return type.item;
  if (type.kind === "unknown" || type.kind === "json") return type;
  if (type.kind === "tensor") return type.shape !== null && type.shape.length === 0 ? undefined : rowOf(type);
  return undefined;
}

export function onlyField(type: Type): { readonly name: string; readonly type: Type } | undefined {
  if (type.kind !== "record") return undefined;
  const [first, second] = Object.entries(type.fields);
  return first !== undefined && second === undefined ? { name: first[0], type: first[1] } : undefined;
}
