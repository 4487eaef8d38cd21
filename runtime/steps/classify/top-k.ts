/** `classify.top_k`: the most likely classes with their labels. */
import { invalidInput } from "../../errors.js";
import { defineStep } from "../step.js";
import { topIndices } from "../tensor/support/top-indices.js";
import { classified, classifiedType, classifyWork } from "./scores.js";

export const classifyTopK = defineStep({
  name: "classify.top_k",
  summary: "Names the most likely classes.",
  equals: "NumPy's softmax in float64 and stable `argsort`",
  result: "list<{ label: string, index: integer, score: number }>, one list a row where there are rows",
  details: `\`logits\` are a model's raw scores: they are divided by \`temperature\` and made probabilities by \`activation\`,
softmax unless it says otherwise. \`probabilities\` are taken as they are, unless \`activation\` is given.

The highest score comes first; of equal ones the lower index. \`k\` above the number of classes gives them all.`,
  args: {
    logits: { type: "tensor", description: "Raw scores, `[classes]` or `[n, classes]`.", optional: true },
    probabilities: { type: "tensor", description: "Scores that are probabilities already.", optional: true },
    labels: { type: "labels", description: "The classes' names, in the model's order." },
    k: { type: "integer", description: "How many classes to give.", default: 5, minimum: 1 },
    activation: {
      type: "string",
      description: "How scores become probabilities: softmax for logits and none for probabilities, when left out.",
      enum: ["softmax", "sigmoid", "none"],
      optional: true,
    },
    temperature: { type: "number", description: "Divides the scores first; above 0.", default: 1, minimum: 0 },
  },
  oneOf: [["logits", "probabilities"]],
  examples: [
    {
      title: "The best two of three.",
      with: { probabilities: [0.2, 0.5, 0.3], labels: ["cat", "dog", "fox"], k: 2 },
      result: [
        { label: "dog", index: 1, score: 0.5 },
        { label: "fox", index: 2, score: 0.3 },
      ],
    },
    {
      title: "A batch of logits.",
      with: { logits: [[0, 0]], labels: ["no", "yes"] },
      result: [
        [
          { label: "no", index: 0, score: 0.5 },
          { label: "yes", index: 1, score: 0.5 },
        ],
      ],
    },
  ],
  typeRule: (typing) =>
    typing.literal("temperature") === 0
      ? typing.fail("temperature", "bad-argument", "scores cannot be divided by 0", "1 leaves them as they are")
      : classifiedType(typing),
  kernel: ({ logits, probabilities, labels, k, activation, temperature }) => {
    if (!(temperature > 0))
      throw invalidInput(`"classify.top_k" takes a number above 0 for "temperature", not ${temperature}`);
    const chosen = activation ?? (logits === undefined ? "none" : "softmax");
    return classified(
      "classify.top_k",
      { logits, probabilities, labels, activation: chosen, temperature },
      (scores, start, length) => topIndices(scores, start, length, 1, k),
    );
  },
  work: classifyWork,
});
