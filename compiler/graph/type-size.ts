/** How large types may grow: graphs as steps let a short text stand for a type that is longer than any memory. */
import type { Type } from "../../runtime/types/type.js";

export const typeLimits = { parts: 5_000, depth: 24, partsOfGraph: 500_000 } as const;

/** The number of parts; undefined for a type above the limits. Stops counting there. */
export function typeSize(type: Type): number | undefined {
  let parts = 0;
  const isWithin = (each: Type, depth: number): boolean => {
    parts++;
    if (parts > typeLimits.parts || depth > typeLimits.depth) return false;
    switch (each.kind) {
      case "list":
        return isWithin(each.item, depth + 1);
      case "optional":
        return isWithin(each.of, depth + 1);
      case "union":
        return each.of.every((member) => isWithin(member, depth + 1));
      case "record":
        return Object.values(each.fields).every((field) => isWithin(field, depth + 1));
      case "tensor":
        parts += each.shape?.length ?? 0;
        return parts <= typeLimits.parts;
      default:
        return true;
    }
  };
  return isWithin(type, 0) ? parts : undefined;
}
