/** Any text at all gives diagnostics or a Plan, and no place outside of it: 10,000 mutated specs, the same in every run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Compiled } from "../../compiler/compile.js";
import { compile } from "../../compiler/compile.js";
import { diagnosticToJson, printDiagnostics } from "../../compiler/diagnostics/print.js";
import type { FileCache } from "../../compiler/workspace.js";
import { mutate } from "../support/mutate-spec.js";
import { inRepository } from "../support/paths.js";
import { seeded } from "../support/random.js";
import { specNames } from "../support/spec-files.js";

const folder = inRepository("specs", "valid");
const seeds = specNames("valid").map((name) => readFileSync(join(folder, `${name}.yaml`), "utf8"));
const cache: FileCache = new Map();
const environment = {};

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])("a thousand mutated specs, run %i", async (run) => {
  const random = seeded(run);
  for (let count = 0; count < 1_000; count++) {
    const text = mutate(random.pick(seeds), seeds, random);
    const compiled = await compile("spec.yaml", join(folder, "spec.yaml"), text, { environment, cache });
    const problem = problemWith(compiled, text);
    if (problem !== undefined) throw new Error(`${problem}\n--- the text\n${text}`);
  }
});

/** What breaks the promise of every compilation; undefined when nothing does. */
function problemWith({ diagnostics, plan, source }: Compiled, text: string): string | undefined {
  const lines = text.split("\n");
  const hasErrors = diagnostics.some((each) => each.severity === "error");
  if (hasErrors === (plan !== undefined)) return `errors: ${hasErrors}, a Plan: ${plan !== undefined}`;
  for (const each of diagnostics) {
    const { line, column, endLine, endColumn, message, help } = diagnosticToJson(each, source);
    const place = `${each.code} at ${line}:${column} to ${endLine}:${endColumn}`;
    if (line < 1 || line > lines.length || endLine > lines.length) return `${place} is outside of the text`;
    if (column < 1 || column > (lines[line - 1]?.length ?? 0) + 1) return `${place} is outside of its line`;
    if (endLine < line || (endLine === line && endColumn < column)) return `${place} ends before it begins`;
    if (message === "" || help === "") return `${place} says nothing: "${message}", "${help}"`;
    const hole = /%[a-z-]+%/.exec(`${each.message} ${each.help}`)?.[0];
    if (hole !== undefined && !text.includes(hole)) return `${place} has a hole: ${message}`;
  }
  printDiagnostics(diagnostics, source, { color: true });
  return undefined;
}
