/** A live Plan: its engine, its routes, and how many requests it is answering. Closed when it is retired and the last has left. */
import type { Engine } from "../engine/engine.js";
import { lazy } from "../lazy.js";
import type { Validator } from "../plan/json-schema.js";
import type { Plan, PlanEndpoint, PlanGraph } from "../plan/plan.js";
import { keepsAnswers, takesSequence } from "../plan/uses.js";
import { type Contract, contractOf } from "../protocols/contract.js";
import { jsonProtocol } from "../protocols/json.js";
import { printOpenApi } from "../protocols/openapi.js";
import type { Protocol } from "../protocols/protocol.js";
import { RouteLoad } from "./route-load.js";
import type { ServerSettings } from "./settings.js";
import { serverSettings } from "./settings.js";

export interface Route {
  readonly endpoint: PlanEndpoint;
  readonly contract: Contract;
  readonly protocol: Protocol;
  readonly timeoutMs: number;
  readonly load: RouteLoad;
  /** Whether some of its answers may be kept, its own or a model's. */
  readonly isCached: boolean;
  /** Whether its requests are steps of sequences. */
  readonly takesSequence: boolean;
}

export type Validators = { readonly [graph: string]: Validator };

/** What callers see of a Plan: made without its engine. */
export interface Doors {
  readonly settings: ServerSettings;
  /** By what they are made from. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Methods by path. */
  readonly routes: ReadonlyMap<string, ReadonlyMap<string, Route>>;
  readonly openApi: () => string;
}

/** Contracts of `previous` that have not changed are taken over, since making validators takes time. */
export function makeDoors(plan: Plan, validators: Validators = {}, previous?: Doors): Doors {
  const settings = serverSettings(plan);
  const contracts = contractsOf(plan, validators, previous?.contracts);
  return {
    settings,
    contracts,
    routes: routesOf(plan, settings, contracts, previous?.routes),
    openApi: lazy(() => printOpenApi(plan)),
  };
}

export interface DeploymentParts {
  /** Its settings resolved. */
  readonly plan: Plan;
  readonly engine: Engine;
  readonly doors: Doors;
  readonly generation: number;
  /** Where a file of the Plan lies. */
  readonly pathOf: (file: string) => string;
}

export class Deployment {
  readonly plan: Plan;
  readonly engine: Engine;
  readonly doors: Doors;
  readonly generation: number;
  readonly pathOf: (file: string) => string;
  #leases = 0;
  #retired = false;
  #onClosed: (() => void) | undefined;
  readonly closed: Promise<void>;

  constructor({ plan, engine, doors, generation, pathOf }: DeploymentParts) {
    this.plan = plan;
    this.engine = engine;
    this.doors = doors;
    this.generation = generation;
    this.pathOf = pathOf;
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  get settings(): ServerSettings {
    return this.doors.settings;
  }

  get routes(): Doors["routes"] {
    return this.doors.routes;
  }

  get openApi(): string {
    return this.doors.openApi();
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

function contractsOf(
  plan: Plan,
  validators: Validators,
  known: ReadonlyMap<string, Contract> = new Map(),
): ReadonlyMap<string, Contract> {
  const contracts = new Map<string, Contract>();
  for (const { graph: name } of plan.endpoints) {
    const graph = graphOf(plan, name);
    const key = contractKey(graph);
    contracts.set(key, contracts.get(key) ?? known.get(key) ?? contractOf(graph, validators[name]));
  }
  return contracts;
}

function contractKey({ inputs, outputs }: PlanGraph): string {
  return JSON.stringify([inputs, Object.entries(outputs).map(([name, { type }]) => [name, type])]);
}

function graphOf(plan: Plan, name: string): PlanGraph {
  const graph = plan.graphs[name];
  if (graph === undefined) throw new Error(`invariant: graph "${name}" is in the Plan`);
  return graph;
}

function routesOf(
  plan: Plan,
  settings: ServerSettings,
  contracts: ReadonlyMap<string, Contract>,
  previous: Doors["routes"] | undefined,
): Doors["routes"] {
  const routes = new Map<string, Map<string, Route>>();
  for (const endpoint of plan.endpoints) {
    const contract = contracts.get(contractKey(graphOf(plan, endpoint.graph)));
    if (contract === undefined) throw new Error(`invariant: graph "${endpoint.graph}" has a contract`);
    const methods = routes.get(endpoint.path) ?? new Map<string, Route>();
    const timeoutMs = typeof endpoint.timeoutMs === "number" ? endpoint.timeoutMs : settings.timeoutMs;
    const load = previous?.get(endpoint.path)?.get(endpoint.method)?.load ?? new RouteLoad();
    const kept = { isCached: keepsAnswers(plan, endpoint), takesSequence: takesSequence(plan, endpoint.graph) };
    methods.set(endpoint.method, { endpoint, contract, protocol: jsonProtocol, timeoutMs, load, ...kept });
    routes.set(endpoint.path, methods);
  }
  return routes;
}
