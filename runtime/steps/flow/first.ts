/** `flow.first`: the first of several values that was not skipped. */
import { optional, required, type Type, union } from "../../types/type.js";
import type { Value } from "../../values/value.js";
import { defineStep } from "../step.js";

export const flowFirst = defineStep({
  name: "flow.first",
  summary: "Gives the first value that was not skipped.",
  result: "the value",
  details: `For branches: steps with \`when\` are skipped where their condition does not hold, and this step takes what is there.
Where all were skipped, \`otherwise\` is given; without it this step is skipped too.`,
  args: {
    values: { type: "list", description: "The values, the preferred first.", minItems: 1 },
    otherwise: { type: "any", description: "The value where all were skipped.", optional: true },
  },
  takesSkipped: true,
  examples: [{ title: "What is there.", with: { values: ["short", "long"] }, result: "short" }],
  typeRule: (typing) => {
    const type = typing.type("values");
    const items = typing.items("values") ?? (type?.kind === "list" ? [type.item] : undefined);
    if (items === undefined) return { kind: "unknown" };
    const otherwise = typing.type("otherwise");
    return firstOf(otherwise === undefined ? items : [...items, otherwise]);
  },
  kernel: ({ values, otherwise }) => {
    const present: readonly (Value | undefined)[] = values;
    const at = present.findIndex((value) => value !== undefined);
    return at < 0 ? otherwise : present[at];
  },
});

/** What follows a value that is always there is never given. */
function firstOf(types: readonly Type[]): Type {
  const certain = types.findIndex((type) => type.kind !== "optional");
  if (certain < 0) return optional(union(types));
  return union(types.slice(0, certain + 1).map(required));
}
