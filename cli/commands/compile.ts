/** `ekiben compile`: writes the service as a project of its own. */
import { resolve } from "node:path";
import { laterTargets, targets } from "../../compiler/emit/targets.js";
import { didYouMean } from "../../runtime/suggest.js";
import { type Command, type CommandContext, specOptions } from "../command.js";
import { loadDeployable } from "../deployable.js";
import { emissionOf } from "../emission.js";
import { Failure } from "../failure.js";
import type { WrittenFile } from "../write-folder.js";
import { realPath, writeFolder } from "../write-folder.js";

const defaultTarget = "service";

export const compile: Command = {
  name: "compile",
  usage: "[SPEC] -o DIR [options]",
  summary: "Writes the service as a TypeScript project: server, types, client, OpenAPI, Dockerfile.",
  options: {
    output: { type: "string", short: "o", value: "DIR", description: "The folder to write into." },
    target: {
      type: "string",
      value: "TARGET",
      description: targets.map(({ name, summary }) => `${name}: ${summary}`).join(" "),
    },
    force: { type: "boolean", description: "Overwrites files that ekiben did not write, or that were changed since." },
    ...specOptions,
  },
  examples: [
    "ekiben compile -o out",
    "ekiben compile examples/iris -o out --target compose",
    "ekiben compile service.yaml -o out --json",
  ],
  positionals: { min: 0, max: 1 },
  async run(context) {
    const target = targetNamed(context.options.text("target") ?? defaultTarget);
    const folder = context.options.text("output");
    if (folder === undefined || folder === "")
      throw new Failure(2, "compile needs a folder to write into", "name one with -o, such as -o out");
    const { compiled, deployable } = await loadDeployable(context.positionals[0], context);
    if (compiled === undefined)
      throw new Failure(2, "this is a compiled service already", "name the spec that it was compiled from");
    refuseSpecFolder(folder, compiled.folder);
    const written = await writeFolder(folder, target.emit(emissionOf(compiled)), {
      force: context.options.flag("force"),
      pathOf: deployable.pathOf,
    });
    report(folder, written, context);
    return 0;
  },
};

function targetNamed(name: string) {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  const known = targets.map((target) => target.name);
  const there = known.map((each) => `"${each}"`).join(" and ");
  if (laterTargets.includes(name)) throw new Failure(2, `the target "${name}" is not built yet; there are ${there}`);
  throw new Failure(2, `there is no target "${name}"; there are ${there}`, didYouMean(name, known));
}

/** Its README, its package.json are the author's; not even --force overwrites them. */
function refuseSpecFolder(folder: string, specFolder: string): void {
  const target = realPath(resolve(folder));
  if (target === realPath(resolve(specFolder)))
    throw new Failure(2, `"${folder}" is the spec's own folder`, "name another with -o, such as -o out");
}

function report(dir: string, files: readonly WrittenFile[], { output }: CommandContext): void {
  if (output.json) {
    output.result(JSON.stringify({ ok: true, dir, files }));
    return;
  }
  const width = Math.max(...files.map(({ path }) => shorten(path).length));
  for (const { path, bytes } of files) output.say(`  ${shorten(path).padEnd(width)}  ${size(bytes)}`);
  output.say(`\nNext: cd ${shellWord(dir)} && npm ci && npm run build && npm start`);
}

/** A digest is cut to its first letters. */
function shorten(path: string): string {
  return path.replaceAll(/[0-9a-f]{64}/g, (digest) => `${digest.slice(0, 12)}…`);
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function shellWord(word: string): string {
  return /^[A-Za-z0-9_./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
