/** `flow.switch`: one of several values, chosen by another. */

import { invalidInput } from "../../errors.js";
import { optional, type Type, union } from "../../types/type.js";
import { describeValue } from "../../values/describe.js";
import { tensorToNested } from "../../values/nested.js";
import { isTensor, type Value } from "../../values/value.js";
import { defineStep } from "../step.js";

export const flowSwitch = defineStep({
  name: "flow.switch",
  summary: "Gives one of several values, chosen by another.",
  result: "the case's value",
  details: `\`on\` is a text, a number or a boolean, and is matched as text: \`true\` meets the case \`"true"\`, 2 the case \`"2"\`.
Where no case matches, \`otherwise\` is given; without it the step is skipped, and so is what depends on it.`,
  args: {
    on: { type: "any", description: "What chooses: a text, a number or a boolean." },
    cases: { type: "record", description: "The value for each text that `on` may be." },
    otherwise: { type: "any", description: "The value where no case matches.", optional: true },
  },
  examples: [
    {
      title: "A greeting by language.",
      with: { on: "de", cases: { en: "Hello", de: "Hallo" }, otherwise: "Hi" },
      result: "Hallo",
    },
    { title: "No case matches.", with: { on: 3, cases: { "1": "one" }, otherwise: "many" }, result: "many" },
  ],
  typeRule: (typing) => {
    const on = typing.type("on");
    if (on !== undefined && !mayChoose(on))
      return typing.fail(
        "on",
        "type-mismatch",
        'only a text, a number or a boolean chooses a case of "cases"',
        "refer to a field that holds one",
      );
    const cases = typing.type("cases");
    if (cases?.kind !== "record") return { kind: "unknown" };
    const otherwise = typing.type("otherwise");
    const values = [...Object.values(cases.fields), ...(otherwise === undefined ? [] : [otherwise])];
    if (values.length === 0)
      return typing.fail("cases", "bad-argument", "there is no case to choose", "write at least one case");
    const chosen = union(values);
    return alwaysChosen(Object.values(cases.fields), otherwise) ? chosen : optional(chosen);
  },
  kernel: ({ on, cases, otherwise }) => {
    const key = textOf(on);
    return Object.hasOwn(cases, key) ? cases[key] : otherwise;
  },
});

function alwaysChosen(cases: readonly Type[], otherwise: Type | undefined): boolean {
  return otherwise !== undefined && [...cases, otherwise].every((type) => type?.kind !== "optional");
}

function mayChoose(type: Type): boolean {
  switch (type.kind) {
    case "string":
    case "integer":
    case "number":
    case "boolean":
    case "json":
    case "unknown":
      return true;
    case "tensor":
      return type.shape === null || type.shape.length === 0;
    case "union":
      return type.of.every(mayChoose);
    default:
      return false;
  }
}

function textOf(value: Value): string {
  const scalar = isTensor(value) && value.shape.length === 0 ? tensorToNested(value) : value;
  if (
    typeof scalar === "string" ||
    typeof scalar === "number" ||
    typeof scalar === "bigint" ||
    typeof scalar === "boolean"
  )
    return String(scalar);
  throw invalidInput(`"flow.switch" takes a text, a number or a boolean for "on", not ${describeValue(value)}`);
}
