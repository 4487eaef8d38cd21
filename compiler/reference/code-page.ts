/** The page of a diagnostic's code, in Markdown: for the reference and for `ekiben explain`. */

export interface CodePage {
  readonly code: string;
  readonly severity: string;
  readonly messages: readonly { readonly message: string; readonly help: string }[];
  /** What it means, why it matters, a wrong and a right example. */
  readonly text: string;
}

export function codePage({ code, severity, messages, text }: CodePage, level = "#"): string {
  const said = messages
    .map(({ message, help }) => [plain(message), plain(help)].filter((line) => line !== "…"))
    .filter((lines) => lines.length > 0)
    .map((lines) => `- ${lines.join("; ")}`);
  const list = said.length === 0 ? "" : `\n\nIt says:\n\n${said.join("\n")}`;
  return `${level} ${code} (${severity})\n\n${text}${list}\n`;
}

/** What is filled in is shown as `…`. */
function plain(template: string): string {
  return template.replaceAll(/%[a-z-]+%/g, "…").replaceAll(/…( …)+/g, "…");
}
