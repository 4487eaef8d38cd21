/** text.replace: what a pattern matches in a text gives way to another text. */

import { EkibenError } from "../../errors.js";
import { compilePattern } from "../../types/pattern.js";
import { stringType } from "../../types/type.js";
import { defineStep, type StepTyping } from "../step.js";

export const replace = defineStep({
  name: "text.replace",
  summary: "Replaces what a pattern matches in a text.",
  equals: "RE2's replacement",
  result: "string",
  details: `The pattern follows [RE2's syntax](https://github.com/google/re2/wiki/Syntax), whose matching takes time
linear in the text: it has no look-around and no back-references. In \`with\`, \`$1\` stands for the first group, \`$<name>\` for a named
one, \`$&\` for the whole match and \`$$\` for a dollar sign. Flags stand in the pattern: \`(?i)\` ignores case.`,
  args: {
    text: { type: "string", description: "The text." },
    pattern: { type: "string", description: "A regular expression in RE2's syntax." },
    with: { type: "string", description: "What the matches are replaced with." },
    all: { type: "boolean", default: true, description: "Whether every match is replaced, or only the first." },
  },
  examples: [
    {
      title: "A date turned round.",
      with: { text: "on 2024-05-31", pattern: "(\\d+)-(\\d+)-(\\d+)", with: "$3.$2.$1" },
      result: "on 31.05.2024",
    },
  ],
  typeRule(typing) {
    const reason = patternProblem(typing.literal("pattern"));
    return reason === undefined ? stringType : typing.fail("pattern", "bad-argument", reason, "mend the pattern");
  },
  kernel: ({ text, pattern, with: replacement, all }) => compilePattern(pattern).replace(text, replacement, all),
  work: ({ text }) => 4 * text.length,
});

function patternProblem(pattern: ReturnType<StepTyping["literal"]>): string | undefined {
  if (typeof pattern !== "string") return undefined;
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof EkibenError) return error.message;
    throw error;
  }
}
