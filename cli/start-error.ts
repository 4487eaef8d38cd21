/** Why a service did not start, as a diagnostic at its line where it has one, else as a sentence. */

import type { Diagnostic } from "../compiler/diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../compiler/diagnostics/diagnostic.js";
import { ModelOpenError } from "../runtime/engine/open/open-failure.js";
import { EkibenError } from "../runtime/errors.js";
import type { CommandContext } from "./command.js";
import type { Loaded } from "./deployable.js";
import { describeSystemError, Failure } from "./failure.js";
import { reportDiagnostics } from "./report.js";

export function describeStartError(
  error: unknown,
  loaded: Pick<Loaded, "compiled" | "place">,
  context: CommandContext,
): unknown {
  if (error instanceof ModelOpenError && error.model !== undefined) {
    const found = describeOpenFailure(error);
    if (loaded.compiled === undefined) return new Failure(1, found.message, found.help);
    reportDiagnostics({ source: loaded.compiled.source, diagnostics: [found] }, context.output);
    return new Failure(
      1,
      `${loaded.place.file} cannot be served as it is`,
      "mend what is shown above; `ekiben explain CODE` says more of a code",
    );
  }
  if (error instanceof EkibenError && error.code === "not-ready") return new Failure(1, error.message);
  const { host = "0.0.0.0", port } = {
    host: context.options.text("host"),
    port: context.options.text("port") ?? loaded.compiled?.spec?.server.port,
  };
  return describeSystemError(error, `${host}:${port ?? ""}`) ?? error;
}

/** A model that did not open, at its line. */
export function describeOpenFailure(error: ModelOpenError): Diagnostic {
  const name = error.model ?? "";
  const place = valueAt(["models", name, "source"]);
  if (error.code === "model-no-device")
    return diagnostic("device-unavailable", "none", valueAt(["models", name, "devices"]), {
      name,
      problem: error.message,
    });
  if (error.code === "model-memory")
    return diagnostic("model-memory", "short", place, { name, problem: error.message });
  return diagnostic("model-failed", "open", place, { name, problem: error.message, suggestion: helpFor(error) });
}

function helpFor(error: ModelOpenError): string {
  switch (error.code) {
    case "model-unknown-operator":
      return "export the model with operators that onnxruntime has; custom operators cannot be loaded";
    case "model-version":
      return "export the model with an older opset";
    case "model-warmup":
      return "give `warmup` inputs that the model takes, or mend the model: a run that fails there would fail for callers too";
    default:
      return "check the file with `onnx.checker.check_model`, and export it again";
  }
}
