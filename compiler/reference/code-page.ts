/** The page of a diagnostic's code, in Markdown: for the reference and for `ekiben explain`. */
import type { Code } from "../diagnostics/catalogue.js";
import { pages } from "../diagnostics/catalogue.js";
import { pageTexts } from "../diagnostics/page-texts.js";

export const codes = Object.keys(pages) as readonly Code[];

export function codePage(code: Code, level = "#"): string {
  const { severity, messages } = pages[code];
  const said = messages.map(({ message, help }) => [plain(message), plain(help)].filter((line) => line !== "…"));
  return `${level} ${code} (${severity})\n\n${pageTexts[code]}\n\nIt says:\n\n${said
    .filter((lines) => lines.length > 0)
    .map((lines) => `- ${lines.join("; ")}`)
    .join("\n")}\n`;
}

/** What is filled in is shown as `…`. */
function plain(template: string): string {
  return template.replaceAll(/%[a-z-]+%/g, "…").replaceAll(/…( …)+/g, "…");
}
