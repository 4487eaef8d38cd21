/** The page of a built-in step, in Markdown: made from its definition. */
import { allSteps } from "../../runtime/steps/index.js";
import type { Arg, Step, StepExample } from "../../runtime/steps/step.js";
import type { Json } from "../../runtime/values/value.js";
import { printArg } from "../graph/step-arguments.js";

export function stepPage(step: Step, level = "#"): string {
  const parts = [
    `${level} ${step.name}`,
    step.summary,
    `Gives: \`${step.result}\`${step.equals === undefined ? "" : `. Equals ${step.equals}.`}`,
    argumentTable(step),
    ...(step.oneOf ?? []).map((group) => `Exactly one of ${group.map((name) => `\`${name}\``).join(", ")} is given.`),
    step.details,
    ...step.examples.map((example) => exampleText(step, example)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Every step with its summary. */
export function stepList(): string {
  const rows = allSteps().map((step) => `| \`${step.name}\` | ${cell(step.summary)} |`);
  return `| step | does |\n|---|---|\n${rows.join("\n")}\n`;
}

function argumentTable({ args }: Step): string {
  const rows = Object.entries(args).map(
    ([name, arg]) =>
      `| \`${name}\` | ${cell(`\`${printArg(arg)}\``)} | ${defaultOf(arg)} | ${cell(describeArg(arg))} |`,
  );
  return `| argument | takes | default | |\n|---|---|---|---|\n${rows.join("\n")}`;
}

function defaultOf(arg: Arg): string {
  if (arg.default !== undefined) return `\`${cell(JSON.stringify(arg.default))}\``;
  return arg.optional === true ? "–" : "needed";
}

function describeArg({ description, minimum, maximum, literal }: Arg): string {
  const limits = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(literal === true ? ["written out in the spec"] : []),
  ];
  return limits.length === 0 ? description : `${description} (${limits.join(", ")})`;
}

function exampleText(step: Step, { title, with: given, result }: StepExample): string {
  const text = `- id: result\n  use: ${step.name}\n  with: ${JSON.stringify(given)}`;
  return `${title}\n\n\`\`\`yaml\n${text}\n# gives ${shorten(JSON.stringify(result))}\n\`\`\``;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** Text for a cell of a table. */
export function cell(text: Json): string {
  return String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
}
