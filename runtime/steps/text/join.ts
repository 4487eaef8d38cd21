/** text.join: a list of texts as one. */
import { stringType } from "../../types/type.js";
import { defineStep } from "../step.js";

export const join = defineStep({
  name: "text.join",
  summary: "Joins texts into one.",
  result: "string",
  details: "The texts follow one another in their order, with `separator` between them. No texts give the empty text.",
  args: {
    texts: { type: "list<string>", description: "The texts." },
    separator: { type: "string", default: "", description: "What stands between two texts." },
  },
  examples: [{ title: "A line of words.", with: { texts: ["a", "b", "c"], separator: ", " }, result: "a, b, c" }],
  typeRule: () => stringType,
  kernel: ({ texts, separator }) => texts.join(separator),
});
