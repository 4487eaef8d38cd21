/**
 * `npm run bench -- [NAME…] [--short]`: prints the table of ratios. Not a test: no machine is so quiet that a clock could decide one.
 * Both sides of a ratio are measured in turn; what counts is the median, and behind it stand the least and the greatest.
 */
import { cpus } from "node:os";
import { isShort } from "./length.js";
import { loadTool } from "./load.js";
import type { Row } from "./measure.js";
import { measures } from "./measures.js";

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter((word) => word !== "--short");
  const chosen = measures.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const rows: Row[] = [];
  for (const { name, run } of chosen) {
    process.stderr.write(`measuring ${name} …\n`);
    rows.push(...(await run()));
  }
  const [cpu] = cpus();
  console.log(
    `Node.js ${process.version}, ${cpus().length} × ${cpu?.model ?? "?"}, load by ${loadTool}, access log off.`,
  );
  console.log(
    "Ratios are medians over rounds in which both sides took turns; in brackets the least and the greatest, which is the machine's noise.\n",
  );
  if (isShort) console.log("Shortened: it shows that everything runs, and the figures mean nothing.\n");
  console.log("| measure | wanted | measured | | details |\n|---|---|---|---|---|");
  for (const { measure, wanted: target, measured, ok, details } of rows)
    console.log(`| ${measure} | ${target} | ${measured} | ${ok ? "✓" : "✗"} | ${details} |`);
}

void main();
