/** The requests of a bench: the endpoint's examples in turn, or the inputs of the command line. */
import type { Plan, PlanEndpoint } from "../../runtime/plan/plan.js";
import { type Contract, contractOf } from "../../runtime/protocols/contract.js";
import type { Given, GivenInputs } from "../../runtime/protocols/inputs.js";
import { jsonFromValue, printJson } from "../../runtime/protocols/json-values.js";
import { printNpy } from "../../runtime/protocols/npy.js";
import { exampleCalls } from "../../runtime/server/examples/example-calls.js";
import { didYouMean } from "../../runtime/suggest.js";
import { Tensor } from "../../runtime/values/value.js";
import { Failure } from "../failure.js";
import { inputsFrom } from "../inputs.js";
import type { BenchCall } from "./client.js";

/** The endpoint that is named, or the only one. */
export function chosenEndpoint(plan: Plan, path: string | undefined): PlanEndpoint {
  const paths = plan.endpoints.map((endpoint) => endpoint.path);
  const found = path === undefined ? plan.endpoints[0] : plan.endpoints.find((endpoint) => endpoint.path === path);
  if (path !== undefined && found === undefined)
    throw new Failure(1, `there is no endpoint "${path}"`, didYouMean(path, paths));
  if (found === undefined) throw new Failure(1, "the spec has no endpoints", "there is nothing to call");
  if (path === undefined && paths.length > 1)
    throw new Failure(2, "there are several endpoints", `choose one with --endpoint: ${paths.join(", ")}`);
  return found;
}

/** `words` are the values of `--input`; without them the examples are called. */
export async function callsOf(
  plan: Plan,
  endpoint: PlanEndpoint,
  words: readonly string[],
  pathOf: (file: string) => string,
): Promise<readonly BenchCall[]> {
  const graph = plan.graphs[endpoint.graph];
  if (graph === undefined) throw new Error(`invariant: graph "${endpoint.graph}" is in the Plan`);
  const contract = contractOf(graph);
  if (words.length > 0) return [callOf("--input", endpoint, await inputsFrom(words, graph), contract)];
  const calls = exampleCalls(plan, pathOf)
    .filter((call) => call.endpoint === endpoint)
    .map(({ example, inputs }) => callOf(example.name, endpoint, inputs, contract));
  if (calls.length > 0) return calls;
  if (Object.keys(graph.inputs).length === 0) return [callOf("without inputs", endpoint, {}, contract)];
  throw new Failure(
    1,
    `endpoint "${endpoint.path}" has no examples to call it with`,
    "write some under `endpoints[].examples`, or give --input name=value",
  );
}

/** A medium or a tensor alone in the body travels raw, as its callers would send it; everything else is JSON. */
export function callOf(
  name: string,
  { method, path }: Pick<PlanEndpoint, "method" | "path">,
  inputs: GivenInputs,
  contract: Contract,
): BenchCall {
  if (method === "GET") return { name, method, path: withQuery(path, inputs), headers: {}, body: Buffer.alloc(0) };
  const { [contract.raw ?? ""]: alone, ...others } = inputs;
  const raw = Object.values(others).some(isBinary) ? undefined : rawBody(alone);
  if (raw !== undefined) return post(name, method, withQuery(path, others), raw.contentType, raw.body);
  return post(name, method, path, "application/json", Buffer.from(printJson(inputs)));
}

function isBinary(value: Given): boolean {
  return value instanceof Uint8Array || value instanceof Tensor;
}

function rawBody(value: Given | undefined): { readonly contentType: string; readonly body: Buffer } | undefined {
  if (value instanceof Uint8Array) return { contentType: "application/octet-stream", body: Buffer.from(value) };
  if (value instanceof Tensor) return { contentType: "application/x-npy", body: printNpy(value) };
  return undefined;
}

function post(name: string, method: string, path: string, contentType: string, body: Buffer): BenchCall {
  return { name, method, path, headers: { "content-type": contentType, "content-length": body.length }, body };
}

function withQuery(path: string, inputs: GivenInputs): string {
  const query = new URLSearchParams(
    Object.entries(inputs).map(([name, given]): [string, string] => {
      const value = jsonFromValue(given);
      return [name, typeof value === "string" ? value : JSON.stringify(value)];
    }),
  ).toString();
  return query === "" ? path : `${path}?${query}`;
}
