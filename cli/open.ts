/** The embedded form: a service in this process, without HTTP. Every call takes the road that a request takes. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { compile } from "../compiler/compile.js";
import type { DiagnosticJson } from "../compiler/diagnostics/print.js";
import { diagnosticToJson, printDiagnostics } from "../compiler/diagnostics/print.js";
import { createMachine, type Engine, type InferOptions, openEngine } from "../runtime/engine/engine.js";
import { EkibenError } from "../runtime/errors.js";
import type { Plan } from "../runtime/plan/plan.js";
import { type Contract, contractOf } from "../runtime/protocols/contract.js";
import { type GivenInputs, readInputs } from "../runtime/protocols/inputs.js";
import { jsonProtocol } from "../runtime/protocols/json.js";
import type { Deployable } from "../runtime/server/host.js";
import { resolvePlan, serverSettings } from "../runtime/server/settings.js";
import type { Json, ValueRecord } from "../runtime/values/value.js";
import { toDeployable } from "./deployable.js";
import { findSpec } from "./spec.js";

export interface OpenOptions {
  /** What `${env:NAME}` stands for; the process's environment by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface EmbeddedService {
  readonly plan: Plan;
  readonly engine: Engine;
  /**
   * Runs a graph. Inputs are JSON values as a request holds them; a medium may be bytes. Answers are the JSON values that
   * HTTP gives. Fails with an `EkibenError`.
   *
   * @example const { digit } = await service.run("read_digit", { image: await readFile("digit.png") });
   */
  run(graph: string, inputs: GivenInputs, options?: InferOptions): Promise<{ readonly [output: string]: Json }>;
  /** As `run`, with the values as they are: tensors as typed arrays, pictures as pixels. */
  infer(graph: string, inputs: GivenInputs, options?: InferOptions): Promise<ValueRecord>;
  /** Finishes what runs, and lets go of models and threads. */
  close(): Promise<void>;
}

/** What is wrong with a spec, when `open` cannot use it. */
export class SpecError extends Error {
  override readonly name = "SpecError";
  constructor(
    message: string,
    readonly diagnostics: readonly DiagnosticJson[],
  ) {
    super(message);
  }
}

/**
 * Opens a spec in this process. Fails with a `SpecError` when the spec has mistakes, or with the reason why a model does
 * not open.
 *
 * @example const service = await open("bentofile.yaml");
 */
export async function open(spec: string, options: OpenOptions = {}): Promise<EmbeddedService> {
  const environment = options.environment ?? process.env;
  const { file, path } = findSpec(spec);
  const compiled = await compile(file, resolve(path), readFileSync(path, "utf8"), { environment });
  if (compiled.plan === undefined) {
    const errors = compiled.diagnostics.filter((each) => each.severity === "error");
    throw new SpecError(
      `${file} cannot be served:\n${printDiagnostics(errors, compiled.source, { color: false })}`,
      compiled.diagnostics.map((each) => diagnosticToJson(each, compiled.source)),
    );
  }
  return openDeployable(toDeployable(compiled, environment));
}

/** Opens a Plan in this process. `random` chooses versions that share traffic. */
export async function openDeployable(
  { plan, pathOf, environment }: Deployable,
  { random }: { readonly random?: () => number } = {},
): Promise<EmbeddedService> {
  const resolved = resolvePlan(plan, environment);
  const { timeoutMs } = serverSettings(resolved);
  const machine = createMachine(random === undefined ? {} : { random });
  const engine = await openEngine(resolved, pathOf, machine).catch(async (error: unknown) => {
    await machine.close();
    throw error;
  });
  const contracts = new Map<string, Contract>(
    Object.entries(resolved.graphs).map(([name, graph]) => [name, contractOf(graph)]),
  );
  const contractFor = (graph: string): Contract => {
    const contract = contracts.get(graph);
    if (contract === undefined)
      throw new EkibenError(
        "not-found",
        `There is no graph "${graph}"; there are ${[...contracts.keys()].join(", ")}.`,
      );
    return contract;
  };
  const infer: EmbeddedService["infer"] = async (graph, inputs, given) =>
    engine.infer(graph, await readInputs(contractFor(graph), inputs), { timeoutMs, ...given });
  return {
    plan: resolved,
    engine,
    infer,
    run: async (graph, inputs, given) => {
      const outputs = await infer(graph, inputs, given);
      const { body } = await jsonProtocol.encode(outputs, "application/json", contractFor(graph));
      return JSON.parse(String(body)) as { readonly [output: string]: Json };
    },
    close: async () => {
      await engine.close();
      await machine.close();
    },
  };
}
