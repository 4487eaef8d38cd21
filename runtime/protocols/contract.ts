/** What a graph takes and gives at the door: types, a validator, and which input a raw body can be. Made once a Plan. */

import { lazy } from "../lazy.js";
import { compileSchema, type Validator } from "../plan/json-schema.js";
import type { PlanGraph } from "../plan/plan.js";
import { knownType } from "../types/parse.js";
import type { Type } from "../types/type.js";
import { required } from "../types/type.js";
import { requestSchema } from "./input-schema.js";

export interface Contract {
  readonly inputs: ReadonlyMap<string, Type>;
  readonly outputs: ReadonlyMap<string, Type>;
  readonly needed: readonly string[];
  readonly validate: Validator;
  /** The one input that a raw body may be: its only medium, or else its only tensor. */
  readonly raw: string | undefined;
}

/** `validate` where validators were made ahead of time. */
export function contractOf(graph: PlanGraph, validate?: Validator): Contract {
  const inputs = new Map(Object.entries(graph.inputs).map(([name, input]) => [name, knownType(input.type)] as const));
  return {
    inputs,
    outputs: new Map(
      Object.entries(graph.outputs).map(([name, output]) => [name, required(knownType(output.type))] as const),
    ),
    needed: Object.entries(graph.inputs)
      .filter(([, input]) => input.default === undefined)
      .map(([name]) => name),
    validate: validate === compileNothing ? validate : boundedValidator(graph, validate),
    raw: rawInput(inputs),
  };
}

/** All errors of a value that a person could read through; of a larger one the first, since each takes memory. */
function boundedValidator(graph: PlanGraph, validate = compileSchema(requestSchema(graph))): Validator {
  const first = lazy(() => compileSchema(requestSchema(graph), { firstOnly: true }));
  return (value) => (nodesOf(value, mostNodes) > mostNodes ? first()(value) : validate(value));
}

const mostNodes = 10_000;

/** How many values a value holds, itself counted; counting ends above the limit. */
function nodesOf(value: unknown, limit: number): number {
  if (typeof value !== "object" || value === null) return 1;
  let nodes = 1;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    nodes += nodesOf(item, limit - nodes);
    if (nodes > limit) break;
  }
  return nodes;
}

const media = ["image", "audio", "file", "bytes"];

function rawInput(inputs: ReadonlyMap<string, Type>): string | undefined {
  const named = (test: (type: Type) => boolean): string[] =>
    [...inputs].filter(([, type]) => test(type)).map(([name]) => name);
  const ofMedia = named((type) => media.includes(type.kind));
  if (ofMedia.length > 0) return ofMedia.length === 1 ? ofMedia[0] : undefined;
  const tensors = named((type) => type.kind === "tensor");
  return tensors.length === 1 ? tensors[0] : undefined;
}

/** Stands for a validator where only types are asked for. */
export const compileNothing: Validator = () => [];
