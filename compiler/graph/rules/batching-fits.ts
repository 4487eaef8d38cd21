/** What `batching` says can be done with the model: its sizes are in order, and what is padded can be cut back. */
import type { ModelValue } from "../../../runtime/plan/plan.js";
import { quote } from "../../../runtime/suggest.js";
import { printType, tensorOf } from "../../../runtime/types/type.js";
import { diagnostic, keyAt, type Report, suggest, valueAt } from "../../diagnostics/diagnostic.js";
import type { LoadedModel } from "../../models/load.js";
import type { Path } from "../../source/path.js";
import type { Model } from "../../spec/types.js";
import type { Rule } from "./rule.js";

type Batching = NonNullable<Model["batching"]>;

export const batchingFits: Rule = ({ spec, models }, report) => {
  for (const [name, declared] of spec.models) {
    const loaded = models.get(name);
    const path: Path = ["models", name, "batching"];
    if (declared?.batching === undefined || loaded === null || loaded === undefined) continue;
    if (!loaded.inputs.some(({ batchable }) => batchable === true))
      report(diagnostic("bad-batching", "not-batchable", keyAt(path), { name }, { severity: "warning" }));
    checkSizes(declared.batching, path, report);
    if (declared.batching.pad !== undefined)
      checkPadding(declared.batching.pad, loaded, name, [...path, "pad"], report);
  }
};

function checkSizes(
  { preferred_batch_sizes: preferred = [], max_batch_size: most }: Batching,
  path: Path,
  report: Report,
) {
  for (const [index, size] of preferred.entries())
    if (size > most)
      report(
        diagnostic("bad-batching", "preferred", valueAt([...path, "preferred_batch_sizes", index]), { size, most }),
      );
}

function checkPadding(
  pad: NonNullable<Batching["pad"]>,
  { inputs, outputs }: LoadedModel,
  model: string,
  path: Path,
  report: Report,
): void {
  const batchable = inputs.filter((input) => input.batchable === true);
  for (const name of Object.keys(pad)) {
    const input = batchable.find((each) => each.name === name);
    const names = batchable.map((each) => each.name);
    const at = keyAt([...path, name]);
    if (input === undefined)
      report(diagnostic("bad-batching", "unknown", at, { model, name, suggestion: suggest(name, names, report) }));
    else if (input.dtype === "string" || namedDims(input).length === 0)
      report(diagnostic("bad-batching", "not-padded", at, { model, name, type: typeOf(input) }));
  }
  const dims = new Set(batchable.filter(({ name }) => Object.hasOwn(pad, name)).flatMap(namedDims));
  for (const input of batchable)
    if (!Object.hasOwn(pad, input.name) && namedDims(input).some((dim) => dims.has(dim)))
      report(diagnostic("bad-batching", "missing", keyAt(path), { model, name: input.name, type: typeOf(input) }));
  for (const output of outputs) {
    const free = (output.shape ?? [null]).slice(1).find((dim) => typeof dim !== "number" && !dims.has(dim ?? ""));
    if (free === undefined || dims.size === 0) continue;
    const dim = free === null ? "?" : free;
    const known = [...dims].map(quote).join(", ");
    report(
      diagnostic("bad-batching", "output", keyAt(path), { model, name: output.name, type: typeOf(output), dim, known }),
    );
  }
}

function namedDims({ shape }: Pick<ModelValue, "shape">): readonly string[] {
  return (shape ?? []).slice(1).filter((dim) => typeof dim === "string");
}

function typeOf({ dtype, shape }: Pick<ModelValue, "dtype" | "shape">): string {
  return printType(tensorOf(dtype, shape));
}
