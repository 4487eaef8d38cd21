/** A graph called from inside the process: JSON in and out, through the protocol and the engine as a request goes. */
import type { SequenceCall } from "../engine/sequences/sequence-call.js";
import { EkibenError } from "../errors.js";
import { contractOf } from "../protocols/contract.js";
import { jsonProtocol } from "../protocols/json.js";
import type { Deployment } from "./deployment.js";
import type { Host } from "./host.js";

export interface CallGraphOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** The sequence that the call belongs to; without it models that keep state begin and end with the call. */
  readonly sequence?: SequenceCall;
}

/** Fails with an `EkibenError`, as the request would. */
export async function callGraph(
  host: Host,
  graph: string,
  input: unknown,
  { signal, timeoutMs, sequence }: CallGraphOptions,
): Promise<unknown> {
  const deployment = host.current;
  if (deployment === undefined) throw new EkibenError("not-ready", "The service is not ready.");
  deployment.retain();
  try {
    const contract = contractFor(deployment, graph);
    const body = Buffer.from(JSON.stringify(input));
    const values = await jsonProtocol.decode({ ...jsonRequest, body }, contract);
    const outputs = await deployment.engine.infer(graph, values, {
      timeoutMs: timeoutMs ?? deployment.settings.timeoutMs,
      ...(signal === undefined ? {} : { signal }),
      ...(sequence === undefined ? {} : { sequence }),
    });
    const answer = await jsonProtocol.encode(outputs, "application/json", contract);
    return JSON.parse(String(answer.body));
  } finally {
    deployment.release();
  }
}

const jsonRequest = {
  method: "POST",
  contentType: "application/json",
  contentTypeHeader: "application/json",
  accept: "application/json",
  query: new URLSearchParams(),
};

/** The one of the graph's route, whose validator is compiled already. */
export function contractFor(deployment: Deployment, graph: string): ReturnType<typeof contractOf> {
  for (const methods of deployment.routes.values())
    for (const route of methods.values()) if (route.endpoint.graph === graph) return route.contract;
  const planned = deployment.plan.graphs[graph];
  if (planned === undefined) throw new Error(`invariant: graph "${graph}" is in the Plan`);
  return contractOf(planned);
}
