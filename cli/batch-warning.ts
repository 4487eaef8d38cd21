/** In `dev`, after a deployment and in the background: a warning of models whose answers depend on their batch-mates. */
import { setImmediate } from "node:timers/promises";
import type { Listener } from "../runtime/observe/events.js";
import type { Plan } from "../runtime/plan/plan.js";
import { mainVersion } from "../runtime/plan/versions.js";
import { readInputs } from "../runtime/protocols/inputs.js";
import { contractFor } from "../runtime/server/call-graph.js";
import type { Deployment } from "../runtime/server/deployment.js";
import { exampleCalls } from "../runtime/server/examples/example-calls.js";
import type { Host } from "../runtime/server/host.js";
import { batchedModels, checkInvariance, describeDependence } from "./invariance.js";

export interface BatchWarning {
  /** Follows deployments. */
  readonly listener: Listener;
  /** Calls off what still runs. */
  close(): void;
}

/** Looks at each model once, as long as its digest stays the same. */
export function createBatchWarning(host: Host): BatchWarning {
  const seen = new Set<string>();
  const closing = new AbortController();
  return {
    listener: (event) => {
      const deployment = host.current;
      if (event.kind !== "deployed" || deployment === undefined) return;
      const models = newModels(deployment, seen);
      if (models.length > 0) void warn(deployment, models, host.listener, closing.signal);
    },
    close: () => closing.abort(),
  };
}

/** Those with `batching` that examples reach and that were not looked at before; now they count as such. */
function newModels({ engine, plan }: Deployment, seen: Set<string>): readonly string[] {
  const reached = reachedModels(plan);
  return batchedModels(engine).filter((name) => {
    const model = plan.models[name];
    const digest = model === undefined ? "" : mainVersion(model).digest;
    if (!reached.has(name) || seen.has(digest)) return false;
    seen.add(digest);
    return true;
  });
}

function reachedModels(plan: Plan): ReadonlySet<string> {
  const models = new Set<string>();
  const graphs = new Set(plan.endpoints.filter(({ examples }) => examples.length > 0).map(({ graph }) => graph));
  // A set's loop also comes to what is added meanwhile: graphs that are steps of others.
  for (const name of graphs)
    for (const { use } of plan.graphs[name]?.nodes ?? []) {
      if (use.kind === "model") models.add(use.model);
      if (use.kind === "graph") graphs.add(use.graph);
    }
  return models;
}

/** Never fails: what goes wrong with an example is shown by `ekiben test`. */
async function warn(
  deployment: Deployment,
  models: readonly string[],
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const { engine, plan, pathOf } = deployment;
  deployment.retain();
  try {
    await setImmediate();
    const calls = exampleCalls(plan, pathOf);
    const infer: Parameters<typeof checkInvariance>[0]["infer"] = async (graph, inputs, options) =>
      engine.infer(graph, await readInputs(contractFor(deployment, graph), inputs), options);
    const found = await checkInvariance({ engine, infer, calls, models, signal });
    for (const { message, help } of found.map(describeDependence))
      listener({ kind: "warning", text: `${message}; ${help}` });
  } catch {
    // An example's file is gone, or the service ends.
  } finally {
    deployment.release();
  }
}
