/** Source to Spec: the environment resolved, the schema checked with all errors, names checked, what is wrong set aside. */
import type { Environment } from "../../runtime/plan/env.js";
import type { Json } from "../../runtime/values/value.js";
import specSchemaText from "../../schemas/spec.schema.json";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic } from "../diagnostics/diagnostic.js";
import { toPointer } from "../source/path.js";
import type { Source } from "../source/source.js";
import { translateBentoml } from "./bentoml.js";
import { checkSchema } from "./check-schema.js";
import { resolveEnvironment } from "./env.js";
import type { JsonRecord } from "./json.js";
import { describe, isJsonRecord } from "./json.js";
import { checkNames } from "./names.js";
import { findNotBuilt } from "./not-built.js";
import type { Schema } from "./schema.js";
import { describeSchemaErrors } from "./schema-errors.js";
import type { Spec } from "./spec.js";
import { toSpec } from "./to-spec.js";
import type { SpecDocument } from "./types.js";

export const specSchema: Schema = specSchemaText;

export interface Parsed {
  /** Absent when the text is no mapping at all. */
  readonly spec?: Spec;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks a spec's fields and values. */
export function parseSpec(source: Source, environment: Environment): Parsed {
  if (source.value === null)
    return { diagnostics: [diagnostic("empty-spec", "empty", { path: [], part: "value" }, {})] };
  if (!isJsonRecord(source.value)) {
    const found = describe(source.value);
    return { diagnostics: [diagnostic("empty-spec", "not-a-mapping", { path: [], part: "value" }, { found })] };
  }
  const translated = translateBentoml(source.value);
  const resolved = resolveEnvironment(writeOutShortForms(translated.document), environment);
  const document: Json = structuredClone(resolved.value);
  const notBuilt = findNotBuilt(specSchema, resolved.value);
  const findings = describeSchemaErrors(checkSchema(specSchema, document), document).filter(
    (finding) => !resolved.unresolved.has(toPointer(finding.broken)),
  );
  const broken = new Set(findings.map((finding) => toPointer(finding.broken)));
  for (const pointer of resolved.unresolved) broken.add(pointer);
  // The schema has checked it, but for the places in `broken`, which `toSpec` sets aside.
  const spec = toSpec(document as unknown as SpecDocument, broken, resolved.references, notBuilt);
  const names = checkNames(spec);
  return {
    spec,
    diagnostics: [
      ...translated.diagnostics,
      ...resolved.diagnostics,
      ...findings.map((finding) => finding.diagnostic),
      ...notBuilt,
      ...names,
    ],
  };
}

/** `encoder: model.onnx` is `encoder: { source: model.onnx }`. */
function writeOutShortForms(document: JsonRecord): JsonRecord {
  const models = document["models"];
  if (!isJsonRecord(models)) return document;
  const written = Object.entries(models).map(([name, model]) => [
    name,
    typeof model === "string" ? { source: model } : model,
  ]);
  return { ...document, models: Object.fromEntries(written) };
}
