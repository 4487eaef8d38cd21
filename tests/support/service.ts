/** A spec served in this process, on a free port of this machine alone, with a silent log. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { toDeployable } from "../../cli/deployable.js";
import { compile } from "../../compiler/compile.js";
import { printDiagnostics } from "../../compiler/diagnostics/print.js";
import { overrideFields } from "../../compiler/source/override.js";
import type { Deployable } from "../../runtime/server/host.js";
import { type Service, type ServiceOptions, startService } from "../../runtime/server/service.js";
import { temporaryFolder } from "./temp.js";

/** Files by name; a text that begins with a slash is the path of a file or folder to copy. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A new folder with these files. */
export function folderOf(files: Files): string {
  const folder = temporaryFolder();
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (typeof contents === "string" && contents.startsWith("/"))
      cpSync(contents, join(folder, name), { recursive: true });
    else writeFileSync(join(folder, name), contents);
  }
  return folder;
}

const quiet = ["observability.logging.level=error", "observability.logging.access=false"];

/** What a folder's `bentofile.yaml` becomes. Throws its diagnostics, printed, when it has errors. */
export async function deployableOf(folder: string, overrides: readonly string[] = quiet): Promise<Deployable> {
  const path = join(folder, "bentofile.yaml");
  const text = readFileSync(path, "utf8");
  const compiled = await compile("bentofile.yaml", path, overrideFields(text, overrides), { environment: {} });
  if (compiled.plan === undefined)
    throw new Error(printDiagnostics(compiled.diagnostics, compiled.source, { color: false }));
  return toDeployable(compiled, {});
}

/** Serves a folder's `bentofile.yaml`. Whoever starts it closes it. */
export async function serveFolder(folder: string, options: Partial<ServiceOptions> = {}): Promise<Service> {
  return startService(await deployableOf(folder), { mode: "production", host: "127.0.0.1", port: 0, ...options });
}

/** Serves a spec's text with the files that it names. */
export function serveSpec(spec: string, files: Files = {}, options: Partial<ServiceOptions> = {}): Promise<Service> {
  return serveFolder(folderOf({ ...files, "bentofile.yaml": spec }), options);
}
