/** `classify.threshold`: every class whose score reaches a threshold. */
import { defineStep } from "../step.js";
import { topIndices } from "../tensor/support/top-indices.js";
import { classified, classifiedType, classifyWork } from "./scores.js";

export const classifyThreshold = defineStep({
  name: "classify.threshold",
  summary: "Names every class whose score reaches a threshold.",
  equals: "NumPy's sigmoid in float64",
  result: "list<{ label: string, index: integer, score: number }>, one list a row where there are rows",
  details: `For models that answer each class for itself, such as multi-label ones. \`logits\` are raw scores, which the sigmoid
makes probabilities; \`probabilities\` are taken as they are, unless \`activation\` is given. A class is kept when its score is
at least \`threshold\`. The highest score comes first; of equal ones the lower index.`,
  args: {
    logits: { type: "tensor", description: "Raw scores, `[classes]` or `[n, classes]`.", optional: true },
    probabilities: { type: "tensor", description: "Scores that are probabilities already.", optional: true },
    labels: { type: "labels", description: "The classes' names, in the model's order." },
    threshold: { type: "number", description: "The least score that is kept.", default: 0.5 },
    activation: {
      type: "string",
      description: "How scores become probabilities: sigmoid for logits and none for probabilities, when left out.",
      enum: ["softmax", "sigmoid", "none"],
      optional: true,
    },
  },
  oneOf: [["logits", "probabilities"]],
  examples: [
    {
      title: "The tags of an article.",
      with: { probabilities: [0.9, 0.1, 0.6], labels: ["sports", "politics", "news"] },
      result: [
        { label: "sports", index: 0, score: 0.9 },
        { label: "news", index: 2, score: 0.6 },
      ],
    },
  ],
  typeRule: classifiedType,
  kernel: ({ logits, probabilities, labels, threshold, activation }) => {
    const chosen = activation ?? (logits === undefined ? "none" : "sigmoid");
    const given = { logits, probabilities, labels, activation: chosen, temperature: 1 };
    return classified("classify.threshold", given, (scores, start, length) =>
      topIndices(scores, start, length, 1, length).filter((index) => (scores[start + index] ?? 0) >= threshold),
    );
  },
  work: classifyWork,
});
