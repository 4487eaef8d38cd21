/** A SPEC as a source of Plans for the reloader: compiled on its own thread each time, printed for people. */
import { resolve } from "node:path";
import { countDiagnostics, printDiagnostics } from "../compiler/diagnostics/print.js";
import { readSource } from "../compiler/source/source.js";
import { ModelOpenError } from "../runtime/engine/open/open-failure.js";
import { EkibenError } from "../runtime/errors.js";
import { SelfTestError } from "../runtime/server/examples/self-test.js";
import type { Attempt, PlanSource } from "../runtime/server/reloader.js";
import type { CommandContext } from "./command.js";
import type { CompileResult } from "./compile-messages.js";
import { CompileThread } from "./compile-thread.js";
import { toDeployable } from "./deployable.js";
import { describeSystemError } from "./failure.js";
import type { SpecPlace } from "./spec.js";
import { describeOpenFailure } from "./start-error.js";

export class SpecSource implements PlanSource {
  readonly files: readonly string[];
  /** Whether what is printed has colours. */
  color = false;
  /** What the last attempt read; absent before the first, or when it read nothing. */
  #last: CompileResult | undefined;
  readonly #thread = new CompileThread();

  constructor(
    readonly place: SpecPlace,
    readonly context: Pick<CommandContext, "options" | "environment">,
  ) {
    const envFile = context.options.text("env-file");
    this.files = [place.path, ...(envFile === undefined ? [] : [resolve(envFile)])];
  }

  async attempt(): Promise<Attempt> {
    const { options, environment } = this.context;
    const reply = await this.#thread.compile({
      place: this.place,
      overrides: options.list("set"),
      envFile: options.text("env-file"),
      environment: { ...environment },
      color: this.color,
    });
    if (reply.kind === "failed") return { files: [], text: reply.message };
    this.#last = reply.result;
    const { files, awaited, printed, plan, folder } = reply.result;
    if (plan === undefined) return { files, awaited, text: printed };
    return { files, awaited, text: printed, deployable: toDeployable({ plan, folder }, reply.result.environment) };
  }

  describe(error: unknown): string {
    return describeReloadFailure(error, this.#last, this.color);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

/** Why a Plan did not open, at the line of the model where that is known. */
export function describeReloadFailure(error: unknown, last: CompileResult | undefined, color: boolean): string {
  if (error instanceof ModelOpenError && error.model !== undefined && last !== undefined) {
    const source = readSource(last.file, last.text);
    const found = [describeOpenFailure(error, last.plan)];
    return `${printDiagnostics(found, source, { color })}\n${countDiagnostics(found)}`;
  }
  if (error instanceof EkibenError) return `error: ${error.message}`;
  if (error instanceof SelfTestError)
    return `error: ${error.message}\nhelp: mend the model or the graph, or write what is expected now into the example`;
  const failure = describeSystemError(error, "a file of the service");
  if (failure !== undefined) return `error: ${failure.message}\nhelp: ${failure.help}`;
  return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
