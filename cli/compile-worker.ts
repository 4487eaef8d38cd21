/** The compiling thread: reads and compiles a spec whenever it is asked, and remembers files that have not changed. */
import { parentPort } from "node:worker_threads";
import { countDiagnostics, printDiagnostics } from "../compiler/diagnostics/print.js";
import type { FileCache } from "../compiler/workspace.js";
import type { Values } from "./command.js";
import type { CompileJob, CompileReply, CompileResult } from "./compile-messages.js";
import { Failure } from "./failure.js";
import { hasErrors } from "./report.js";
import { compileSpec, compileText, specEnvironment } from "./spec.js";

const cache: FileCache = new Map();

parentPort?.on("message", (job: CompileJob | "close") => {
  if (job === "close") parentPort?.close();
  else void answer(job).then((reply) => parentPort?.postMessage(reply));
});

async function answer(job: CompileJob): Promise<CompileReply> {
  try {
    return { kind: "compiled", result: await compile(job) };
  } catch (error) {
    if (error instanceof Failure) return { kind: "failed", message: `error: ${error.message}\nhelp: ${error.help}` };
    return { kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function compile(job: CompileJob): Promise<CompileResult> {
  const context = { options: valuesOf(job), environment: job.environment };
  const environment = specEnvironment(context);
  const { place, text } = job;
  const compiled =
    text === undefined ? await compileSpec(place, context, cache) : await compileText(place, text, context, cache);
  const { source, diagnostics, folder, files, awaited, versionFolders, plan } = compiled;
  const printed =
    diagnostics.length === 0
      ? ""
      : `${printDiagnostics(diagnostics, source, { color: job.color })}\n${countDiagnostics(diagnostics)}`;
  return {
    text: source.text,
    file: source.file,
    folder,
    files,
    awaited,
    versionFolders,
    printed,
    environment,
    ...(plan === undefined || hasErrors(diagnostics) ? {} : { plan }),
  };
}

function valuesOf({ overrides, envFile }: CompileJob): Values {
  return {
    text: (name) => (name === "env-file" ? envFile : undefined),
    flag: () => false,
    list: (name) => (name === "set" ? overrides : []),
  };
}
