/** Which items of a model may share a run: those of the same bucket, that is with equal dimensions behind the rows and equal inputs without rows. */
import type { ModelValue, PlanModel } from "../../plan/plan.js";
import type { Tensor } from "../../values/value.js";
import type { OutputRows } from "../open/warm-up.js";
import type { Feeds } from "./check-feeds.js";

/** Inputs without rows above this size are not compared; such an item runs alone. */
const maxComparedElements = 64;

/** Whether requests share runs: the spec wants it, and every output can be taken apart by rows. */
export function canShare(model: PlanModel, outputRows: ReadonlyMap<string, OutputRows>): boolean {
  const takesRows = model.inputs.some(({ batchable }) => batchable === true);
  return model.batching !== undefined && takesRows && [...outputRows.values()].every((rows) => rows === "rows");
}

/** The bucket of an item; null when it must run alone. */
export function bucketOf(inputs: readonly ModelValue[], feeds: Feeds): string | null {
  let bucket = "";
  for (const { name, batchable } of inputs) {
    const tensor = feeds[name];
    if (tensor === undefined) continue;
    const part = batchable === true ? shapeBehindRows(tensor) : contents(tensor);
    if (part === null) return null;
    bucket += part;
  }
  return bucket;
}

function shapeBehindRows({ shape }: Tensor): string {
  let part = "|";
  for (let axis = 1; axis < shape.length; axis++) part += `${shape[axis]},`;
  return part;
}

function contents({ shape, data }: Tensor): string | null {
  if (data.length > maxComparedElements) return null;
  const parts = Array.isArray(data) ? data.map((text) => JSON.stringify(text)) : [bits(data)];
  return `=${shape.join(",")}:${parts.join(",")}`;
}

function bits(data: ArrayBufferView): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
}
