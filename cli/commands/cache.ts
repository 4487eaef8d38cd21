/** `ekiben cache`: the compiled models that are kept between starts. */
import { stat } from "node:fs/promises";
import { cacheFolder } from "../../runtime/engine/compiled/cache-folder.js";
import type { Listed } from "../../runtime/engine/compiled/compile-cache.js";
import { openCache, openProfiles } from "../../runtime/engine/compiled/kept.js";
import type { Command, CommandContext } from "../command.js";
import { describeSystemError, Failure } from "../failure.js";

export const cache: Command = {
  name: "cache",
  usage: "list|clear [options]",
  summary:
    "Lists or clears the cache of compiled models, which makes starts fast and lets instances share their weights.",
  options: {},
  examples: [
    "ekiben cache list",
    "ekiben cache clear",
    "EKIBEN_CACHE=/var/cache/ekiben ekiben cache list    # another folder; `off` keeps nothing",
  ],
  positionals: { min: 1, max: 1 },
  async run(context) {
    const folder = cacheFolder(context.environment);
    if (folder === undefined)
      throw new Failure(1, "nothing is kept, since EKIBEN_CACHE is off", "unset it, or set it to a folder");
    const [action = ""] = context.positionals;
    if (action === "list" || action === "clear") await checkFolder(folder);
    if (action === "list") return list(folder, context);
    if (action === "clear") return clear(folder, context);
    throw new Failure(2, `"cache" cannot "${action}"`, "it takes `list` or `clear`");
  },
};

/** That it is not there yet is no matter. */
async function checkFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (status) => status.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return true;
      if (error.code === "ENOTDIR") return false;
      throw describeSystemError(error, folder) ?? error;
    },
  );
  if (!isFolder)
    throw new Failure(1, `the cache is to be in ${folder}, which is no folder`, "set EKIBEN_CACHE to a folder");
}

async function list(folder: string, { output }: CommandContext): Promise<number> {
  const entries = await openCache(folder).list();
  if (output.json) output.result(JSON.stringify({ folder, entries: entries.map(toJson) }));
  else if (entries.length === 0)
    output.say(`nothing is kept in ${folder} yet; models of 1 MB and more are, once they were served`);
  else output.result(entries.map(print).join("\n"));
  return 0;
}

async function clear(folder: string, { output }: CommandContext): Promise<number> {
  const { entries, bytes } = await openCache(folder).clear();
  await openProfiles(folder).clear();
  if (output.json) output.result(JSON.stringify({ folder, entries, bytes }));
  else output.say(`${entries} ${entries === 1 ? "model" : "models"}, ${megabytes(bytes)}, cleared from ${folder}`);
  return 0;
}

function toJson({ key, model, kind, bytes, usedMs }: Listed) {
  return { key, model, kind, bytes, used: new Date(usedMs).toISOString() };
}

function print({ key, model, kind, bytes, usedMs }: Listed): string {
  const used = new Date(usedMs).toISOString().slice(0, 16).replace("T", " ");
  const size = kind !== "unsuitable" ? megabytes(bytes) : "not compilable";
  return `${key.slice(0, 12)}  ${size.padStart(14)}  last used ${used}  ${model}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
