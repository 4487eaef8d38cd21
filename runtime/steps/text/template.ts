/** text.template: a text with holes, filled with values. */
import { EkibenError } from "../../errors.js";
import { checkCel, compileCel } from "../../types/cel.js";
import { stringType, type Type } from "../../types/type.js";
import { defineStep, type StepTyping } from "../step.js";
import { writeValue } from "./support/escape.js";
import { type TemplatePart, templateParts } from "./support/template-parts.js";

export const template = defineStep({
  name: "text.template",
  summary: "Fills the holes of a text with values.",
  result: "string",
  details: `A hole \`{{ name }}\` holds an expression in [CEL](https://cel.dev): a field of \`values\`, or something made of
several. Texts are written as they are, other values as JSON. \`as: json\` writes texts as JSON too, in quotes; \`as: html\`
escapes \`&\`, \`<\`, \`>\` and quotes. \`{{ "{{" }}\` writes the braces themselves.

The fields of a record may be passed whole: \`values: $guess\` makes \`{{ label }}\` out of \`$guess.label\`.`,
  args: {
    template: { type: "string", description: "The text with its holes." },
    values: { type: "record", default: {}, description: "The values by the names that the holes use." },
    as: {
      type: "string",
      enum: ["none", "json", "html"],
      default: "none",
      description: "What the text will be part of: every value is escaped for it.",
    },
  },
  examples: [
    {
      title: "A sentence about the first guess.",
      with: {
        template: "It is a {{ guess.label }} ({{ guess.score * 100.0 }} %).",
        values: { guess: { label: "cat", score: 0.75 } },
      },
      result: "It is a cat (75 %).",
    },
    {
      title: "A text inside of JSON.",
      with: { template: '{"text": {{ text }}}', values: { text: 'He said "no".' }, as: "json" },
      result: '{"text": "He said \\"no\\"."}',
    },
  ],
  typeRule,
  kernel({ template: source, values, as }) {
    return templateParts(source)
      .map((part) => (part.kind === "text" ? part.text : writeValue(compileCel(part.source).evaluate(values), as)))
      .join("");
  },
});

/** Every hole of a template that is written out is checked against the fields of `values`. */
function typeRule(typing: StepTyping): Type {
  const source = typing.literal("template");
  if (typeof source !== "string") return stringType;
  const parts = partsOrProblem(source);
  if (typeof parts === "string") return typing.fail("template", "bad-argument", parts, "mend the template");
  const values = typing.type("values");
  const fields = values?.kind === "record" ? values.fields : values === undefined ? {} : undefined;
  if (fields === undefined) return stringType;
  for (const part of parts) {
    if (part.kind === "text") continue;
    const checked = checkCel(part.source, fields);
    if (!("error" in checked)) continue;
    const { message, start, help } = checked.error;
    const where = `the template's hole "${part.source}" is wrong at character ${part.start + start + 1}`;
    return typing.fail("template", "bad-argument", `${where}: ${message}`, help ?? "name a field of `values`");
  }
  return stringType;
}

function partsOrProblem(source: string): readonly TemplatePart[] | string {
  try {
    return templateParts(source);
  } catch (error) {
    if (error instanceof EkibenError) return error.message;
    throw error;
  }
}
