/**
 * Checks what a model is given against its signature, since onnxruntime takes wrong things in silence or fails without
 * saying whose fault it was.
 */
import { invalidInput } from "../../errors.js";
import type { ModelValue } from "../../plan/plan.js";
import { type Dim, printDim } from "../../types/type.js";
import type { Tensor } from "../../values/value.js";

export type Feeds = Readonly<Record<string, Tensor>>;
/** The sizes that named dimensions have in one item. */
export type Sizes = ReadonlyMap<string, number>;

/** Throws `invalid-input` unless the feeds fit the inputs, each named dimension with one size; gives those sizes. */
export function checkFeeds(model: string, inputs: readonly ModelValue[], feeds: Feeds, rows: number | null): Sizes {
  const sizes = new Map<string, number>();
  for (const input of inputs) {
    const tensor = feeds[input.name];
    if (tensor !== undefined) checkFeed(model, input, tensor, rows, sizes);
    else if (input.optional !== true)
      throw invalidInput(`Model "${model}" needs a value for its input "${input.name}".`);
  }
  for (const name of Object.keys(feeds))
    if (!inputs.some((input) => input.name === name)) throw invalidInput(`Model "${model}" has no input "${name}".`);
  return sizes;
}

function checkFeed(
  model: string,
  input: ModelValue,
  tensor: Tensor,
  rows: number | null,
  sizes: Map<string, number>,
): void {
  if (input.optional === true)
    throw invalidInput(
      `Input "${input.name}" of model "${model}" always has the value that the model's file gives it: onnxruntime-node cannot replace it. Leave it out.`,
    );
  const fits =
    tensor.dtype === input.dtype &&
    (input.shape === null ||
      (input.shape.length === tensor.shape.length &&
        input.shape.every((dim, axis) => dimFits(dim, tensor.shape[axis] ?? 0, sizes)))) &&
    (rows === null || input.batchable !== true || tensor.shape[0] === rows);
  if (!fits) throw mismatch(model, input, tensor, sizes);
  if (Array.isArray(tensor.data) && tensor.data.some((text) => text.includes("\0")))
    throw invalidInput(
      `Text for "${input.name}" of model "${model}" holds a NUL character, at which onnxruntime would cut it off.`,
    );
}

function dimFits(dim: Dim, size: number, sizes: Map<string, number>): boolean {
  if (dim === null) return true;
  if (typeof dim === "number") return dim === size;
  const known = sizes.get(dim);
  if (known === undefined) sizes.set(dim, size);
  return known === undefined || known === size;
}

function mismatch(model: string, input: ModelValue, tensor: Tensor, sizes: Sizes): Error {
  const shape = input.shape === null ? "..." : input.shape.map(printDim).join(", ");
  const named = (input.shape ?? []).filter((dim) => typeof dim === "string" && sizes.has(dim));
  const known = named.map((dim) => `${dim} is ${sizes.get(String(dim))}`).join(", ");
  return invalidInput(
    `Model "${model}" takes ${input.dtype}[${shape}] for "${input.name}", but got ${tensor.dtype}[${tensor.shape.join(", ")}]` +
      `${known === "" ? "." : `, where ${known}.`}`,
  );
}
