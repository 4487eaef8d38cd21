/** A type with each of its dimensions changed. */
import type { Dim, Type } from "./type.js";
import { listOf, optional, recordOf, tensorOf, union } from "./type.js";

export function mapDims(type: Type, change: (dim: Dim) => Dim): Type {
  switch (type.kind) {
    case "tensor":
      return type.shape === null ? type : tensorOf(type.dtype, type.shape.map(change));
    case "image":
      return { kind: "image", width: change(type.width), height: change(type.height), channels: change(type.channels) };
    case "list":
      return listOf(mapDims(type.item, change));
    case "record":
      return recordOf(
        Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, mapDims(field, change)])),
      );
    case "union":
      return union(type.of.map((member) => mapDims(member, change)));
    case "optional":
      return optional(mapDims(type.of, change));
    default:
      return type;
  }
}
