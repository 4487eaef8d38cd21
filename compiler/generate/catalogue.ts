/** Makes `compiler/diagnostics/catalogue.ts` from the pages: one source for the messages, `ekiben explain` and the docs. */

interface Message {
  readonly name: string;
  readonly message: string;
  readonly help: string;
}

export interface Page {
  readonly code: string;
  readonly severity: string;
  readonly chapter: string;
  readonly messages: readonly Message[];
  /** Markdown, without the messages. */
  readonly text: string;
}

/** The pages of one chapter's Markdown: `## code (severity)`, text, `> [name] message`, `>> help`. */
export function readPages(markdown: string): readonly Page[] {
  const [head = "", ...sections] = markdown.split(/^## /m);
  const chapter = head.replace(/^# /, "").trim();
  return sections.map((section) => readPage(section, chapter));
}

function readPage(section: string, chapter: string): Page {
  const [title = "", ...lines] = section.split("\n");
  const match = /^([a-z-]+) \((error|warning|info)\)$/.exec(title.trim());
  if (match === null) throw new Error(`a page begins with "## code (severity)", not "## ${title}"`);
  const [, code = "", severity = ""] = match;
  const messages: Message[] = [];
  const text: string[] = [];
  for (const line of lines) {
    const message = /^> \[([a-z0-9-]+)\] (.+)$/.exec(line);
    const help = /^>> (.+)$/.exec(line);
    const last = messages.at(-1);
    if (message !== null) messages.push({ name: message[1] ?? "", message: message[2] ?? "", help: "" });
    else if (help !== null && last !== undefined) messages[messages.length - 1] = { ...last, help: help[1] ?? "" };
    else text.push(line);
  }
  return {
    code,
    severity,
    chapter,
    messages,
    text: text
      .join("\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim(),
  };
}

/** The text of `catalogue.ts`. */
export function printCatalogue(pages: readonly Page[]): string {
  const entries = pages.map(({ code, text: _, ...page }) => `  ${JSON.stringify(code)}: ${JSON.stringify(page)},\n`);
  return `/** Every diagnostic. Made from \`pages/*.md\` by \`npm run generate\`; do not edit. */

export type Severity = "error" | "warning" | "info";

interface PageShape {
  readonly severity: Severity;
  readonly chapter: string;
  readonly messages: readonly { readonly name: string; readonly message: string; readonly help: string }[];
}

export const pages = {
${entries.join("")}} as const satisfies { readonly [code: string]: PageShape };

export type Code = keyof typeof pages;

/** The names of a code's messages. */
export type MessageName<C extends Code> = (typeof pages)[C]["messages"][number]["name"];
`;
}

/** The text of `page-texts.ts`, which only those load that print a page. */
export function printPageTexts(pages: readonly Page[]): string {
  const entries = pages.map(({ code, text }) => `  ${JSON.stringify(code)}: ${JSON.stringify(text)},\n`);
  return `/** The pages of the diagnostics in Markdown. Made from \`pages/*.md\` by \`npm run generate\`; do not edit. */
import type { Code } from "./catalogue.js";

export const pageTexts: { readonly [code in Code]: string } = {
${entries.join("")}};
`;
}
