/**
 * Before a deployment takes the place of another, it answers the spec's own examples: those of graphs that have changed,
 * with what they use.
 */
import type { Engine } from "../../engine/engine.js";
import { EkibenError } from "../../errors.js";
import type { Plan, PlanGraph } from "../../plan/plan.js";
import { turnsOfVersions } from "../../plan/versions.js";
import { contractOf } from "../../protocols/contract.js";
import { readInputs } from "../../protocols/inputs.js";
import { jsonProtocol } from "../../protocols/json.js";
import type { Json } from "../../values/value.js";
import { type ExampleCall, exampleCalls } from "./example-calls.js";
import { runExample } from "./run-example.js";

/** A deployment's own examples are not answered as they should be; its message says which, and how. */
export class SelfTestError extends Error {
  override readonly name = "SelfTestError";
}

export interface SelfTested {
  readonly engine: Engine;
  readonly pathOf: (file: string) => string;
  readonly timeoutMs: number;
}

/** Throws `SelfTestError`. `previous` is what is live. */
export async function selfTest({ engine, pathOf, timeoutMs }: SelfTested, previous: Plan): Promise<void> {
  const { plan } = engine;
  const answerOf =
    (versions: ReadonlyMap<string, string>) => async (graph: string, inputs: Parameters<typeof readInputs>[1]) => {
      const contract = contractOf(graphOf(plan, graph));
      const outputs = await engine.infer(graph, await readInputs(contract, inputs), { timeoutMs, versions });
      const { body } = await jsonProtocol.encode(outputs, "application/json", contract);
      return JSON.parse(String(body)) as { readonly [output: string]: Json };
    };
  for (const call of exampleCalls(plan, pathOf)) {
    const { graph } = call.endpoint;
    if (fingerprint(plan, graph) === fingerprint(previous, graph)) continue;
    for (const versions of turnsOfVersions(plan.models)) await test(call, answerOf(versions), versions);
  }
}

async function test(
  call: ExampleCall,
  answer: Parameters<typeof runExample>[1],
  versions: ReadonlyMap<string, string>,
): Promise<void> {
  const { endpoint, example } = call;
  const [difference] = await runExample(call, answer).catch((error: unknown) => [
    { path: "", message: error instanceof EkibenError ? error.message : "it failed" },
  ]);
  if (difference === undefined) return;
  const { path, message } = difference;
  const by =
    versions.size === 0 ? "" : ` by ${[...versions].map(([model, version]) => `${model}=${version}`).join(", ")}`;
  throw new SelfTestError(
    `example "${example.name}" of ${endpoint.path} is not answered as expected${by}: ${path === "" ? "" : `${path} `}${message}`,
  );
}

/** All that an answer of a graph depends on. */
function fingerprint(plan: Plan, name: string, seen: Set<string> = new Set()): string {
  const graph = plan.graphs[name];
  if (graph === undefined || seen.has(name)) return "";
  seen.add(name);
  const models = usedOf(graph, "model").map((model) => plan.models[model]);
  const graphs = usedOf(graph, "graph").map((inner) => fingerprint(plan, inner, seen));
  const examples = plan.endpoints.filter((endpoint) => endpoint.graph === name).map((endpoint) => endpoint.examples);
  const own = JSON.stringify([graph, examples]);
  const files = Object.entries(plan.files).filter(([file]) => own.includes(JSON.stringify(file)));
  return JSON.stringify([own, models, graphs, files]);
}

function usedOf(graph: PlanGraph, kind: "model" | "graph"): readonly string[] {
  return graph.nodes.flatMap(({ use }) => {
    if (use.kind === "model" && kind === "model") return [use.model];
    return use.kind === "graph" && kind === "graph" ? [use.graph] : [];
  });
}

function graphOf(plan: Plan, name: string): PlanGraph {
  const graph = plan.graphs[name];
  if (graph === undefined) throw new Error(`invariant: graph "${name}" is in the Plan`);
  return graph;
}
