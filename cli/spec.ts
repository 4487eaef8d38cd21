/** What a SPEC on the command line names, read and compiled. */
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Compiled } from "../compiler/compile.js";
import { compile, unreadable } from "../compiler/compile.js";
import { overrideFields } from "../compiler/source/override.js";
import type { FileCache } from "../compiler/workspace.js";
import type { CommandContext } from "./command.js";
import { readEnvFile } from "./env-file.js";

export interface SpecPlace {
  /** As diagnostics name it. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
}

/** A YAML file, or the `bentofile.yaml` of a folder. */
export function findSpec(given = "."): SpecPlace {
  const isFolder = isDirectory(given);
  const file = isFolder ? join(given, "bentofile.yaml") : given;
  return { file, path: resolve(file) };
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Compiles a spec with what `--env-file` and `--set` say. Never throws for what the author wrote. */
export async function compileSpec(
  place: SpecPlace,
  context: Pick<CommandContext, "options" | "environment">,
  cache?: FileCache,
  checkOnly = false,
): Promise<Compiled> {
  const text = readText(place);
  return typeof text === "string" ? compileText(place, text, context, cache, checkOnly) : text;
}

/** As `compileSpec`, for a text that need not be the file's. */
export function compileText(
  place: SpecPlace,
  text: string,
  context: Pick<CommandContext, "options" | "environment">,
  cache?: FileCache,
  checkOnly = false,
): Promise<Compiled> {
  const overridden = overrideFields(text, context.options.list("set"));
  const environment = specEnvironment(context);
  return compile(place.file, place.path, overridden, {
    environment,
    checkOnly,
    ...(cache === undefined ? {} : { cache }),
  });
}

export function specEnvironment({
  options,
  environment,
}: Pick<CommandContext, "options" | "environment">): NodeJS.ProcessEnv {
  const file = options.text("env-file");
  return file === undefined ? environment : { ...readEnvFile(file), ...environment };
}

function readText({ file, path }: SpecPlace): string | Compiled {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return unreadable(file, "encoding");
    return code === "ENOENT" || code === "ENOTDIR"
      ? unreadable(file, "missing")
      : unreadable(file, "unreadable", systemWords[code] ?? code);
  }
}

const systemWords: { readonly [code: string]: string } = {
  EACCES: "there is no permission",
  EISDIR: "it is a folder",
  ELOOP: "its links go in a circle",
  ERR_FS_FILE_TOO_LARGE: "it is too large",
};
