/**
 * Names for what the spec names otherwise: types of graphs, operations on endpoints. Each is given once. OpenAPI, the
 * generated types and the client take them from here.
 */
import type { Plan, PlanEndpoint } from "../plan/plan.js";

export const longestName = 40;

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

/** What no method of a client may be called: it would be no method, or make the client a promise. */
const reservedMethods = ["constructor", "then", "toString", "valueOf", "toJSON", "toLocaleString"];

/** The operation of every endpoint, a method of the client: `/v1/read-digit` is `v1ReadDigit`, and with GET `getV1ReadDigit`. */
export function operationNames(endpoints: readonly PlanEndpoint[]): ReadonlyMap<PlanEndpoint, string> {
  const names = new Names(reservedMethods);
  return new Map(endpoints.map((endpoint) => [endpoint, names.take(operationName(endpoint))]));
}

function operationName({ method, path }: PlanEndpoint): string {
  const verb = method === "POST" ? "" : method.toLowerCase();
  const words = typeName(path) || "Root";
  const joined = `${verb}${words}`;
  return startingWithLetter(joined.charAt(0).toLowerCase() + joined.slice(1), "call").slice(0, 2 * longestName);
}

/** `read_digit` and `read-digit` are `ReadDigit`. */
export function typeName(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== "")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}

/** The text, with the prefix where it would begin with a digit or is empty. */
export function startingWithLetter(text: string, prefix: string): string {
  return /^[A-Za-z]/.test(text) ? text : `${prefix}${text}`;
}
