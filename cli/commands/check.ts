/** `ekiben check`: compiles and reports, writes nothing. */

import { countDiagnostics, diagnosticToJson, printDiagnostics } from "../../compiler/diagnostics/print.js";
import { printYaml } from "../../compiler/source/print-yaml.js";
import type { FileCache } from "../../compiler/workspace.js";
import { type Command, specOptions } from "../command.js";
import { hasErrors } from "../report.js";
import { compileSpec, findSpec } from "../spec.js";

export const check: Command = {
  name: "check",
  usage: "[SPEC…] [options]",
  summary: "Compiles specs and reports every mistake; writes nothing.",
  options: specOptions,
  examples: [
    "ekiben check",
    "ekiben check a.yaml b.yaml",
    "ekiben check examples/iris --json",
    "ekiben check --verbose    # also prints the spec with every default",
  ],
  positionals: { min: 0, max: 10_000 },
  async run(context) {
    const { output, positionals } = context;
    const cache: FileCache = new Map();
    const all: object[] = [];
    let ok = true;
    for (const given of positionals.length === 0 ? ["."] : positionals) {
      const compiled = await compileSpec(findSpec(given), context, cache, true);
      const { diagnostics, source } = compiled;
      ok &&= !hasErrors(diagnostics);
      if (output.json) {
        all.push(...diagnostics.map((each) => diagnosticToJson(each, source)));
        continue;
      }
      if (output.verbose && compiled.spec !== undefined) output.result(printYaml(compiled.spec.effective));
      const shown = output.quiet ? diagnostics.filter((each) => each.severity === "error") : diagnostics;
      if (shown.length > 0) output.complain(printDiagnostics(shown, source, output));
      output.say(`${source.file}: ${countDiagnostics(diagnostics)}`);
    }
    if (output.json) output.result(JSON.stringify({ ok, diagnostics: all }));
    return ok ? 0 : 1;
  },
};
