/** A live Plan: its engine, its routes, and how many requests it is answering. Closed when it is retired and the last has left. */
import type { Engine } from "../engine/engine.js";
import type { Validator } from "../plan/json-schema.js";
import type { Plan, PlanEndpoint } from "../plan/plan.js";
import { type Contract, contractOf } from "../protocols/contract.js";
import { jsonProtocol } from "../protocols/json.js";
import { printOpenApi } from "../protocols/openapi.js";
import type { Protocol } from "../protocols/protocol.js";
import type { ServerSettings } from "./settings.js";
import { serverSettings } from "./settings.js";

export interface Route {
  readonly endpoint: PlanEndpoint;
  readonly contract: Contract;
  readonly protocol: Protocol;
  readonly timeoutMs: number;
  /** Requests on this route right now. */
  active: number;
}

export type Validators = { readonly [graph: string]: Validator };

export class Deployment {
  readonly settings: ServerSettings;
  /** Methods by path. */
  readonly routes: ReadonlyMap<string, ReadonlyMap<string, Route>>;
  readonly openApi: string;
  #leases = 0;
  #retired = false;
  #onClosed: (() => void) | undefined;
  readonly closed: Promise<void>;

  constructor(
    readonly plan: Plan,
    readonly engine: Engine,
    readonly generation: number,
    validators: Validators = {},
  ) {
    this.settings = serverSettings(plan);
    this.routes = routesOf(plan, this.settings, validators);
    this.openApi = printOpenApi(plan);
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  /** Counts a request in; `release` must follow. */
  retain(): void {
    this.#leases++;
  }

  release(): void {
    this.#leases--;
    this.#closeWhenIdle();
  }

  /** No more requests will come; the engine closes when the last one has been answered. */
  retire(): void {
    this.#retired = true;
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (!this.#retired || this.#leases > 0 || this.#onClosed === undefined) return;
    const closed = this.#onClosed;
    this.#onClosed = undefined;
    void this.engine.close().finally(closed);
  }
}

function routesOf(
  plan: Plan,
  settings: ServerSettings,
  validators: Validators,
): ReadonlyMap<string, ReadonlyMap<string, Route>> {
  const contracts = new Map<string, Contract>();
  const routes = new Map<string, Map<string, Route>>();
  for (const endpoint of plan.endpoints) {
    const graph = plan.graphs[endpoint.graph];
    if (graph === undefined) throw new Error(`invariant: graph "${endpoint.graph}" is in the Plan`);
    const contract = contracts.get(endpoint.graph) ?? contractOf(graph, validators[endpoint.graph]);
    contracts.set(endpoint.graph, contract);
    const methods = routes.get(endpoint.path) ?? new Map<string, Route>();
    const timeoutMs = typeof endpoint.timeoutMs === "number" ? endpoint.timeoutMs : settings.timeoutMs;
    methods.set(endpoint.method, { endpoint, contract, protocol: jsonProtocol, timeoutMs, active: 0 });
    routes.set(endpoint.path, methods);
  }
  return routes;
}
