/** The examples of a Plan as inputs that can be sent: `{ file: PATH }` becomes the file's bytes. */
import { readFileSync } from "node:fs";
import type { Plan, PlanEndpoint, PlanExample } from "../../plan/plan.js";
import type { Given, GivenInputs } from "../../protocols/inputs.js";
import { namesFile } from "../../protocols/openapi.js";
import { knownType } from "../../types/parse.js";

export interface ExampleCall {
  readonly endpoint: PlanEndpoint;
  readonly example: PlanExample;
  readonly inputs: GivenInputs;
}

export function exampleCalls(plan: Plan, pathOf: (file: string) => string): readonly ExampleCall[] {
  return plan.endpoints.flatMap((endpoint) =>
    endpoint.examples.map((example) => ({ endpoint, example, inputs: exampleInputs(plan, endpoint, example, pathOf) })),
  );
}

function exampleInputs(
  plan: Plan,
  endpoint: PlanEndpoint,
  example: PlanExample,
  pathOf: (file: string) => string,
): GivenInputs {
  const inputs = Object.entries(example.inputs).map(([name, value]): [string, Given] => {
    const type = knownType(plan.graphs[endpoint.graph]?.inputs[name]?.type ?? "json");
    const isMedium = ["image", "audio", "file", "bytes"].includes(type.kind);
    if (!isMedium || !namesFile(value)) return [name, value];
    return [name, readFileSync(pathOf(String(Reflect.get(Object(value), "file"))))];
  });
  return Object.fromEntries(inputs);
}
