/** The page of a field of the spec, in Markdown: made from the schema. */
import type { Schema } from "../spec/schema.js";
import { isSchema, typeWords } from "../spec/schema.js";
import type { Field } from "./field.js";
import { childrenOf, entryOf, follow } from "./field.js";
import { cell } from "./step-page.js";

export function fieldPage(field: Field, level = "#"): string {
  const schema = follow(field.schema);
  const children = childrenOf(field);
  const parts = [
    `${level} ${field.path.join(".") || "the spec"}`,
    String(schema["description"] ?? ""),
    facts(field).join("\n"),
    children.length === 0 ? "" : fieldTable(children),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

export function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map((field) => {
    const { description } = follow(field.schema);
    const standard = field.isRequired ? "needed" : defaultOf(field.schema);
    return `| \`${field.path.at(-1)}\` | ${cell(takenBy(field.schema))} | ${standard} | ${cell(String(description ?? ""))}${notBuilt(field.schema)} |`;
  });
  return `| field | takes | default | |\n|---|---|---|---|\n${rows.join("\n")}`;
}

function facts({ schema, isRequired }: Field): readonly string[] {
  const { minimum, maximum, minItems, maxItems } = follow(schema);
  const limits = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(minItems === undefined ? [] : [`at least ${minItems} items`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems} items`]),
  ];
  return [
    `- takes: ${takenBy(schema)}`,
    ...(limits.length === 0 ? [] : [`- ${limits.join(", ")}`]),
    isRequired ? "- needed" : `- default: ${defaultOf(schema)}`,
    ...(notBuilt(schema) === "" ? [] : [`-${notBuilt(schema)}`]),
  ];
}

function defaultOf(schema: Schema): string {
  const { default: standard } = follow(schema);
  return standard === undefined ? "–" : `\`${cell(JSON.stringify(standard))}\``;
}

function notBuilt(schema: Schema): string {
  const mark = follow(schema)["x-not-built"];
  if (!isSchema(mark)) return "";
  const { unless } = mark;
  const but = Array.isArray(unless) ? `, but for ${unless.map((each) => JSON.stringify(each)).join(", ")}` : "";
  return mark["severity"] === "info" ? ` Not built yet${but}: it is noted.` : ` Not built yet${but}: it is refused.`;
}

function takenBy(given: Schema): string {
  const schema = follow(given);
  if (Array.isArray(schema["enum"])) return schema["enum"].map((each) => `\`${each}\``).join(", ");
  if (typeof schema["x-expected"] === "string") return schema["x-expected"];
  const type = schema["type"];
  const entry = entryOf(schema);
  const words = [type].flat().map((each) => {
    if (each === "array" && entry !== undefined) return `a list, each ${takenBy(entry)}`;
    if (each === "object" && entry !== undefined && !isSchema(schema["properties"]))
      return `a mapping of names, each ${takenBy(entry)}`;
    return typeWords[String(each)] ?? "any value";
  });
  return [...new Set(words)].join(" or ");
}
