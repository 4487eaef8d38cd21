/** `ekiben explain`: the page of a diagnostic, a built-in step or a field of the spec, in the terminal. */
import type { Command } from "../command.js";
export const explain: Command = {
  name: "explain",
  usage: "CODE|STEP|FIELD",
  summary: "Prints the page of a diagnostic, a built-in step or a field.",
  options: {},
  examples: ["ekiben explain shape-mismatch"],
  positionals: { min: 1, max: 1 },
  async run() {
    return 0;
  },
};
