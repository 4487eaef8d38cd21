/** The state that a sequence starts with. */
import { invalidInput } from "../../errors.js";
import type { ModelValue, PlanState } from "../../plan/plan.js";
import type { Dim } from "../../types/type.js";
import { tensorFromNested } from "../../values/nested.js";
import { isNumericData, Tensor, zeros } from "../../values/value.js";
import type { Feeds } from "../group/check-feeds.js";

/** Sizes of named dimensions, as a request's own inputs have them. */
export type KnownSizes = ReadonlyMap<string, number>;

/** `inputs` are the model's own, `feeds` those of the request, of one row. Throws `invalid-input` where a size is not known. */
export function firstState(
  model: string,
  inputs: readonly ModelValue[],
  state: readonly PlanState[],
  feeds: Feeds,
): Feeds {
  const known = sizesOf(inputs, feeds);
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const planned = state.find((each) => each.input === input.name);
      return planned === undefined ? [] : [[input.name, firstTensor(model, input, planned, known)]];
    }),
  );
}

function sizesOf(inputs: readonly ModelValue[], feeds: Feeds): KnownSizes {
  const known = new Map<string, number>();
  for (const { name, shape } of inputs)
    for (const [axis, dim] of (shape ?? []).entries()) {
      const size = feeds[name]?.shape[axis];
      if (typeof dim === "string" && size !== undefined) known.set(dim, size);
    }
  return known;
}

function firstTensor(
  model: string,
  input: ModelValue,
  { initial = 0, sizes = {} }: PlanState,
  known: KnownSizes,
): Tensor {
  if (Array.isArray(initial)) return writtenState(input, initial);
  const shape = (input.shape ?? []).map((dim, axis) => sizeAtStart(model, input, dim, axis, { ...sizes }, known));
  const tensor = zeros(input.dtype, shape);
  if (initial !== 0 && isNumericData(tensor.data)) fill(tensor, Number(initial));
  return tensor;
}

function sizeAtStart(
  model: string,
  { name, batchable }: ModelValue,
  dim: Dim,
  axis: number,
  sizes: NonNullable<PlanState["sizes"]>,
  known: KnownSizes,
): number {
  if (typeof dim === "number") return dim;
  if (axis === 0 && batchable === true) return 1;
  const size = dim === null ? undefined : (sizes[dim] ?? known.get(dim));
  if (size !== undefined) return size;
  throw invalidInput(
    `Nothing tells the size of "${dim ?? "?"}" that the state "${name}" of model "${model}" starts with.`,
  );
}

/** Nested lists for one sequence; the dimension of rows is added. */
export function writtenState(input: ModelValue, initial: readonly unknown[]): Tensor {
  const tensor = tensorFromNested(initial as never, input.dtype);
  return input.batchable === true ? new Tensor(tensor.dtype, [1, ...tensor.shape], tensor.data) : tensor;
}

function fill({ data }: Tensor, value: number): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(value));
  else if (isNumericData(data)) data.fill(value);
}
