/** Source to Spec: the environment resolved, the schema checked with all errors, names checked, what is wrong set aside. */
import type { Environment } from "../../runtime/plan/env.js";
import type { Json } from "../../runtime/values/value.js";
import specSchemaText from "../../schemas/spec.schema.json";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.js";
import { diagnostic } from "../diagnostics/diagnostic.js";
import { toPointer } from "../source/path.js";
import type { Source } from "../source/source.js";
import { translateBentoml } from "./bentoml.js";
import { checkSchema } from "./check-schema.js";
import { resolveEnvironment } from "./env.js";
import type { JsonRecord } from "./json.js";
import { describe, isJsonRecord } from "./json.js";
import { findExcess } from "./limits.js";
import { checkNames } from "./names.js";
import { findNotBuilt } from "./not-built.js";
import type { Schema } from "./schema.js";
import { describeSchemaErrors } from "./schema-errors.js";
import type { Spec } from "./spec.js";
import { toSpec } from "./to-spec.js";
import type { SpecDocument } from "./types.js";

export const specSchema: Schema = specSchemaText;

/** The spec of a text; undefined, with diagnostics, when it is no mapping at all or larger than the rest can bear. */
export function parseSpec(source: Source, environment: Environment, report: Report): Spec | undefined {
  if (!isJsonRecord(source.value)) {
    report(describeNonSpec(source.value));
    return undefined;
  }
  const translated = translateBentoml(source.value);
  for (const each of translated.diagnostics) report(each);
  const resolved = resolveEnvironment(writeOutShortForms(translated.document), environment);
  for (const each of resolved.diagnostics) report(each);
  const document: Json = structuredClone(resolved.value);
  const { errors, isComplete } = checkSchema(specSchema, document);
  const findings = describeSchemaErrors(errors, document).filter(
    (finding) => !resolved.unresolved.has(toPointer(finding.broken)),
  );
  for (const finding of findings) report(finding.diagnostic);
  const notBuilt = findNotBuilt(specSchema, resolved.value);
  for (const each of notBuilt) report(each);
  if (!isComplete) return undefined;
  const broken = new Set(findings.map((finding) => toPointer(finding.broken)));
  for (const pointer of resolved.unresolved) broken.add(pointer);
  // The schema has checked it, but for the places in `broken`, which `toSpec` sets aside.
  const spec = toSpec(document as unknown as SpecDocument, broken, resolved.references, notBuilt);
  for (const each of checkNames(spec)) report(each);
  const excess = findExcess(spec);
  for (const each of excess) report(each);
  return excess.length > 0 ? undefined : spec;
}

function describeNonSpec(value: Json): Diagnostic {
  const place = { path: [], part: "value" } as const;
  if (value === null) return diagnostic("empty-spec", "empty", place, {});
  return diagnostic("empty-spec", "not-a-mapping", place, { found: describe(value) });
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
