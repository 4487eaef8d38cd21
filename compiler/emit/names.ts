/** Names for what the spec names otherwise: types of graphs, methods of endpoints. Each is given once. */
import type { Plan, PlanEndpoint } from "../../runtime/plan/plan.js";
import { typeName } from "./schema-to-ts.js";

const longestName = 40;

/** Gives every name once; the next to ask for it gets a number. */
export class Names {
  readonly #taken: Set<string>;

  constructor(reserved: readonly string[] = []) {
    this.#taken = new Set(reserved);
  }

  take(wanted: string): string {
    let free = wanted;
    for (let number = 2; this.#taken.has(free); number++) free = `${wanted}${number}`;
    this.#taken.add(free);
    return free;
  }
}

export interface GraphTypes {
  readonly graph: string;
  readonly input: string;
  readonly output: string;
}

/** The types of every graph that an endpoint serves, in the Plan's order. */
export function graphTypes(plan: Plan): ReadonlyMap<string, GraphTypes> {
  const served = new Set(plan.endpoints.map((endpoint) => endpoint.graph));
  const bases = new Names();
  const graphs = Object.keys(plan.graphs).filter((graph) => served.has(graph));
  return new Map(
    graphs.map((graph) => {
      const base = bases.take(startingWithLetter(typeName(graph), "Graph").slice(0, longestName));
      return [graph, { graph, input: `${base}Input`, output: `${base}Output` }];
    }),
  );
}

/** What no method of the client may be called: it would be no method, or make the client a promise. */
const reservedMethods = ["constructor", "then", "toString", "valueOf", "toJSON", "toLocaleString"];

/** The client's method for every endpoint: `/v1/read-digit` is `v1ReadDigit`, and with GET `getV1ReadDigit`. */
export function methodNames(endpoints: readonly PlanEndpoint[]): ReadonlyMap<PlanEndpoint, string> {
  const names = new Names(reservedMethods);
  return new Map(endpoints.map((endpoint) => [endpoint, names.take(methodName(endpoint))]));
}

function methodName({ method, path }: PlanEndpoint): string {
  const verb = method === "POST" ? "" : method.toLowerCase();
  const words = typeName(path) || "Root";
  const joined = `${verb}${words}`;
  return startingWithLetter(joined.charAt(0).toLowerCase() + joined.slice(1), "call").slice(0, 2 * longestName);
}

/** `IrisClient` */
export function clientName(plan: Plan): string {
  return `${startingWithLetter(typeName(plan.service.name), "Service").slice(0, longestName)}Client`;
}

function startingWithLetter(text: string, prefix: string): string {
  return /^[A-Za-z]/.test(text) ? text : `${prefix}${text}`;
}
