/** Makes the pages of `docs/reference/`, from the same sources as the messages, the checks and `ekiben explain`. */
import { allSteps } from "../../runtime/steps/index.js";
import { codePage } from "../reference/code-page.js";
import type { Field } from "../reference/field.js";
import { childrenOf, findField } from "../reference/field.js";
import { fieldPage, fieldTable } from "../reference/field-page.js";
import { stepList, stepPage } from "../reference/step-page.js";
import type { Page } from "./catalogue.js";

const made = "Made by `npm run generate`; do not edit.";

export function diagnosticsPage(pages: readonly Page[]): string {
  const chapters = [...new Set(pages.map((page) => page.chapter))];
  const sections = chapters.map((chapter) => {
    const own = pages.filter((page) => page.chapter === chapter);
    return `## ${chapter}\n\n${own.map((page) => codePage(page, "###")).join("\n")}`;
  });
  return `# Diagnostics

What the compiler says to a spec's author. \`ekiben explain CODE\` prints a page in the terminal. ${made}

${sections.join("\n")}`;
}

export function stepsPage(): string {
  return `# Built-in steps

\`ekiben explain STEP\` prints a page in the terminal. ${made}

${stepList()}
${allSteps()
  .map((step) => stepPage(step, "##"))
  .join("\n")}`;
}

export function specPage(): string {
  const root = findField([]);
  const fields = root === undefined ? [] : childrenOf(root);
  return `# The spec

Every field of a \`bentofile.yaml\`. \`ekiben explain FIELD\` prints one in the terminal, such as
\`ekiben explain models.batching\`. ${made}

${fieldTable(fields)}

${fields.flatMap(sectionsOf).join("\n")}`;
}

/** A section for each field that has fields. A type may hold types, without end. */
function sectionsOf(field: Field): readonly string[] {
  const children = childrenOf(field);
  return children.length === 0 ? [] : [fieldPage(field, "##"), ...children.flatMap(sectionsOf)];
}
