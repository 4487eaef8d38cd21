/** A model of the spec with what its ONNX file says: its files, its inputs and outputs, and which of their dimensions count rows. */
import { dirname, join } from "node:path/posix";
import type { ModelOutput, ModelValue } from "../../runtime/plan/plan.js";
import { nearest, quote } from "../../runtime/suggest.js";
import { parseType } from "../../runtime/types/parse.js";
import type { Dim } from "../../runtime/types/type.js";
import { printType, tensorOf } from "../../runtime/types/type.js";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt, suggest, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import type { Model, ValueSignature } from "../spec/types.js";
import type { Workspace } from "../workspace.js";
import type { ModelProblem } from "./problem.js";
import type { ServableInput, ServableValue } from "./servable.js";
import { servableSignature } from "./servable.js";

export interface LoadedModel {
  readonly name: string;
  readonly file: string;
  readonly externalData: readonly string[];
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelOutput[];
}

/** Reads what a model's file says. Null, with a diagnostic, for a model that cannot be served. */
export function loadModel(name: string, model: Model, workspace: Workspace, report: Report): LoadedModel | null {
  const path: Path = ["models", name];
  const place = valueAt([...path, "source"]);
  const missing = checkFile(model.source, place, workspace, report);
  if (missing !== undefined) {
    report(missing);
    return null;
  }
  const result = workspace.signature(model.source);
  const servable = result.ok ? servableSignature(result.signature) : result;
  if (!result.ok || !servable.ok) {
    report(
      describeProblem(
        result.ok && !servable.ok ? servable.problem : (result as { problem: ModelProblem }).problem,
        place,
      ),
    );
    return null;
  }
  checkDigest(model, path, workspace, report);
  const folder = dirname(model.source);
  const inputs = narrow("input", servable.inputs, model.signature?.inputs, [...path, "signature", "inputs"], report);
  const outputs = narrow(
    "output",
    servable.outputs,
    model.signature?.outputs,
    [...path, "signature", "outputs"],
    report,
  );
  return {
    name,
    file: model.source,
    externalData: result.signature.externalFiles.map((file) => join(folder, file)),
    ...markRows(inputs, outputs),
  };
}

function checkFile(
  source: string,
  place: Diagnostic["place"],
  workspace: Workspace,
  report: Report,
): Diagnostic | undefined {
  if (/^[a-z][a-z0-9+]*:\/\//.test(source)) return diagnostic("model-missing", "remote", place, { file: source });
  const kind = workspace.kindOf(source);
  if (kind === "missing" && /^[\w.-]+:[\w.-]+$/.test(source))
    return diagnostic("model-missing", "tag", place, { file: source });
  if (kind === "file") return undefined;
  if (kind === "folder") return diagnostic("model-missing", "folder", place, { file: source });
  const near = report.hasRoom() ? nearest(source, workspace.siblings(source))[0] : undefined;
  const suggestion = near === undefined ? "" : `; did you mean ${quote(near)}?`;
  return diagnostic("model-missing", "missing", place, { file: source, suggestion });
}

function describeProblem({ code, message, help }: ModelProblem, place: Diagnostic["place"]): Diagnostic {
  return diagnostic(code, "problem", place, { message, suggestion: help });
}

function checkDigest(model: Model, path: Path, workspace: Workspace, report: Report): void {
  if (model.sha256 === undefined) return;
  const { sha256 } = workspace.digest(model.source);
  if (sha256 === model.sha256.toLowerCase()) return;
  report(diagnostic("model-digest", "sha256", valueAt([...path, "sha256"]), { file: model.source, found: sha256 }));
}

/** What `signature` says about each value: a narrower type. */
function narrow<T extends ServableValue>(
  kind: "input" | "output",
  values: readonly T[],
  given: { readonly [name: string]: ValueSignature } | undefined,
  path: Path,
  report: Report,
): readonly T[] {
  if (given === undefined) return values;
  const names = values.map((value) => value.name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    report(
      diagnostic("bad-signature", "unknown", keyAt([...path, name]), {
        kind,
        name,
        suggestion: suggest(name, names, report),
      }),
    );
  }
  return values.map((value) => {
    const signature = Object.hasOwn(given, value.name) ? given[value.name] : undefined;
    const text = typeof signature === "string" ? signature : signature?.type;
    if (typeof text !== "string") return value;
    const parsed = parseType(text);
    const shape =
      parsed.ok && parsed.type.kind === "tensor" && parsed.type.dtype === value.dtype ? parsed.type.shape : undefined;
    if (shape !== undefined && shape !== null && narrows(shape, value.shape)) return { ...value, shape };
    const found = printType(tensorOf(value.dtype, value.shape));
    const at = typeof signature === "string" ? [...path, value.name] : [...path, value.name, "type"];
    report(diagnostic("bad-signature", "type", valueAt(at), { name: value.name, found, given: text }));
    return value;
  });
}

function narrows(given: readonly Dim[], declared: readonly Dim[] | null): boolean {
  if (declared === null) return true;
  return (
    given.length === declared.length && declared.every((dim, axis) => typeof dim !== "number" || dim === given[axis])
  );
}

type Marked = Pick<LoadedModel, "inputs" | "outputs">;

/**
 * Which first dimensions count rows. Inputs do when their first dimension is a symbol, the same for all of them that have
 * one; outputs when theirs is that symbol. Another symbol may be rows too, which only a run can tell.
 */
function markRows(inputs: readonly ServableInput[], outputs: readonly ServableValue[]): Marked {
  const firsts = inputs.map((input) => firstDim(input)).filter((dim) => dim !== undefined && typeof dim !== "number");
  const symbols = new Set(firsts);
  const shared = symbols.size === 1;
  const symbol = shared ? firsts[0] : undefined;
  const isSingle = firsts.length === 0 && inputs.some((input) => firstDim(input) === 1);
  return {
    inputs: inputs.map(
      ({ optional, ...input }): ModelValue => ({
        ...input,
        ...(optional ? { optional } : {}),
        ...(shared && firstDim(input) === symbol ? { batchable: true } : {}),
      }),
    ),
    outputs: outputs.map(
      (output): ModelOutput => ({ ...output, rows: rowsOf(firstDim(output), symbol, shared, isSingle) }),
    ),
  };
}

function rowsOf(
  first: Dim | undefined,
  symbol: Dim | undefined,
  shared: boolean,
  isSingle: boolean,
): ModelOutput["rows"] {
  if (isSingle) return first === 1 ? "yes" : "no";
  if (!shared || first === undefined || typeof first === "number") return "no";
  return first === symbol && first !== null ? "yes" : "probe";
}

/** undefined for rank 0 and unknown rank. */
function firstDim(value: ServableValue): Dim | undefined {
  return value.shape === null ? undefined : value.shape[0];
}
