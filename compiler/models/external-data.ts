/** Checks the files that hold a model's weights outside its ONNX file: each must be inside the model's folder, and long enough. */
import { realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep, win32 } from "node:path";
import { type ModelProblem, problem } from "./problem.js";
import type { ExternalData } from "./tensor-message.js";

export type ExternalFiles =
  | { readonly ok: true; readonly files: readonly string[] }
  | { readonly ok: false; readonly problem: ModelProblem };

/** The files' paths relative to the model's folder, in the order of their first use. */
export function checkExternalData(modelPath: string, entries: readonly ExternalData[]): ExternalFiles {
  const sizes = new Map<string, number>();
  for (const entry of entries) {
    const found = checkEntry(modelPath, entry, sizes);
    if (found !== undefined) return { ok: false, problem: found };
  }
  return { ok: true, files: [...sizes.keys()] };
}

function checkEntry(modelPath: string, entry: ExternalData, sizes: Map<string, number>): ModelProblem | undefined {
  const { location } = entry;
  if (isAbsolute(location) || win32.isAbsolute(location)) return outside(location, "is an absolute path");
  const size = sizes.get(location) ?? sizeInside(modelPath, location);
  if (typeof size !== "number") return size;
  sizes.set(location, size);
  const end = entry.offset + entry.length;
  if (Number.isNaN(end))
    return problem(
      "model-external-data",
      `The model's weights "${entry.tensor}" say no valid place in "${location}".`,
      "Export the model again.",
    );
  if (end > size)
    return problem(
      "model-external-data",
      `The model's file of weights "${location}" has ${size} bytes, but "${entry.tensor}" lies in bytes ${entry.offset} to ${end}.`,
      "Export or download it again: it may have been cut short.",
    );
  return undefined;
}

/** The size of a file that lies, all links followed, in the model's folder. */
function sizeInside(modelPath: string, location: string): number | ModelProblem {
  try {
    const file = join(dirname(modelPath), location);
    if (leaves(dirname(modelPath), file)) return outside(location, "leads out of the model's folder");
    const real = realpathSync(file);
    // A model that is itself a link, as in Hugging Face's cache, has its weights where the model really is.
    const folders = [realpathSync(dirname(modelPath)), dirname(realpathSync(modelPath))];
    if (folders.every((folder) => leaves(folder, real)))
      return outside(location, "is a link out of the model's folder");
    const status = statSync(real);
    return status.isFile() ? status.size : missing(location);
  } catch {
    return missing(location);
  }
}

function leaves(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}

function missing(location: string): ModelProblem {
  return problem(
    "model-external-data",
    `The model's weights are in "${location}" beside it, but there is no such file.`,
    "Put the file next to the model, under exactly this name.",
  );
}

function outside(location: string, why: string): ModelProblem {
  return problem(
    "model-external-data",
    `The model's weights are in "${location}", which ${why}.`,
    "Keep the file in the model's folder, and export the model with a relative location.",
  );
}
