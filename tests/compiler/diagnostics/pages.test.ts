/** Every page shows a wrong example that gives its code, and a right one that gives no error. */
import { join } from "node:path";
import type { Compiled } from "../../../compiler/compile.js";
import { compile } from "../../../compiler/compile.js";
import type { Code } from "../../../compiler/diagnostics/catalogue.js";
import { pages } from "../../../compiler/diagnostics/catalogue.js";
import { pageTexts } from "../../../compiler/diagnostics/page-texts.js";
import { inRepository } from "../../support/paths.js";
import { startFailure } from "../../support/spec-files.js";

/** There is no text to show: the file is not there, or holds a thousand mistakes. */
const withoutExample: readonly string[] = ["spec-missing", "too-many"];
const codes = (Object.keys(pages) as Code[]).filter((code) => !withoutExample.includes(code));

test.each(codes)("%s: the wrong example gives it", async (code) => {
  const [wrong = ""] = examples(code);
  const compiled = await compileText(wrong);
  const found = compiled.diagnostics.map((each) => each.code);
  const failure = found.includes(code) ? undefined : await startFailure(compiled);
  // A machine that has the device shows nothing.
  if (code !== "device-unavailable" || failure !== undefined) expect([...found, failure?.code]).toContain(code);
});

test.each(codes)("%s: the right example gives nothing of it, and no error", async (code) => {
  const { diagnostics } = await compileText(examples(code)[1] ?? "");
  const wrong = diagnostics.filter(
    (each) => each.severity === "error" || (each.code === code && each.severity !== "info"),
  );
  expect(wrong.map((each) => each.message)).toEqual([]);
});

test("every page has an example of each kind, a first sentence, and a reason", () => {
  const incomplete = codes.filter((code) => examples(code).length !== 2 || pageTexts[code].split("\n\n").length < 4);
  expect(incomplete).toEqual([]);
});

function examples(code: Code): readonly string[] {
  return [...pageTexts[code].matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
}

function compileText(text: string): Promise<Compiled> {
  return compile("bentofile.yaml", join(inRepository("specs"), "bentofile.yaml"), text, { environment: {} });
}
