/**
 * `npm run bench -- [NAME…] [--short]`: prints the table of ratios. Not a test: no machine is so quiet that a clock could decide one.
 * Both sides of a ratio are measured in turn; what counts is the median, and behind it stand the least and the greatest.
 */
import { cpus, loadavg } from "node:os";
import { isShort } from "./length.js";
import { loadTool } from "./load.js";
import type { Row } from "./measure.js";
import { measures } from "./measures.js";

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter((word) => word !== "--short");
  const unknown = wanted.filter((word) => !measures.some(({ name }) => name === word));
  if (unknown.length > 0)
    throw new Error(`no measure "${unknown[0]}"; there are ${measures.map(({ name }) => name).join(", ")}`);
  printHead();
  for (const { name, run } of measures.filter((each) => wanted.length === 0 || wanted.includes(each.name))) {
    process.stderr.write(`measuring ${name} …\n`);
    for (const row of await run().catch((error: unknown) => [failed(name, error)])) print(row);
  }
}

function printHead(): void {
  const [cpu] = cpus();
  const [busy = 0] = loadavg();
  console.log(
    `Node.js ${process.version}, ${cpus().length} × ${cpu?.model ?? "?"}, load by ${loadTool}, access log off. Load average at the start ${busy.toFixed(2)}.`,
  );
  console.log(
    "Ratios are medians over rounds in which both sides took turns; in brackets the least and the greatest, which is the machine's noise.\n",
  );
  if (isShort) console.log("Shortened: it shows that everything runs, and the figures mean nothing.\n");
  console.log("| measure | wanted | measured | | details |\n|---|---|---|---|---|");
}

function print({ measure, wanted, measured, ok, details }: Row): void {
  console.log(`| ${measure} | ${wanted} | ${measured} | ${ok ? "✓" : "✗"} | ${details} |`);
}

/** The others are measured all the same. */
function failed(name: string, error: unknown): Row {
  const message = error instanceof Error ? error.message : String(error);
  return { measure: name, wanted: "", measured: "failed", ok: false, details: message.replaceAll("\n", " ") };
}

void main();
