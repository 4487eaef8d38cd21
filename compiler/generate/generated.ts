/** Every file that is made from another, with its text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Schema } from "../spec/schema.js";
import { printCatalogue, printPageTexts, readPages } from "./catalogue.js";
import { editorSchema } from "./editor-schema.js";
import { diagnosticsPage, specPage, stepsPage } from "./reference.js";
import { printSpecTypes } from "./spec-types.js";
import { printWasm } from "./wasm.js";

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export const chapters = ["text", "fields", "names", "types", "models"] as const;

/** The generated files of the repository at a path. */
export function generatedFiles(root: string): readonly GeneratedFile[] {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const pages = chapters.flatMap((chapter) => readPages(read(`compiler/diagnostics/pages/${chapter}.md`)));
  const specSchema: Schema = JSON.parse(read("schemas/spec.schema.json"));
  return [
    { path: "compiler/diagnostics/catalogue.ts", text: printCatalogue(pages) },
    { path: "compiler/diagnostics/page-texts.ts", text: printPageTexts(pages) },
    { path: "compiler/spec/types.ts", text: printSpecTypes(specSchema) },
    { path: "schemas/bentofile.schema.json", text: `${JSON.stringify(editorSchema(specSchema), null, 2)}\n` },
    { path: "docs/reference/diagnostics.md", text: diagnosticsPage(pages) },
    { path: "docs/reference/steps.md", text: stepsPage() },
    { path: "docs/reference/spec.md", text: specPage() },
    { path: "runtime/values/decimals-wasm.ts", text: printWasm(root, "runtime/values/assembly/decimals.ts") },
  ];
}
