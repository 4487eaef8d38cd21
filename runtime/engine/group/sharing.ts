/**
 * Which items of a model may share a run: those of the same bucket, that is with equal dimensions behind the rows (but for
 * those that are padded) and equal inputs without rows.
 */
import type { ModelValue, PlanModel } from "../../plan/plan.js";
import type { Tensor } from "../../values/value.js";
import type { OutputRows } from "../open/warm-up.js";
import type { BucketKey } from "./bucket.js";
import type { Feeds, Sizes } from "./check-feeds.js";
import type { Padding } from "./padding.js";

/** Inputs without rows above this size are not compared; such an item runs alone. */
const maxComparedElements = 64;

/** Whether requests share runs: the spec wants it, and every output can be taken apart by rows. */
export function canShare(model: PlanModel, outputRows: ReadonlyMap<string, OutputRows>): boolean {
  const takesRows = model.inputs.some(({ batchable }) => batchable === true);
  return model.batching !== undefined && takesRows && [...outputRows.values()].every((rows) => rows === "rows");
}

/** The bucket of an item. `sizes` are those of its named dimensions. */
export function bucketOf(
  inputs: readonly ModelValue[],
  feeds: Feeds,
  sizes: Sizes,
  padding: Padding | undefined,
): BucketKey {
  let name = "";
  let work = 1;
  for (const { name: input, shape, batchable } of inputs) {
    const tensor = feeds[input];
    if (tensor === undefined) continue;
    if (batchable === true) work = Math.max(work, rowWork(tensor));
    const part = batchable === true ? shapeBehindRows(tensor, shape, padding) : contents(tensor);
    if (part === null) return { kind: "alone", work: workOf(inputs, feeds) };
    name += part;
  }
  if (padding === undefined) return { kind: "shared", name, work };
  const own = padding.dims.map((dim) => sizes.get(dim) ?? 0);
  // There is nothing in an empty row that could be filled up.
  if (own.includes(0)) return { kind: "alone", work };
  return { kind: "shared", name: `${name}@${own.join(",")}`, work, family: { name, sizes: own } };
}

/** Elements that one row of an item adds to a run: those of its largest input. */
export function workOf(inputs: readonly ModelValue[], feeds: Feeds): number {
  const works = inputs.map(({ name, batchable }) => {
    const tensor = batchable === true ? feeds[name] : undefined;
    return tensor === undefined ? 1 : rowWork(tensor);
  });
  return Math.max(1, ...works);
}

function rowWork({ shape }: Tensor): number {
  let work = 1;
  for (let axis = 1; axis < shape.length; axis++) work *= shape[axis] ?? 1;
  return work;
}

function shapeBehindRows({ shape }: Tensor, declared: ModelValue["shape"], padding: Padding | undefined): string {
  let part = "|";
  for (let axis = 1; axis < shape.length; axis++) {
    const dim = declared?.[axis];
    const isPadded = typeof dim === "string" && padding?.dims.includes(dim) === true;
    part += isPadded ? "*," : `${shape[axis]},`;
  }
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
