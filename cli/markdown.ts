/** The small part of Markdown that our pages use, for a terminal: headings, paragraphs, lists, tables, code. */

interface Style {
  readonly strong: (text: string) => string;
  readonly code: (text: string) => string;
  readonly dim: (text: string) => string;
}

const widest = 100;
const plain: Style = { strong: (text) => text, code: (text) => text, dim: (text) => text };
const coloured: Style = {
  strong: (text) => `\u001b[1m${text}\u001b[0m`,
  code: (text) => `\u001b[36m${text}\u001b[0m`,
  dim: (text) => `\u001b[90m${text}\u001b[0m`,
};

export function renderMarkdown(markdown: string, color: boolean): string {
  const style = color ? coloured : plain;
  const blocks = markdown.trimEnd().split(/(^```[a-z]*\n[\s\S]*?^```$)/m);
  const parts = blocks.flatMap((block) => (block.startsWith("```") ? [fence(block, style)] : paragraphs(block, style)));
  return `${parts.join("\n\n")}\n`;
}

function fence(block: string, { code }: Style): string {
  const lines = block.split("\n").slice(1, -1);
  return lines.map((line) => (line === "" ? "" : `    ${code(line)}`)).join("\n");
}

function paragraphs(text: string, style: Style): readonly string[] {
  const found = text.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== "");
  return found.map((paragraph) => renderParagraph(paragraph.trim(), style));
}

function renderParagraph(paragraph: string, style: Style): string {
  const heading = /^#+ (.*)$/.exec(paragraph)?.[1];
  if (heading !== undefined) return style.strong(heading);
  if (paragraph.startsWith("|")) return table(paragraph, style);
  if (paragraph.startsWith("- ")) {
    const items = paragraph.split(/\n(?=- )/).map((item) =>
      item
        .slice(2)
        .split("\n")
        .map((line) => line.trim()),
    );
    return items.map((lines) => bullet(lines, style)).join("\n");
  }
  return inline(wrap(paragraph.replaceAll(/\s*\n\s*/g, " "), widest), style);
}

function bullet(lines: readonly string[], style: Style): string {
  const text = wrap(lines.join(" "), widest - 2).replaceAll("\n", "\n  ");
  return `${style.dim("-")} ${inline(text, style)}`;
}

/** Columns of equal width; the last one is wrapped. */
function table(text: string, style: Style): string {
  const [head = [], , ...rows] = text.split("\n").map(cells);
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const indent = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        if (column === row.length - 1) return inline(wrapTo(cell, indent), style);
        return inline(cell, style) + " ".repeat((widths[column] ?? 0) - cell.length + 2);
      })
      .join("")
      .trimEnd(),
  );
  return lines.join("\n");
}

function wrapTo(text: string, indent: number): string {
  return wrap(text, Math.max(widest - indent, 30)).replaceAll("\n", `\n${" ".repeat(indent)}`);
}

function cells(row: string): readonly string[] {
  const parts = row.split(/(?<!\\)\|/).slice(1, -1);
  return parts.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && `${line} ${word}`.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

/** Code keeps its back-quotes: they tell it apart without colour, and its width is the same with it. */
function inline(text: string, style: Style): string {
  return text.replaceAll(/`[^`]+`/g, style.code);
}
