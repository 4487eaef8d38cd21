/** What the `server.ts` of a compiled service calls: its routes, its start, and its end. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ModelOpenError } from "../engine/open/open-failure.js";
import { EkibenError, invariant } from "../errors.js";
import type { SchemaError, Validator } from "../plan/json-schema.js";
import { loadArtifact } from "../plan/load.js";
import type { Plan, PlanEndpoint } from "../plan/plan.js";
import type { App } from "./app.js";
import { bareApp } from "./app.js";
import { callGraph } from "./call-graph.js";
import { closeOrKill } from "./close-or-kill.js";
import { checkCompiledFiles } from "./compiled-files.js";
import type { Deployable } from "./host.js";
import type { Service } from "./service.js";
import { startService } from "./service.js";

export interface CompiledOptions {
  /** The folder of `plan.json`, as a path or a `file:` URL. */
  readonly folder: string | URL;
  /** By graph; those that are missing are compiled at the start. */
  readonly validators?: { readonly [graph: string]: CheckFunction };
}

/** A check that ajv printed ahead of time. */
export interface CheckFunction {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds from now after which the answer is of no use. */
  readonly timeoutMs?: number;
}

/** Runs a graph from inside the process, on JSON as callers send it. */
export type GraphCall<Input, Output> = (input: Input, options?: CallOptions) => Promise<Output>;

/** A compiled service. Its routes are added first; then it listens. */
export class CompiledService {
  /** An Express app. What is added to it before `listen` comes before the service's own routes. */
  readonly app: App = bareApp();
  readonly #plan: Plan;
  readonly #deployable: Omit<Deployable, "plan">;
  readonly #endpoints: PlanEndpoint[] = [];
  #service: Promise<Service> | undefined;
  #stopping: Promise<void> | undefined;

  constructor({ folder, validators = {} }: CompiledOptions) {
    const { plan, pathOf } = loadArtifact(folder instanceof URL ? fileURLToPath(folder) : resolve(folder));
    this.#plan = plan;
    const checks = Object.entries(validators).map(([graph, check]) => [graph, toValidator(check)] as const);
    this.#deployable = { pathOf, environment: process.env, validators: Object.fromEntries(checks) };
  }

  /** Puts a graph on the network at a path, and gives a function that calls it from here. */
  route<Input, Output>(method: PlanEndpoint["method"], path: string, graph: string): GraphCall<Input, Output> {
    invariant(this.#service === undefined, "routes are added before the service listens");
    invariant(Object.hasOwn(this.#plan.graphs, graph), `"${graph}" is a graph of plan.json`);
    const planned = this.#plan.endpoints.find((each) => each.method === method && each.path === path);
    this.#endpoints.push(planned?.graph === graph ? planned : { path, method, graph, examples: [] });
    return async (input, options = {}) => {
      const service = await this.#service;
      if (service === undefined) throw new EkibenError("not-ready", "The service does not listen yet.");
      // The graph's answer is of the type that was printed from the very schema of its outputs.
      return (await callGraph(service.host, graph, input, options)) as Output;
    };
  }

  /**
   * Opens the models and listens, where PORT and HOST say, or else the plan. When that cannot be done, it says why in
   * one sentence and ends the process: with status 1 for the settings or a model, 3 for the machine.
   */
  async listen(): Promise<void> {
    try {
      const plan = { ...this.#plan, endpoints: this.#endpoints };
      const options = { mode: "production", app: this.app, ...address(process.env) } as const;
      const check = () => checkCompiledFiles(plan, this.#deployable.pathOf);
      this.#service = startService({ plan, ...this.#deployable, check }, options);
      const { log, url } = await this.#service;
      log.info(`${plan.service.name} is listening on ${url}`, { docs: `${url}/docs` });
    } catch (error) {
      const isSettings = error instanceof ModelOpenError || error instanceof EkibenError;
      process.stderr.write(`error: the service cannot start: ${describe(error)}\n`);
      process.exit(isSettings ? 1 : 3);
    }
  }

  /** Takes no more requests, answers those it took, and closes everything. May be called again. */
  stop(reason = "stop"): Promise<void> {
    this.#stopping ??= this.#stop(reason);
    return this.#stopping;
  }

  async #stop(reason: string): Promise<void> {
    const service = await this.#service;
    if (service === undefined) return;
    service.log.info(`${reason}: finishing what was accepted`);
    await closeOrKill(service);
  }
}

/** Reads a compiled service's plan; nothing is opened yet. */
export function createService(options: CompiledOptions): CompiledService {
  return new CompiledService(options);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isModels = error instanceof ModelOpenError && error.model !== undefined;
  return isModels ? `model "${error.model}": ${error.message}` : error.message;
}

function toValidator(check: CheckFunction): Validator {
  return (value) => (check(value) ? [] : (check.errors ?? []));
}

function address({ PORT, HOST }: NodeJS.ProcessEnv): { readonly port?: number; readonly host?: string } {
  const isPort = PORT !== undefined && /^\d{1,5}$/.test(PORT) && Number(PORT) < 65536;
  if (PORT !== undefined && PORT !== "" && !isPort)
    throw new EkibenError("not-ready", `the variable PORT holds ${JSON.stringify(PORT)}, which is no port`);
  return { ...(isPort ? { port: Number(PORT) } : {}), ...(HOST === undefined || HOST === "" ? {} : { host: HOST }) };
}
