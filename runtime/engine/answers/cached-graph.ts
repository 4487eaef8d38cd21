/** Graphs whose answers are kept, for the endpoints that want it so. */
import { invariant } from "../../errors.js";
import type { Plan } from "../../plan/plan.js";
import { usesOf } from "../../plan/uses.js";
import { mainVersion } from "../../plan/versions.js";
import { digestOfValues } from "../../values/digest.js";
import type { ValueRecord } from "../../values/value.js";
import type { RunContext, RunGraph } from "../graph/interpreter.js";
import type { AnswerCache, CacheUse } from "./answer-cache.js";
import { scopeOfVersion } from "./cached-group.js";
import { type EngineCaches, endpointName } from "./engine-caches.js";

/** The graphs of the endpoints that want it, by the endpoint's name. */
export function cachedGraphs(
  plan: Plan,
  graphs: ReadonlyMap<string, RunGraph>,
  { endpoints }: EngineCaches,
): ReadonlyMap<string, RunGraph> {
  return new Map(
    plan.endpoints.flatMap((endpoint) => {
      const name = endpointName(endpoint);
      const cache = endpoints.get(name);
      const run = graphs.get(endpoint.graph);
      return cache === undefined || run === undefined
        ? []
        : [[name, cachedGraph(plan, endpoint.graph, name, run, cache)] as const];
    }),
  );
}

/** `endpoint` is the name by which its cache is known. */
function cachedGraph(
  plan: Plan,
  name: string,
  endpoint: string,
  run: RunGraph,
  cache: AnswerCache<ValueRecord>,
): RunGraph {
  const scopeOf = scopesOf(plan, name);
  return async (inputs, context) => {
    const { signal, onCache, versions } = context;
    const key = digestOfValues(scopeOf(versions), inputs);
    const onUse = (use: CacheUse): void => onCache?.({ kind: "endpoint", name: endpoint }, use);
    return cache.answer(key, { signal, onUse }, (wanted) => run(inputs, { ...context, signal: wanted }));
  };
}

/**
 * What a graph's answers depend on beside its inputs: itself and the graphs that it uses, the contents of the files that
 * their steps read, and the versions of their models that the request has.
 */
function scopesOf(plan: Plan, name: string): (versions: RunContext["versions"]) => string {
  const { graphs, models } = usesOf(plan, name);
  const written = graphs.map((each) => [each, plan.graphs[each]]);
  const files = graphs.flatMap((each) => filesOf(plan, each)).map((file) => [file, plan.files[file]?.sha256]);
  const scope = digestOfValues(JSON.stringify([written, files]), {});
  const used = models.map((each) => {
    const model = plan.models[each];
    invariant(model, `model "${each}" is in the Plan`);
    const scopes = new Map(model.versions.map((version) => [version.version, scopeOfVersion(model, version)]));
    return { model: each, main: mainVersion(model).version, scopes };
  });
  return (versions) =>
    used.reduce((all, { model, main, scopes }) => `${all} ${scopes.get(versions?.of(model) ?? main)}`, scope);
}

function filesOf(plan: Plan, graph: string): readonly string[] {
  const args = plan.graphs[graph]?.nodes.flatMap((node) => Object.values(node.args)) ?? [];
  return args.flatMap((expression) => (expression.kind === "file" ? [expression.file] : []));
}
