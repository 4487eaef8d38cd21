/**
 * Which versions of a model are loaded: those that its `version_policy` asks for and that can be read. A version whose
 * files are not whole, as while they are copied, is set aside with a warning and awaited: it never keeps the others from
 * being served.
 */
import { join } from "node:path/posix";
import { listOr, quote } from "../../runtime/suggest.js";
import type { Report } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import type { Model } from "../spec/types.js";
import type { Workspace } from "../workspace.js";
import type { ModelProblem } from "./problem.js";
import type { Signature } from "./signature.js";
import { folderName, overlongIn, versionFile, versionsIn } from "./version-folder.js";

/** A version whose file can be read. */
export interface ReadVersion {
  readonly version: string;
  readonly file: string;
  readonly signature: Signature;
}

type Policy =
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "specific"; readonly versions: readonly string[] };

/** The versions of a folder that are loaded, ascending; none, with a diagnostic, where there is nothing to serve. */
export function selectVersions(
  name: string,
  model: Model,
  workspace: Workspace,
  report: Report,
): readonly ReadVersion[] {
  const path: Path = ["models", name];
  workspace.follows(folderName(model.source));
  const there = versionsIn(model.source, workspace);
  for (const version of overlongIn(model.source, workspace).slice(0, 1))
    report(diagnostic("version-set-aside", "overlong", valueAt([...path, "source"]), { name, version }));
  const policy = policyOf(model, path, report);
  const selected =
    policy.kind === "latest"
      ? newestReadable(name, model.source, there, policy.count, workspace, report)
      : specific(name, model.source, there, policy.versions, workspace, report);
  if (selected.length === 0 && policy.kind === "latest") reportNone(model.source, path, workspace, report);
  return selected;
}

function policyOf({ version_policy: policy }: Model, path: Path, report: Report): Policy {
  if (policy === undefined) return { kind: "latest", count: 1 };
  if (typeof policy === "string") return { kind: "latest", count: Number.POSITIVE_INFINITY };
  const { latest, specific } = policy;
  if (latest !== undefined && specific !== undefined) {
    const expected = "all, { latest: N } or { specific: [N] }";
    const holes = { field: "version_policy", value: "both `latest` and `specific`", expected };
    report(diagnostic("bad-value", "pattern", valueAt([...path, "version_policy"]), holes));
  }
  if (specific === undefined) return { kind: "latest", count: latest ?? 1 };
  return { kind: "specific", versions: [...specific].sort((a, b) => a - b).map(String) };
}

function newestReadable(
  name: string,
  source: string,
  there: readonly string[],
  count: number,
  workspace: Workspace,
  report: Report,
): readonly ReadVersion[] {
  const selected: ReadVersion[] = [];
  for (const version of [...there].reverse()) {
    if (selected.length >= count) break;
    const read = readVersion(source, version, workspace);
    if ("signature" in read) selected.unshift(read);
    else setAside(name, source, version, read, workspace, report);
  }
  return selected;
}

function specific(
  name: string,
  source: string,
  there: readonly string[],
  wanted: readonly string[],
  workspace: Workspace,
  report: Report,
): readonly ReadVersion[] {
  return wanted.flatMap((version, index) => {
    const place = valueAt(["models", name, "version_policy", "specific", index]);
    const file = folderName(source);
    if (!there.includes(version)) {
      const suggestion =
        there.length === 0 ? "there are no versions in it" : `there are ${listOr(there.slice(-12), "and")}`;
      report(diagnostic("version-missing", "specific", place, { file, version, suggestion }));
      return [];
    }
    const read = readVersion(source, version, workspace);
    if ("signature" in read) return [read];
    workspace.awaits(join(file, version));
    report(diagnostic(read.code, "problem", place, { message: read.message, suggestion: read.help }));
    return [];
  });
}

function readVersion(source: string, version: string, workspace: Workspace): ReadVersion | ModelProblem {
  const found = versionFile(source, version, workspace);
  if (!found.ok) return found.problem;
  const result = workspace.signature(found.file);
  return result.ok ? { version, file: found.file, signature: result.signature } : result.problem;
}

function setAside(
  name: string,
  source: string,
  version: string,
  problem: ModelProblem,
  workspace: Workspace,
  report: Report,
): void {
  workspace.awaits(join(folderName(source), version));
  const holes = { name, version, problem: problem.message, suggestion: problem.help };
  report(diagnostic("version-set-aside", "problem", valueAt(["models", name, "source"]), holes));
}

function reportNone(source: string, path: Path, workspace: Workspace, report: Report): void {
  const folder = folderName(source);
  const file = workspace.entries(folder).find((entry) => entry.toLowerCase().endsWith(".onnx"));
  const suggestion = file === undefined ? "" : `; did you mean ${quote(join(folder, file))}?`;
  report(diagnostic("version-missing", "none", valueAt([...path, "source"]), { file: folder, suggestion }));
}
