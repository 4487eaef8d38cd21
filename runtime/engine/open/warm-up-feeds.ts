/** What a declared warm-up run is fed. */
import { invalidInput } from "../../errors.js";
import type { ModelValue, PlanWarmup } from "../../plan/plan.js";
import { tensorFromNested } from "../../values/nested.js";
import { type Json, Tensor, zeros } from "../../values/value.js";
import { checkFeeds, type Feeds } from "../group/check-feeds.js";
import { stackRows } from "../group/rows.js";
import { shapeFor, varied } from "./made-up.js";

/** The size of dimensions that neither the model nor a given value tells. */
const freeSize = 8;

/** Throws `invalid-input` where a value does not fit its input. */
export function warmUpFeeds(
  model: string,
  inputs: readonly ModelValue[],
  { batchSize, inputs: given }: PlanWarmup,
): Feeds {
  const needed = inputs.filter(({ optional }) => optional !== true);
  const written = new Map<string, Tensor>();
  const sizes = new Map<string, number>();
  for (const input of needed) {
    const value = given[input.name];
    if (value === undefined || value === "random" || value === "zeros") continue;
    const tensor = writtenTensor(input, value, batchSize);
    written.set(input.name, tensor);
    for (const [axis, dim] of (input.shape ?? []).entries())
      if (typeof dim === "string" && axis > 0) sizes.set(dim, tensor.shape[axis] ?? freeSize);
  }
  const rows = firstRows(needed, written) ?? batchSize;
  const feeds = Object.fromEntries(
    needed.map((input) => [input.name, written.get(input.name) ?? madeUp(input, given[input.name], rows, sizes)]),
  );
  checkFeeds(model, inputs, feeds, needed.some(({ batchable }) => batchable === true) ? rows : null);
  return feeds;
}

function madeUp(input: ModelValue, how: Json | undefined, rows: number, sizes: ReadonlyMap<string, number>): Tensor {
  const shape = shapeFor(input, rows, (dim) => sizes.get(String(dim)) ?? freeSize);
  return how === "random" ? varied(input.dtype, shape) : zeros(input.dtype, shape);
}

/** One row is repeated; as many dimensions as the input has are all rows. */
function writtenTensor(input: ModelValue, value: Json, batchSize: number): Tensor {
  const tensor = readTensor(input, value);
  if (input.batchable !== true || tensor.shape.length !== (input.shape?.length ?? 0) - 1) return tensor;
  const row = { tensor: new Tensor(tensor.dtype, [1, ...tensor.shape], tensor.data), from: 0, to: 1 };
  return stackRows(Array<typeof row>(batchSize).fill(row));
}

function readTensor({ name, dtype }: ModelValue, value: Json): Tensor {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    throw invalidInput(`"${name}" takes \`random\`, \`zeros\`, or nested lists`);
  return tensorFromNested(value, dtype);
}

function firstRows(inputs: readonly ModelValue[], written: ReadonlyMap<string, Tensor>): number | undefined {
  const input = inputs.find(({ name, batchable }) => batchable === true && written.has(name));
  return input === undefined ? undefined : written.get(input.name)?.shape[0];
}
