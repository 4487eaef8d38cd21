/** Every file of the repository that is made from another, with its text. */
import type { Schema } from "../emit/schema-to-ts.js";
import { printCatalogue, readPages } from "./catalogue.js";
import { printSpecTypes } from "./spec-types.js";

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export const chapters = ["text", "fields", "names", "types", "models"] as const;

/** The generated files; `read` gives the text of a file of the repository. */
export function generatedFiles(read: (path: string) => string): readonly GeneratedFile[] {
  const pages = chapters.flatMap((chapter) => readPages(read(`compiler/diagnostics/pages/${chapter}.md`)));
  const specSchema: Schema = JSON.parse(read("schemas/spec.schema.json"));
  return [
    { path: "compiler/diagnostics/catalogue.ts", text: printCatalogue(pages) },
    { path: "compiler/spec/types.ts", text: printSpecTypes(specSchema) },
  ];
}
