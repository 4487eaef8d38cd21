/** `ekiben test`: runs the examples written in the spec, and compares. */

import type { Difference } from "../../runtime/server/examples/differences.js";
import { type ExampleCall, exampleCalls } from "../../runtime/server/examples/example-calls.js";
import { runExample } from "../../runtime/server/examples/run-example.js";
import { type Command, specOptions } from "../command.js";
import { loadDeployable } from "../deployable.js";
import { checkInvariance, describeDependence } from "../invariance.js";
import type { EmbeddedService } from "../open.js";
import { openDeployable } from "../open.js";
import type { Output } from "../output.js";
import { describeStartError } from "../start-error.js";

interface Outcome {
  readonly endpoint: string;
  readonly example: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly differences: readonly Difference[];
}

export const test: Command = {
  name: "test",
  usage: "[SPEC] [--batch-invariance]",
  summary: "Runs the examples written in the spec, and compares the answers.",
  options: {
    ...specOptions,
    "batch-invariance": {
      type: "boolean",
      description: "Also finds models whose answers depend on what else is in the batch.",
    },
  },
  examples: [
    "ekiben test",
    "ekiben test examples/digits",
    "ekiben test examples/summarization --batch-invariance --json",
  ],
  positionals: { min: 0, max: 1 },
  async run(context) {
    const { output, options } = context;
    const loaded = await loadDeployable(context.positionals[0], context);
    const { plan, pathOf } = loaded.deployable;
    // Where versions share traffic the one that answers most is tested, each time.
    const service = await openDeployable(loaded.deployable, { random: () => 0 }).catch((error: unknown) => {
      throw describeStartError(error, loaded, context);
    });
    try {
      const calls = exampleCalls(plan, pathOf);
      const outcomes: Outcome[] = [];
      for (const call of calls) {
        const outcome = await outcomeOf(call, service);
        outcomes.push(outcome);
        sayOutcome(outcome, output);
      }
      const dependent = options.flag("batch-invariance") ? await checkInvariance({ ...service, calls }) : [];
      for (const { message, help } of dependent.map(describeDependence)) output.complain(`${message}\n  help: ${help}`);
      const failed = outcomes.filter(({ ok }) => !ok).length + dependent.length;
      if (output.json)
        output.result(JSON.stringify({ ok: failed === 0, examples: outcomes, batch_dependent: dependent }));
      else output.say(summary(outcomes));
      return failed === 0 ? 0 : 1;
    } finally {
      await service.close();
    }
  },
};

async function outcomeOf(call: ExampleCall, service: EmbeddedService): Promise<Outcome> {
  const start = performance.now();
  const found = await runExample(call, service.run);
  const { endpoint, example } = call;
  const ms = performance.now() - start;
  return { endpoint: endpoint.path, example: example.name, ok: found.length === 0, ms, differences: found };
}

function sayOutcome({ endpoint, example, ok, ms, differences: found }: Outcome, output: Output): void {
  const line = `${ok ? "✓" : "✗"} ${endpoint} ${example} (${ms.toFixed(0)} ms)`;
  if (ok) output.say(line);
  else output.complain([line, ...found.map(({ path, message }) => `    ${path} ${message}`)].join("\n"));
}

function summary(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return "the spec has no examples; add some under `endpoints[].examples`";
  const failed = outcomes.filter(({ ok }) => !ok).length;
  return failed === 0
    ? `${outcomes.length} of ${outcomes.length} examples answer as expected`
    : `${failed} of ${outcomes.length} examples fail`;
}
