/** `ekiben explain`: the page of a diagnostic, a built-in step or a field of the spec, in the terminal. */
import type { Code } from "../../compiler/diagnostics/catalogue.js";
import { pages } from "../../compiler/diagnostics/catalogue.js";
import { pageTexts } from "../../compiler/diagnostics/page-texts.js";
import { codePage } from "../../compiler/reference/code-page.js";
import { allFields, findField } from "../../compiler/reference/field.js";
import { fieldPage } from "../../compiler/reference/field-page.js";
import { stepList, stepPage } from "../../compiler/reference/step-page.js";
import { allSteps, findStep } from "../../runtime/steps/index.js";
import { didYouMean } from "../../runtime/suggest.js";
import type { Command } from "../command.js";
import { Failure } from "../failure.js";
import { renderMarkdown } from "../markdown.js";

interface Page {
  readonly kind: "code" | "step" | "field" | "list";
  readonly name: string;
  readonly markdown: string;
}

const codes = Object.keys(pages) as readonly Code[];

export const explain: Command = {
  name: "explain",
  usage: "CODE|STEP|FIELD [options]",
  summary: "Prints the page of a diagnostic, a built-in step or a field of the spec.",
  options: {},
  examples: [
    "ekiben explain shape-mismatch",
    "ekiben explain image.to_tensor",
    "ekiben explain models.batching.max_batch_size",
    "ekiben explain steps    # all of them; `codes` lists the diagnostics",
  ],
  positionals: { min: 1, max: 1 },
  async run({ positionals, output }) {
    const name = positionals[0] ?? "";
    const page = findPage(name);
    if (page === undefined)
      throw new Failure(2, `there is no diagnostic, step or field "${name}"`, didYouMean(name, knownNames()));
    output.result(output.json ? JSON.stringify(page) : renderMarkdown(page.markdown, output.color));
    return 0;
  },
};

function findPage(name: string): Page | undefined {
  if (name === "steps") return { kind: "list", name, markdown: `# Built-in steps\n\n${stepList()}` };
  if (name === "codes") return { kind: "list", name, markdown: `# Diagnostics\n\n- ${codes.join("\n- ")}\n` };
  const code = codes.find((each) => each === name);
  if (code !== undefined)
    return { kind: "code", name, markdown: codePage({ code, ...pages[code], text: pageTexts[code] }) };
  const step = findStep(name);
  if (step !== undefined) return { kind: "step", name, markdown: stepPage(step) };
  const field = findField(name.split("."));
  return field === undefined ? undefined : { kind: "field", name, markdown: fieldPage(field) };
}

function knownNames(): readonly string[] {
  return [...codes, ...allSteps().map((step) => step.name), ...allFields().map((field) => field.path.join("."))];
}
