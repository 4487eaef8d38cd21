/** What narrows an input applies to its type and leaves something to send; its default and examples fit. */
import { compilePattern } from "../../../runtime/types/pattern.js";
import type { Type } from "../../../runtime/types/type.js";
import { printType } from "../../../runtime/types/type.js";
import type { Json } from "../../../runtime/values/value.js";
import type { Report } from "../../diagnostics/diagnostic.js";
import { diagnostic, keyAt, valueAt } from "../../diagnostics/diagnostic.js";
import type { ConstraintField } from "../../plan/constraints.js";
import { constraintFields } from "../../plan/constraints.js";
import type { Path } from "../../source/path.js";
import type { Input } from "../../spec/types.js";
import type { GraphInput } from "../graph.js";
import type { Rule } from "./rule.js";
import { valueProblems } from "./value-problem.js";

const appliesTo: { readonly [field in ConstraintField]: readonly Type["kind"][] } = {
  enum: ["string", "integer", "number", "boolean", "json"],
  minimum: ["integer", "number", "tensor"],
  maximum: ["integer", "number", "tensor"],
  exclusive_minimum: ["integer", "number", "tensor"],
  exclusive_maximum: ["integer", "number", "tensor"],
  multiple_of: ["integer", "number"],
  min_length: ["string"],
  max_length: ["string"],
  pattern: ["string"],
  format: ["string"],
  min_items: ["list", "tensor"],
  max_items: ["list", "tensor"],
  unique_items: ["list"],
};

export const inputConstraints: Rule = ({ graphs }, report) => {
  for (const typed of graphs.values()) {
    for (const input of typed.graph.inputs.values()) {
      if (input.declared === null || input.type.kind === "unknown") continue;
      const isSound = checkFields(input.declared, input.type, input.path, report);
      if (isSound) checkValues(input, input.declared, report);
    }
  }
};

function checkFields(declared: Input, type: Type, path: Path, report: Report): boolean {
  let isSound = true;
  for (const field of constraintFields) {
    if (declared[field] === undefined || appliesTo[field].includes(type.kind)) continue;
    report(diagnostic("bad-value", "constraint", keyAt([...path, field]), { field, type: printType(type) }));
    isSound = false;
  }
  for (const [low, high] of [
    ["minimum", "maximum"],
    ["minimum", "exclusive_maximum"],
    ["exclusive_minimum", "maximum"],
    ["exclusive_minimum", "exclusive_maximum"],
    ["min_length", "max_length"],
    ["min_items", "max_items"],
  ] as const) {
    const least = declared[low];
    const most = declared[high];
    if (least === undefined || most === undefined || least < most) continue;
    if (least === most && !low.startsWith("exclusive") && !high.startsWith("exclusive")) continue;
    const holes = { field: high, low: `${low} ${least}`, high: `${high} ${most}` };
    report(diagnostic("bad-value", "range", valueAt([...path, high]), holes));
    isSound = false;
  }
  if (declared.pattern !== undefined && !isPattern(declared.pattern)) {
    const expected = "a regular expression in RE2's syntax, without look-around and back-references";
    report(
      diagnostic("bad-value", "pattern", valueAt([...path, "pattern"]), {
        field: '"pattern"',
        value: JSON.stringify(declared.pattern),
        expected,
      }),
    );
    isSound = false;
  }
  return isSound;
}

function checkValues(input: GraphInput, declared: Input, report: Report): void {
  const { name, path } = input;
  const type = printType(input.type);
  const isMedium = ["image", "audio", "file", "bytes"].includes(input.type.kind);
  const defaults = declared.default === undefined ? [] : [declared.default as Json];
  const examples = isMedium ? [] : ((declared.examples ?? []) as readonly Json[]);
  const problems = valueProblems(input, declared, [...defaults, ...examples]);
  for (const [index, problem] of problems.entries()) {
    if (problem === undefined) continue;
    const number = index - defaults.length;
    const holes = { name, type, problem };
    report(
      number < 0
        ? diagnostic("bad-value", "default", valueAt([...path, "default"]), holes)
        : diagnostic("bad-value", "example", valueAt([...path, "examples", number]), { ...holes, number: number + 1 }),
    );
  }
}

function isPattern(pattern: string): boolean {
  try {
    compilePattern(pattern);
    return true;
  } catch {
    return false;
  }
}
