/** A call of an endpoint by curl, from the spec's example. */
import { artifactPath } from "../../runtime/plan/load.js";
import type { Plan, PlanEndpoint } from "../../runtime/plan/plan.js";
import { takesSequence } from "../../runtime/plan/uses.js";
import { namesFile } from "../../runtime/protocols/openapi.js";
import type { Json } from "../../runtime/values/value.js";

/** A sequence of one request: what an example is. */
const wholeSequence = "example; start; end";

type Inputs = { readonly [name: string]: Json };

/** The command, for a shell in the artifact's folder; without an example it only asks whether the service is ready. */
export function curlCommand(plan: Plan, endpoint: PlanEndpoint, port: number): string {
  const inputs = exampleInputs(plan, endpoint);
  if (inputs === undefined) return `curl http://localhost:${port}/readyz`;
  const url = `http://localhost:${port}${endpoint.path}`;
  const sequence = takesSequence(plan, endpoint.graph) ? ` -H 'x-ekiben-sequence: ${wholeSequence}'` : "";
  const method = `${endpoint.method === "POST" || endpoint.method === "GET" ? "" : ` -X ${endpoint.method}`}${sequence}`;
  if (endpoint.method === "GET") return `curl${method} ${quoteWord(withQuery(plan, endpoint, url, inputs))}`;
  if (!Object.values(inputs).some(namesFile))
    return `curl${method} ${quoteWord(url)} -H 'content-type: application/json' -d ${quoteWord(JSON.stringify(inputs))}`;
  const parts = Object.entries(inputs).map(([name, value]) => ` \\\n  ${formPart(plan, endpoint, name, value)}`);
  return `curl${method} ${quoteWord(url)}${parts.join("")}`;
}

export function hasExample(plan: Plan, endpoint: PlanEndpoint): boolean {
  return exampleInputs(plan, endpoint) !== undefined;
}

function exampleInputs(plan: Plan, endpoint: PlanEndpoint): Inputs | undefined {
  const [example] = endpoint.examples;
  if (example !== undefined) return example.inputs;
  const inputs = Object.entries(plan.graphs[endpoint.graph]?.inputs ?? {}).map(
    ([name, input]) => [name, input.examples?.[0] ?? input.default] as const,
  );
  return inputs.some(([, value]) => value === undefined) ? undefined : (Object.fromEntries(inputs) as Inputs);
}

function isText(plan: Plan, endpoint: PlanEndpoint, name: string): boolean {
  return plan.graphs[endpoint.graph]?.inputs[name]?.type === "string";
}

function withQuery(plan: Plan, endpoint: PlanEndpoint, url: string, inputs: Inputs): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(inputs))
    words.set(name, isText(plan, endpoint, name) ? String(value) : JSON.stringify(value));
  return words.size === 0 ? url : `${url}?${words}`;
}

/** A part of a form: a file of the artifact, or text that curl takes as it is. */
function formPart(plan: Plan, endpoint: PlanEndpoint, name: string, value: Json): string {
  if (namesFile(value) && typeof value === "object" && value !== null && "file" in value)
    return `-F ${quoteWord(`${name}=@${artifactPath(plan, String(value.file))}`)}`;
  const text = isText(plan, endpoint, name) ? String(value) : JSON.stringify(value);
  return `--form-string ${quoteWord(`${name}=${text}`)}`;
}

function quoteWord(word: string): string {
  return /^[A-Za-z0-9_./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
