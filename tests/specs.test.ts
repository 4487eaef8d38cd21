/** The language by example: every valid spec gives its Plan, every invalid one its diagnostics as printed. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Compiled } from "../compiler/compile.js";
import { pages } from "../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.js";
import { countDiagnostics, printDiagnostics } from "../compiler/diagnostics/print.js";
import type { FileCache } from "../compiler/workspace.js";
import { allSteps } from "../runtime/steps/index.js";
import { inRepository } from "./support/paths.js";
import { compileSpecFile, golden, isUpdating, specNames, startFailure } from "./support/spec-files.js";
import { specModels } from "./support/spec-models.js";

const cache: FileCache = new Map();

describe("the models of specs/", () => {
  test.each([...specModels()])("%s is what its maker makes", (name, bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    const path = inRepository("specs", "models", name);
    if (isUpdating) mkdirSync(dirname(path), { recursive: true });
    if (isUpdating) writeFileSync(path, bytes);
    expect(readFileSync(path, "latin1") === text).toBe(true);
  });
});

describe("specs/valid", () => {
  test.each(specNames("valid"))("%s has its Plan and no errors or warnings", async (name) => {
    const { diagnostics, plan, source } = await compileSpecFile("valid", name, cache);
    expect(printDiagnostics(worseThanInfo(diagnostics), source, { color: false })).toBe("");
    const text = `${JSON.stringify(plan, null, 2)}\n`;
    expect(text).toBe(golden("valid", `${name}.plan.json`, text));
  });

  test("every built-in step appears", () => {
    const texts = specNames("valid").map((name) =>
      readFileSync(inRepository("specs", "valid", `${name}.yaml`), "utf8"),
    );
    const missing = allSteps().filter((step) => !texts.some((text) => text.includes(`use: ${step.name}`)));
    expect(missing.map((step) => step.name)).toEqual([]);
  });
});

describe("specs/invalid", () => {
  const seen = new Set<string>();

  test.each([...specNames("invalid"), "spec-missing"])("%s gives its diagnostics as printed", async (name) => {
    const compiled = await compileSpecFile("invalid", name, cache);
    const diagnostics = await diagnosticsOf(compiled);
    if (name.startsWith("device-unavailable") && diagnostics.length === 0) {
      // This machine has the device.
      seen.add(`device-unavailable ${name.endsWith("instances") ? "instances" : "none"}`);
      return;
    }
    for (const each of diagnostics) seen.add(`${each.code} ${each.variant}`);
    expect(diagnostics.map((each) => each.code)).toContain(codeOf(name));
    expect(
      compiled.plan === undefined || diagnostics.every((each) => each.severity !== "error" || isOfStart(each)),
    ).toBe(true);
    const text = `${printDiagnostics(diagnostics, compiled.source, { color: false })}\n${countDiagnostics(diagnostics)}\n`;
    expect(text).not.toMatch(/%[a-z-]+%|undefined|\[object/);
    const found = withoutMachine(text);
    expect(found).toBe(golden("invalid", `${name}.txt`, found));
  });

  test("every message of the catalogue appears", () => {
    const all = Object.entries(pages).flatMap(([code, page]) => page.messages.map(({ name }) => `${code} ${name}`));
    expect(all.filter((message) => !seen.has(message) && !elsewhere.has(message))).toEqual([]);
  });
});

/** Shown by other tests: no file of a repository can be unreadable for everybody, none is that large, and no link leads nowhere. */
const elsewhere = new Set([
  "spec-missing unreadable",
  "model-missing problem",
  "model-missing link",
  "version-set-aside overlong",
  "too-many more",
]);

/** Why a device does not work is said by its driver, on each machine in other words. */
function withoutMachine(text: string): string {
  return text.replaceAll(/(?<= works here: ).*/g, "…");
}

/** What only a start can tell stands in the place of what compiling found. */
async function diagnosticsOf(compiled: Compiled): Promise<readonly Diagnostic[]> {
  if (compiled.plan === undefined || worseThanInfo(compiled.diagnostics).length > 0) return compiled.diagnostics;
  const failure = await startFailure(compiled);
  return failure === undefined ? compiled.diagnostics : [failure];
}

function worseThanInfo(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter((each) => each.severity !== "info");
}

function isOfStart({ code }: Diagnostic): boolean {
  return code === "model-failed" || code === "model-memory" || code === "device-unavailable";
}

/** The longest code that a file's name begins with. */
function codeOf(name: string): string {
  const codes = Object.keys(pages).filter((code) => name === code || name.startsWith(`${code}-`));
  return codes.sort((a, b) => b.length - a.length)[0] ?? "";
}
