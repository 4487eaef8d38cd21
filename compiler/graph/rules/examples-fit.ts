/** An endpoint's examples can be sent to its graph, and expect what it has. */
import { listOr, nearest, quote } from "../../../runtime/suggest.js";
import type { Json } from "../../../runtime/values/value.js";
import type { Report } from "../../diagnostics/diagnostic.js";
import { diagnostic, keyAt, suggest, valueAt } from "../../diagnostics/diagnostic.js";
import type { Path } from "../../source/path.js";
import { isJsonRecord } from "../../spec/json.js";
import type { Example } from "../../spec/types.js";
import type { Workspace } from "../../workspace.js";
import type { GraphInput } from "../graph.js";
import type { TypedGraph } from "../typed-graph.js";
import type { Rule } from "./rule.js";
import { valueProblems } from "./value-problem.js";

export const examplesFit: Rule = ({ spec, graphs, workspace }, report) => {
  for (const { endpoint, index } of spec.endpoints) {
    const graph = graphs.get(endpoint.graph);
    if (graph === undefined) continue;
    for (const [number, example] of endpoint.examples.entries()) {
      checkExample(example, ["endpoints", index, "examples", number], graph, workspace, report);
    }
  }
};

function checkExample(example: Example, path: Path, typed: TypedGraph, workspace: Workspace, report: Report): void {
  const { graph } = typed;
  for (const [name, value] of Object.entries(example.inputs)) {
    const input = graph.inputs.get(name);
    if (input === undefined)
      reportUnknown("input", name, [...path, "inputs", name], graph.inputs.keys(), graph.name, report);
    else checkInput(input, value as Json, [...path, "inputs", name], workspace, report);
  }
  reportMissing(example, path, typed, report);
  for (const name of Object.keys(example.expect ?? {})) {
    if (!graph.outputs.has(name))
      reportUnknown("output", name, [...path, "expect", name], graph.outputs.keys(), graph.name, report);
  }
}

/** A misspelt input is told once: as unknown, not as missing too. */
function reportMissing(example: Example, path: Path, { graph }: TypedGraph, report: Report): void {
  const misspelt = Object.keys(example.inputs).filter((name) => !graph.inputs.has(name)).length;
  const missing = [...graph.inputs.values()]
    .filter(
      ({ name, declared }) =>
        declared !== null && declared.default === undefined && !Object.hasOwn(example.inputs, name),
    )
    .slice(misspelt);
  if (missing.length === 0) return;
  const names = listOr(
    missing.map(({ name }) => quote(name)),
    "and",
  );
  report(diagnostic("bad-example", "missing", keyAt([...path, "inputs"]), { names }));
}

function checkInput(input: GraphInput, value: Json, path: Path, workspace: Workspace, report: Report): void {
  if (input.declared === null || input.type.kind === "unknown") return;
  const file = exampleFile(input, value);
  if (file !== undefined) {
    if (workspace.kindOf(file) === "file") return;
    const near = nearest(file, workspace.siblings(file))[0];
    const suggestion = near === undefined ? "" : `; did you mean ${quote(near)}?`;
    report(diagnostic("file-missing", "missing", valueAt([...path, "file"]), { file, suggestion }));
    return;
  }
  const [problem] = valueProblems(input, input.declared, [value]);
  if (problem !== undefined) report(diagnostic("bad-example", "input", valueAt(path), { name: input.name, problem }));
}

/** `{ file: PATH }` stands for the bytes of a file where the input is a medium or bytes. */
export function exampleFile(input: Pick<GraphInput, "type">, value: Json): string | undefined {
  if (!["image", "audio", "file", "bytes"].includes(input.type.kind) || !isJsonRecord(value)) return undefined;
  return typeof value["file"] === "string" ? value["file"] : undefined;
}

function reportUnknown(
  kind: string,
  name: string,
  path: Path,
  known: Iterable<string>,
  graph: string,
  report: Report,
): void {
  report(
    diagnostic("bad-example", "unknown", keyAt(path), { graph, kind, name, suggestion: suggest(name, known, report) }),
  );
}
