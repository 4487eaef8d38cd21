/** The rules for names: what characters each kind takes, and that no two things of one namespace share one. */
import { findStep } from "../../runtime/steps/index.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import type { Spec, SpecGraph } from "./spec.js";

/** CEL's reserved words, which no variable can have as its name. */
const celKeywords = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);
const scopeNames = new Set(["item", "index"]);

const identifierRule = "it takes letters, digits and _, does not begin with a digit or __, and is no CEL keyword";
const modelRule = "it takes letters of both cases, digits, _, - and .";

export function checkNames(spec: Spec): readonly Diagnostic[] {
  const models = [...spec.models.keys()].filter((name) => !isModelName(name));
  const builtIn = [...spec.models.keys()].filter((name) => findStep(name) !== undefined);
  const taken = [...spec.graphs.keys()].filter((name) => spec.models.has(name));
  return [
    ...models.map((name) => badName(name, "a model", modelRule, ["models", name])),
    ...builtIn.map((name) =>
      diagnostic("duplicate-name", "name", keyAt(["models", name]), { name, other: "a built-in step" }),
    ),
    ...repeatedVariables(spec),
    ...[...spec.graphs.keys()].flatMap((name) => identifier(name, "a graph", keyAt(["graphs", name]))),
    ...taken.map((name) =>
      diagnostic(
        "duplicate-name",
        "name",
        keyAt(["graphs", name]),
        { name, other: "a model" },
        { related: [{ message: "the model", place: keyAt(["models", name]) }] },
      ),
    ),
    ...[...spec.graphs].flatMap(([name, graph]) => (graph === null ? [] : checkGraph(name, graph))),
  ];
}

function repeatedVariables({ envs }: Spec): readonly Diagnostic[] {
  const first = new Map<string, number>();
  return envs.flatMap(({ name }, index) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return [];
    }
    const related = [{ message: "it stands first here", place: valueAt(["envs", before, "name"]) }];
    const place = valueAt(["envs", index, "name"]);
    return [diagnostic("duplicate-name", "name", place, { name, other: "another variable" }, { related })];
  });
}

function checkGraph(name: string, graph: SpecGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const places = new Map<string, { readonly kind: string; readonly path: Path; readonly part: "key" | "value" }>();
  for (const input of graph.inputs.keys()) {
    const place = keyAt(["graphs", name, "inputs", input]);
    diagnostics.push(...identifier(input, "an input", place));
    places.set(input, { kind: "an input", path: ["graphs", name, "inputs", input], part: "key" });
  }
  for (const { id, index } of graph.steps) {
    if (id === "") continue;
    const path = ["graphs", name, "steps", index, "id"];
    const first = places.get(id);
    diagnostics.push(...identifier(id, "a step", valueAt(path)));
    if (first === undefined) places.set(id, { kind: "a step", path, part: "value" });
    else {
      const related = [{ message: `"${id}" is ${first.kind}`, place: { path: first.path, part: first.part } }];
      diagnostics.push(
        diagnostic("duplicate-name", "name", valueAt(path), { name: id, other: first.kind }, { related }),
      );
    }
  }
  for (const output of graph.outputs.keys()) {
    if (output === "__proto__")
      diagnostics.push(badName(output, "an output", identifierRule, ["graphs", name, "outputs", output]));
  }
  return diagnostics;
}

function identifier(name: string, kind: string, place: Diagnostic["place"]): readonly Diagnostic[] {
  if (scopeNames.has(name)) return [diagnostic("bad-name", "reserved", place, { name, kind })];
  if (isIdentifier(name)) return [];
  return [diagnostic("bad-name", "name", place, { name, kind, rule: identifierRule })];
}

function badName(name: string, kind: string, rule: string, path: Path): Diagnostic {
  return diagnostic("bad-name", "name", keyAt(path), { name, kind, rule });
}

export function isIdentifier(name: string): boolean {
  return /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) && !celKeywords.has(name);
}

export function isModelName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,128}$/.test(name) && name !== "__proto__" && !/^\.+$/.test(name);
}
