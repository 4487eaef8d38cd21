/** `flow.merge`: several records as one. */
import { invalidInput } from "../../errors.js";
import { optional, printType, recordOf, type Type, union } from "../../types/type.js";
import { describeValue } from "../../values/describe.js";
import { isRecord, type Value } from "../../values/value.js";
import { defineStep } from "../step.js";

export const flowMerge = defineStep({
  name: "flow.merge",
  summary: "Joins records into one.",
  result: "a record with the fields of all",
  details:
    "Where several records have a field of one name, the last one's value is taken. A field that was skipped replaces nothing.",
  args: { records: { type: "list", description: "The records, in the order in which they are joined.", minItems: 1 } },
  examples: [
    {
      title: "Defaults and what replaces them.",
      with: { records: [{ lang: "en", size: 1 }, { size: 2 }] },
      result: { lang: "en", size: 2 },
    },
  ],
  typeRule: (typing) => {
    const list = typing.type("records");
    const items =
      typing.items("records") ?? (list?.kind === "list" && list.item.kind === "record" ? [list.item] : undefined);
    const wrong = items?.find((item) => item.kind !== "record" && item.kind !== "unknown" && item.kind !== "json");
    if (wrong !== undefined)
      return typing.fail(
        "records",
        "type-mismatch",
        `only records are joined, not ${printType(wrong)}`,
        "give a step's id rather than one of its fields",
      );
    return items === undefined ? { kind: "unknown" } : mergedType(items);
  },
  kernel: ({ records }) => {
    const merged: { [name: string]: Value } = {};
    for (const record of records) {
      if (!isRecord(record))
        throw invalidInput(`"flow.merge" takes records in "records", not ${describeValue(record)}`);
      for (const [name, value] of Object.entries(record)) if (value !== undefined) define(merged, name, value);
    }
    return merged;
  },
});

function mergedType(items: readonly Type[]): Type {
  const fields: { [name: string]: Type } = {};
  for (const item of items) {
    if (item.kind !== "record") return { kind: "unknown" };
    for (const [name, type] of Object.entries(item.fields))
      define(fields, name, replaced(Object.hasOwn(fields, name) ? fields[name] : undefined, type));
  }
  return recordOf(fields);
}

/** A field that may have been skipped does not replace an earlier one then. */
function replaced(earlier: Type | undefined, later: Type): Type {
  if (earlier === undefined || later.kind !== "optional") return later;
  const either = union([earlier, later]);
  return earlier.kind === "optional" ? optional(either) : either;
}

/** A caller's field may be named `__proto__`: assigning it would set no field. */
function define<T>(record: { [name: string]: T }, name: string, value: T): void {
  Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
}
