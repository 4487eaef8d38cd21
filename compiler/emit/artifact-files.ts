/** What the runtime reads: the Plan, its models and files; and the OpenAPI document. */
import { artifactPath } from "../../runtime/plan/load.js";
import { printOpenApi } from "../../runtime/protocols/openapi.js";
import { type Emission, type EmittedFile, jsonFile, textFile } from "./emitted-file.js";

export function artifactFiles({ plan, wholePlan }: Emission): readonly EmittedFile[] {
  const planned = Object.entries(plan.files).map(([name, { sha256, bytes }]): EmittedFile => {
    return { path: artifactPath(plan, name), content: { kind: "planned", name, sha256, bytes } };
  });
  // Two names of equal bytes share one file.
  const unique = new Map(planned.map((file) => [file.path, file]));
  return [jsonFile("plan.json", wholePlan), textFile("openapi.json", printOpenApi(plan)), ...unique.values()];
}
