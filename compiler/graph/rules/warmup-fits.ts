/** What warm-up runs are given fits the model's inputs. */
import { warmUpFeeds } from "../../../runtime/engine/open/warm-up-feeds.js";
import { EkibenError } from "../../../runtime/errors.js";
import type { PlanWarmup } from "../../../runtime/plan/plan.js";
import { diagnostic, keyAt, suggest, valueAt } from "../../diagnostics/diagnostic.js";
import type { Path } from "../../source/path.js";
import type { Rule } from "./rule.js";

export const warmupFits: Rule = ({ spec, models }, report) => {
  for (const [name, declared] of spec.models) {
    const loaded = models.get(name);
    if (declared === null || loaded === null || loaded === undefined) continue;
    for (const [index, run] of (declared.warmup ?? []).entries()) {
      const { batch_size, inputs } = run;
      const path: Path = ["models", name, "warmup", index];
      const names = loaded.inputs.map((input) => input.name);
      const unknown = Object.keys(inputs).filter((input) => !names.includes(input));
      for (const input of unknown) {
        const suggestion = suggest(input, names, report);
        report(
          diagnostic("bad-warmup", "unknown", keyAt([...path, "inputs", input]), { model: name, input, suggestion }),
        );
      }
      if (unknown.length > 0) continue;
      try {
        warmUpFeeds(name, loaded.inputs, { batchSize: batch_size, inputs: inputs as PlanWarmup["inputs"] });
      } catch (error) {
        if (!(error instanceof EkibenError)) throw error;
        report(diagnostic("bad-warmup", "value", valueAt([...path, "inputs"]), { problem: error.message }));
      }
    }
  }
};
