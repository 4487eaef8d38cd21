/**
 * A model's versions as they lie on the disk: a file is one version, a folder has one in each subfolder that is named by a
 * positive integer, as in Triton's model repositories. Other names, `01` among them, are no versions.
 */
import { join } from "node:path/posix";
import type { Workspace } from "../workspace.js";
import { type ModelProblem, problem } from "./problem.js";

/** The version that a file which lies in no folder of versions is. */
export const onlyVersion = "1";

/** The newest of them are looked at. */
const mostVersions = 1_000;

/** Without the slashes at its end. */
export function folderName(source: string): string {
  return source.replace(/(?<=.)\/+$/, "");
}

/** The numbers of a folder's versions, ascending. */
export function versionsIn(source: string, workspace: Workspace): readonly string[] {
  const folder = folderName(source);
  const numbers = workspace.entries(folder).filter((entry) => /^[1-9][0-9]{0,14}$/.test(entry));
  const newest = numbers.sort((a, b) => Number(a) - Number(b)).slice(-mostVersions);
  return newest.filter((entry) => workspace.kindOf(join(folder, entry)) === "folder");
}

/** Subfolders that are named by numbers too large to be told apart in a spec. */
export function overlongIn(source: string, workspace: Workspace): readonly string[] {
  const folder = folderName(source);
  const numbers = workspace.entries(folder).filter((entry) => /^[1-9][0-9]{15,}$/.test(entry));
  return numbers.filter((entry) => workspace.kindOf(join(folder, entry)) === "folder");
}

export type VersionFile =
  | { readonly ok: true; readonly file: string }
  | { readonly ok: false; readonly problem: ModelProblem };

/** The ONNX file of a version: `model.onnx`, or the only one that there is. */
export function versionFile(source: string, version: string, workspace: Workspace): VersionFile {
  const folder = join(folderName(source), version);
  const files = workspace.entries(folder).filter((entry) => entry.toLowerCase().endsWith(".onnx"));
  const [first] = files.includes("model.onnx") ? ["model.onnx"] : files;
  if (first === undefined)
    return missing(`There is no ONNX file in "${folder}".`, "Put the model there, as `model.onnx`.");
  if (first !== "model.onnx" && files.length > 1)
    return missing(`There are ${files.length} ONNX files in "${folder}".`, "Keep one, or name it `model.onnx`.");
  return { ok: true, file: join(folder, first) };
}

function missing(message: string, help: string): VersionFile {
  return { ok: false, problem: problem("model-missing", message, help) };
}
