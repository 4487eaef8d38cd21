/**
 * A spec as the rest of the compiler sees it: checked against the schema, short forms written out, defaults filled in.
 * What was too wrong to keep is `null` under its name, so that a reference to it is no second mistake.
 */
import type { Json } from "../../runtime/values/value.js";
import type { Docker, Endpoint, Input, Model, Observability, Server, SpecDocument, Step } from "./types.js";

export interface Spec {
  readonly service: string;
  readonly description?: string;
  readonly labels: SpecDocument["labels"];
  readonly models: ReadonlyMap<string, Model | null>;
  readonly graphs: ReadonlyMap<string, SpecGraph | null>;
  readonly endpoints: readonly SpecEndpoint[];
  /** Some endpoint was too wrong to be among them. */
  readonly hasBrokenEndpoints: boolean;
  readonly server: Server;
  readonly observability: Observability;
  readonly docker: Docker;
  readonly envs: SpecDocument["envs"];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Fields that are declared and not built yet, and add nothing that would be missed. */
  readonly notes: readonly string[];
  /** The whole checked document, for `check --verbose`. */
  readonly effective: Json;
  /** The text of a string that refers to the environment, by the JSON Pointer of its place. */
  readonly references: ReadonlyMap<string, string>;
}

export interface SpecGraph {
  readonly description?: string;
  readonly inputs: ReadonlyMap<string, Input | null>;
  readonly steps: readonly SpecStep[];
  readonly outputs: ReadonlyMap<string, Json>;
}

export interface SpecStep {
  /** Its place in the list as it was written. */
  readonly index: number;
  readonly id: string;
  readonly step: Step | null;
}

export interface SpecEndpoint {
  readonly index: number;
  readonly endpoint: Endpoint;
}
