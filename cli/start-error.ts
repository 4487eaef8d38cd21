/** Why a service did not start, as a diagnostic at its line where it has one, else as a sentence. */

import type { Diagnostic } from "../compiler/diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../compiler/diagnostics/diagnostic.js";
import { ModelOpenError } from "../runtime/engine/open/open-failure.js";
import { EkibenError } from "../runtime/errors.js";
import type { Plan, PlanModel } from "../runtime/plan/plan.js";
import type { CommandContext } from "./command.js";
import type { Loaded } from "./deployable.js";
import { describeSystemError, Failure } from "./failure.js";
import { reportDiagnostics } from "./report.js";

export function describeStartError(
  error: unknown,
  loaded: Partial<Loaded> & Pick<Loaded, "place">,
  context: CommandContext,
): unknown {
  if (error instanceof ModelOpenError && error.model !== undefined) {
    const found = describeOpenFailure(error, loaded.deployable?.plan);
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

/** A model of the Plan that did not open, at its line. */
export function describeOpenFailure(error: ModelOpenError, plan: Plan | undefined): Diagnostic {
  const name = error.model ?? "";
  const model = plan?.models[name];
  const place = valueAt(["models", name, "source"]);
  if (error.code === "model-no-device") return describeNoDevice(name, model, error.message);
  if (error.code === "model-memory") {
    const message = model?.residency === "on_demand" ? "on-demand" : "short";
    return diagnostic("model-memory", message, place, { name, problem: error.message });
  }
  return diagnostic("model-failed", "open", place, { name, problem: error.message, suggestion: helpFor(error) });
}

/** Where `devices` have the CPU it is instances with a device of their own. */
function describeNoDevice(name: string, model: PlanModel | undefined, problem: string): Diagnostic {
  const { devices = [], instances = [] } = model ?? {};
  const index = instances.findIndex(({ device = "cpu" }) => device !== "cpu");
  const isOwn = index >= 0 && (devices.includes("cpu") || instances.every(({ device }) => device !== undefined));
  return isOwn
    ? diagnostic("device-unavailable", "instances", valueAt(["models", name, "instances", index]), { name, problem })
    : diagnostic("device-unavailable", "none", valueAt(["models", name, "devices"]), { name, problem });
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
