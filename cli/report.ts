/** Diagnostics on the terminal, or as the one JSON document that `--json` promises. */
import type { Compiled } from "../compiler/compile.js";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.js";
import { countDiagnostics, diagnosticToJson, printDiagnostics } from "../compiler/diagnostics/print.js";
import type { Output } from "./output.js";

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((each) => each.severity === "error");
}

/** For a command that goes on when there are no errors: what is wrong, to stderr. */
export function reportDiagnostics(
  { diagnostics, source }: Pick<Compiled, "diagnostics" | "source">,
  output: Output,
): void {
  const shown = output.quiet ? diagnostics.filter((each) => each.severity === "error") : diagnostics;
  if (shown.length === 0) return;
  if (output.json && hasErrors(diagnostics)) {
    output.result(
      JSON.stringify({ ok: false, diagnostics: diagnostics.map((each) => diagnosticToJson(each, source)) }),
    );
    return;
  }
  output.complain(`${printDiagnostics(shown, source, output)}\n${countDiagnostics(shown)}`);
}
