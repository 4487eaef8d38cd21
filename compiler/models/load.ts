/** A model of the spec with what its ONNX files say: its versions, its inputs and outputs, and which of their dimensions count rows. */
import { dirname, join, normalize } from "node:path/posix";
import { nearest, quote } from "../../runtime/suggest.js";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import type { Model } from "../spec/types.js";
import type { Workspace } from "../workspace.js";
import { type Marked, markRows } from "./mark-rows.js";
import { narrow } from "./narrow.js";
import type { ModelProblem } from "./problem.js";
import { type Border, differenceOf } from "./same-signature.js";
import { type ReadVersion, selectVersions } from "./select-versions.js";
import { servableSignature } from "./servable.js";
import { folderName, onlyVersion } from "./version-folder.js";

export interface LoadedModel extends Marked {
  readonly name: string;
  /** Those that are to be served, the newest last; at least one. Their inputs and outputs are alike but for names of dimensions. */
  readonly versions: readonly LoadedVersion[];
  /** Inputs and outputs that are kept between requests: no arguments and no results. */
  readonly state: readonly { readonly input: string; readonly output: string }[];
}

export interface LoadedVersion extends Marked {
  readonly version: string;
  readonly file: string;
  readonly externalData: readonly string[];
  readonly halfBytes: number;
}

/** Reads what a model's files say. Null, with a diagnostic, for a model that cannot be served. */
export function loadModel(name: string, model: Model, workspace: Workspace, report: Report): LoadedModel | null {
  const path: Path = ["models", name];
  const place = valueAt([...path, "source"]);
  const read = readVersions(name, model, workspace, report);
  if (read.length === 0) return null;
  const borders = read.map(({ signature }) => servableSignature(signature));
  const unservable = borders.find((border) => !border.ok);
  if (unservable?.ok === false) {
    report(describeProblem(unservable.problem, place));
    return null;
  }
  checkDigest(model, path, workspace, report);
  const narrowed = borders.flatMap((border, index) =>
    border.ok ? [narrowBorder(border, model, path, index === borders.length - 1 ? report : ignored)] : [],
  );
  reportDifference(name, read, narrowed, place, report);
  const versions = read.map((each, index) => loadedVersion(each, narrowed[index] ?? { inputs: [], outputs: [] }));
  const newest = versions.at(-1);
  if (newest === undefined) return null;
  return { name, versions, inputs: newest.inputs, outputs: newest.outputs, state: model.sequence?.state ?? [] };
}

/** Every version says the same where the newest does; what is wrong with it is reported once. */
const ignored: Report = Object.assign(() => {}, { hasRoom: () => false });

function readVersions(name: string, model: Model, workspace: Workspace, report: Report): readonly ReadVersion[] {
  const { source } = model;
  const place = valueAt(["models", name, "source"]);
  const missing = checkFile(source, place, workspace, report);
  if (missing !== undefined) {
    report(missing);
    return [];
  }
  if (workspace.kindOf(source) === "folder") return selectVersions(name, model, workspace, report);
  const result = workspace.signature(source);
  if (result.ok) return [{ version: onlyVersion, file: source, signature: result.signature }];
  report(describeProblem(result.problem, place));
  return [];
}

function loadedVersion({ version, file, signature }: ReadVersion, border: Border): LoadedVersion {
  const folder = dirname(file);
  const externalData = signature.externalFiles.map((data) => join(folder, data));
  return { version, file, externalData, halfBytes: signature.halfBytes, ...markRows(border.inputs, border.outputs) };
}

function narrowBorder({ inputs, outputs }: Border, { signature }: Model, path: Path, report: Report): Border {
  const at = (kind: string): Path => [...path, "signature", kind];
  return {
    inputs: narrow("input", inputs, signature?.inputs, at("inputs"), report),
    outputs: narrow("output", outputs, signature?.outputs, at("outputs"), report),
  };
}

/** Each version is held against the newest, which says what the model is. */
function reportDifference(
  name: string,
  read: readonly ReadVersion[],
  borders: readonly Border[],
  place: Diagnostic["place"],
  report: Report,
): void {
  const newest = borders.at(-1);
  const version = read.at(-1)?.version ?? "";
  for (const [index, border] of borders.slice(0, -1).entries()) {
    const difference = newest && differenceOf(newest, border);
    if (difference === undefined) continue;
    const other = read[index]?.version ?? "";
    const { kind, what, name: value } = difference;
    const holes = { name, what, value, version, other };
    if (kind === "only") {
      const [has, lacks] = difference.inFirst ? [version, other] : [other, version];
      report(diagnostic("version-signature", "only", place, { ...holes, has, lacks }));
    } else
      report(
        diagnostic("version-signature", "type", place, { ...holes, found: difference.first, given: difference.second }),
      );
    return;
  }
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
  if (kind !== "missing") return undefined;
  const siblings = report.hasRoom() ? workspace.siblings(source) : [];
  if (siblings.includes(normalize(folderName(source))))
    return diagnostic("model-missing", "link", place, { file: source });
  const near = nearest(source, siblings)[0];
  const suggestion = near === undefined ? "" : `; did you mean ${quote(near)}?`;
  return diagnostic("model-missing", "missing", place, { file: source, suggestion });
}

function describeProblem({ code, message, help }: ModelProblem, place: Diagnostic["place"]): Diagnostic {
  return diagnostic(code, "problem", place, { message, suggestion: help });
}

function checkDigest(model: Model, path: Path, workspace: Workspace, report: Report): void {
  if (model.sha256 === undefined) return;
  const place = valueAt([...path, "sha256"]);
  if (workspace.kindOf(model.source) === "folder") {
    report(diagnostic("model-digest", "folder", place, { file: folderName(model.source) }));
    return;
  }
  const { sha256 } = workspace.digest(model.source);
  if (sha256 === model.sha256.toLowerCase()) return;
  report(diagnostic("model-digest", "sha256", place, { file: model.source, found: sha256 }));
}
