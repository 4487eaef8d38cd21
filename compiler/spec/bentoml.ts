/** BentoML's fields that have no place without Python, or are written otherwise: each gets a word of what stands in its place. */
import type { Json } from "../../runtime/values/value.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt, valueAt } from "../diagnostics/diagnostic.js";
import type { JsonRecord } from "./json.js";
import { isJsonRecord } from "./json.js";

export interface Translated {
  /** The document without what was said something about. */
  readonly document: JsonRecord;
  readonly diagnostics: readonly Diagnostic[];
}

export function translateBentoml(document: JsonRecord): Translated {
  const diagnostics: Diagnostic[] = [];
  const rest: { [key: string]: Json } = { ...document };

  for (const field of ["python", "conda"]) {
    if (!Object.hasOwn(rest, field)) continue;
    diagnostics.push(diagnostic("bentoml-field", "python", keyAt([field]), { field }));
    delete rest[field];
  }
  if (Object.hasOwn(rest, "args")) {
    diagnostics.push(diagnostic("bentoml-field", "args", keyAt(["args"]), {}));
    delete rest["args"];
  }
  if (typeof rest["name"] === "string") {
    diagnostics.push(diagnostic("bentoml-field", "name", keyAt(["name"]), { value: rest["name"] }));
    rest["service"] ??= "unnamed";
    delete rest["name"];
  }
  const service = rest["service"];
  if (typeof service === "string" && /^[\w.]+:[\w.]+$/.test(service)) {
    const suggestion = toServiceName(service);
    diagnostics.push(diagnostic("bentoml-field", "class", valueAt(["service"]), { value: service, suggestion }));
    rest["service"] = suggestion;
  }
  if (Array.isArray(rest["models"])) {
    diagnostics.push(diagnostic("bentoml-field", "models", keyAt(["models"]), {}));
    delete rest["models"];
  }
  if (isJsonRecord(rest["docker"]) && Object.hasOwn(rest["docker"], "python_version")) {
    const { python_version: _, ...docker } = rest["docker"];
    diagnostics.push(
      diagnostic("bentoml-field", "python", keyAt(["docker", "python_version"]), { field: "python_version" }),
    );
    rest["docker"] = docker;
  }
  return { document: rest, diagnostics };
}

/** `service:SummarizationService` as a service's name: `summarization-service`. */
function toServiceName(reference: string): string {
  const name = reference.slice(reference.lastIndexOf(":") + 1).replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2");
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, "-")
      .replaceAll(/^-+|-+$/g, "") || "service"
  );
}
