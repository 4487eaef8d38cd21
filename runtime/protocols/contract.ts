/** What a graph takes and gives at the door: types, a validator, and which input a raw body can be. Made once a Plan. */

import { lazy } from "../lazy.js";
import { compileSchema, type Validator } from "../plan/json-schema.js";
import type { PlanGraph } from "../plan/plan.js";
import { knownType } from "../types/parse.js";
import type { Dim, Type } from "../types/type.js";
import { required } from "../types/type.js";
import type { NumericDType } from "../values/dtype.js";
import { requestSchema } from "./input-schema.js";

export interface Contract {
  readonly inputs: ReadonlyMap<string, Type>;
  readonly outputs: ReadonlyMap<string, Type>;
  readonly needed: readonly string[];
  readonly validate: Validator;
  /** The one input that a raw body may be: its only medium, or else its only tensor. */
  readonly raw: string | undefined;
  /** The inputs that any tensor of the declared type may be, by name. */
  readonly tensors: ReadonlyMap<string, PlainTensor>;
}

/** Numbers or booleans of a known rank. */
export interface PlainTensor {
  readonly dtype: NumericDType;
  readonly shape: readonly Dim[];
  /** Its fixed dimensions; null for the others. */
  readonly sizes: readonly (number | null)[];
  /** Whether dimensions have names, which stand for one size in all inputs. */
  readonly hasNames: boolean;
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
    tensors: plainTensors(graph, inputs),
  };
}

/** Of a tensor that is read without a thought for how deep its lists are. */
const mostDimensions = 32;

function plainTensors(graph: PlanGraph, inputs: ReadonlyMap<string, Type>): ReadonlyMap<string, PlainTensor> {
  const plain = new Map<string, PlainTensor>();
  for (const [name, type] of inputs) {
    if (type.kind !== "tensor" || Object.keys(graph.inputs[name]?.constraints ?? {}).length > 0) continue;
    const { dtype, shape } = type;
    if (dtype === null || dtype === "string" || shape === null || shape.length > mostDimensions) continue;
    const sizes = shape.map((dim) => (typeof dim === "number" ? dim : null));
    plain.set(name, { dtype, shape, sizes, hasNames: shape.some((dim) => typeof dim === "string") });
  }
  return plain;
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
