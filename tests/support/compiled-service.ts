/** Specs compiled by the real command into folders of their own, and the servers built from them. */
import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listening, startChild } from "./child.js";
import { ekibenSync } from "./command.js";
import { inRepository } from "./paths.js";
import { temporaryFolder } from "./temp.js";

/** Compiles a spec into a new folder; gives the folder. */
export function compiled(spec: string, ...words: readonly string[]): string {
  const folder = join(temporaryFolder(), "out");
  const { status, stderr } = ekibenSync(["compile", spec, "-o", folder, ...words]);
  if (status !== 0) throw new Error(stderr);
  return folder;
}

/** A spec in a new folder, with models beside it; JSON is YAML. */
export function writeSpec(spec: object, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, "bentofile.yaml"), JSON.stringify(spec));
  return folder;
}

/** Every file of a folder with its bytes, by path. */
export function filesOf(folder: string, below = ""): Readonly<Record<string, string>> {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  const all = entries.flatMap((entry): [string, string][] => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory()
      ? Object.entries(filesOf(folder, path))
      : [[path, readFileSync(join(folder, path), "base64")]];
  });
  return Object.fromEntries(all);
}

/** Stands for `npm ci` where installing is not what a test is about: the repository's packages, and the packed runtime. */
export function linkPackages(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(inRepository("node_modules")))
    if (!name.startsWith(".")) symlinkSync(inRepository("node_modules", name), join(modules, name));
  const [tarball = ""] = readdirSync(join(folder, "vendor"));
  execFileSync("tar", ["xzf", join(folder, "vendor", tarball), "-C", modules]);
  renameSync(join(modules, "package"), join(modules, "ekiben-runtime"));
}

/** What tsc says about a folder's project; nothing when it is content. */
export function build(folder: string): string {
  const { stdout } = spawnSync(
    process.execPath,
    [inRepository("node_modules", "typescript", "bin", "tsc"), "-p", "."],
    {
      encoding: "utf8",
      cwd: folder,
    },
  );
  return stdout;
}

export interface RunningServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Sends SIGTERM; gives the exit status. */
  stop(): Promise<number | NodeJS.Signals>;
}

/** `node dist/server.js` on a free port. */
export async function startServer(folder: string, environment: NodeJS.ProcessEnv = {}): Promise<RunningServer> {
  const env = { PORT: "0", HOST: "127.0.0.1", ...environment };
  const child = startChild(["dist/server.js"], { cwd: folder, env });
  return {
    url: await listening(child),
    process: child.process,
    stop: () => {
      child.process.kill("SIGTERM");
      return child.ended;
    },
  };
}

/** What the repository's own linter and formatter say about a folder's code; nothing when they are content. */
export function lint(folder: string): string {
  const { $schema, vcs, files, ...rules } = JSON.parse(readFileSync(inRepository("biome.json"), "utf8"));
  const config = temporaryFolder();
  writeFileSync(join(config, "biome.json"), JSON.stringify(rules));
  const biome = inRepository("node_modules", "@biomejs", "biome", "bin", "biome");
  const words = ["check", `--config-path=${config}`, "--error-on-warnings", "src", "package.json", "tsconfig.json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [biome, ...words], { encoding: "utf8", cwd: folder });
  return status === 0 ? "" : `${stdout}\n${stderr}`;
}
