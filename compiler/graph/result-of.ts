/** The type of a graph's result: a record of its outputs. */
import type { Type } from "../../runtime/types/type.js";
import { recordOf } from "../../runtime/types/type.js";
import type { TypedGraph } from "./infer.js";

export function resultOf(typed: TypedGraph): Type {
  return recordOf(Object.fromEntries([...typed.outputs].map(([name, output]) => [name, output.type])));
}
