/** A batch: parts of items that share a run. What goes in, what each item gets of what comes out, and what is said when it fails. */
import { EkibenError, invariant } from "../../errors.js";
import type { ModelOutput, ModelValue } from "../../plan/plan.js";
import type { Tensor } from "../../values/value.js";
import { mapValues } from "../map-values.js";
import type { Feeds } from "./check-feeds.js";
import { checkOutputs } from "./check-outputs.js";
import { cutRows, type DimSizes, largest, type Padding, resized, stackPadded } from "./padding.js";
import type { Part } from "./queue.js";
import { copyTensor, type RowRange, stackRows, takeRows } from "./rows.js";
import { workOf } from "./sharing.js";
import type { Submission } from "./submission.js";

export type Batch = readonly Part<Submission>[];

export interface BatchShape {
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelOutput[];
  readonly padding: Padding | undefined;
}

/** The parts' rows, stacked, in buffers of their own: the callers' stay theirs. */
export function feedsOf(batch: Batch, { inputs, padding }: BatchShape): Feeds {
  const [first] = batch;
  invariant(first, "a batch has a part");
  if (isWhole(batch)) return mapValues(first.item.feeds, copyTensor);
  const sizes = padding === undefined ? undefined : paddedSizes(batch, padding);
  const feeds: { [name: string]: Tensor } = {};
  for (const { name, shape, batchable } of inputs) {
    const tensor = first.item.feeds[name];
    if (tensor === undefined) continue;
    const value = padding?.values[name];
    if (batchable !== true) feeds[name] = copyTensor(tensor);
    else if (sizes === undefined || value === undefined) feeds[name] = stackRows(rangesOf(batch, name));
    else feeds[name] = stackPadded(rangesOf(batch, name), resized(shape, tensor.shape, sizes).slice(1), value);
  }
  return feeds;
}

/** Each part's own of a run's outputs. Throws `model-failed` unless they fit the signature, with as many rows as went in. */
export function outputsOf(model: string, batch: Batch, outputs: Feeds, shape: BatchShape): readonly Feeds[] {
  checkOutputs(shape, outputs);
  if (isWhole(batch)) return [outputs];
  checkRows(model, outputs, rowsIn(batch));
  let row = 0;
  return batch.map(({ item, from, to }) => {
    const range = { from: row, to: row + to - from };
    row = range.to;
    const own = mapValues(outputs, (tensor) => takeRows({ tensor, ...range }));
    return shape.padding === undefined ? own : cutBack(own, item, shape, shape.padding);
  });
}

export function rowsIn(batch: Batch): number {
  return batch.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Elements of its rows, without what they are padded with. */
export function workIn(batch: Batch, { inputs }: BatchShape): number {
  const ofRow = ({ bucket, feeds }: Submission): number =>
    bucket.kind === "whole" ? workOf(inputs, feeds) : bucket.work;
  return batch.reduce((sum, { item, from, to }) => sum + (to - from) * ofRow(item), 0);
}

/** When nobody waits for the batch any more; infinite where somebody waits for ever. */
export function latestDeadlineMs(batch: Batch): number {
  return batch.reduce((latest, { item }) => Math.max(latest, item.deadlineMs), 0);
}

/** The least that one of its callers allows between arrival and answer; infinite where all wait for ever. */
export function allowedMs(batch: Batch): number {
  return batch.reduce((least, { item }) => Math.min(least, item.deadlineMs - item.arrivedMs), Number.POSITIVE_INFINITY);
}

/** Tells those who asked what it took. */
export function tellRun(batch: Batch, startMs: number, runMs: number): void {
  if (batch.every(({ item }) => item.onRun === undefined)) return;
  const run = { runMs, rows: rowsIn(batch) };
  for (const { item } of batch) item.onRun?.(run, startMs - item.arrivedMs);
}

export function isModelFailure(error: unknown): boolean {
  return error instanceof EkibenError && error.code === "model-failed";
}

/** The error that a caller gets. */
export function failureOf(model: string, error: unknown): EkibenError {
  if (!(error instanceof EkibenError))
    return new EkibenError("internal", `Model "${model}" could not be run.`, { cause: error });
  if (error.code === "instance-lost") {
    const { message, retryAfterS = 1, cause } = error;
    return new EkibenError("instance-lost", `Model "${model}" gave no answer. ${message}`, { retryAfterS, cause });
  }
  if (error.code !== "model-failed") return error;
  return new EkibenError(
    "model-failed",
    `Model "${model}" failed on this input: ${error.message.replace(/\.?$/, ".")}`,
  );
}

function isWhole(batch: Batch): boolean {
  return batch[0]?.item.bucket.kind === "whole";
}

function checkRows(model: string, outputs: Feeds, rows: number): void {
  for (const [name, { shape }] of Object.entries(outputs))
    if (shape[0] !== rows)
      throw new EkibenError(
        "model-failed",
        `its output "${name}" has ${shape[0] ?? "no"} rows for ${rows}: model "${model}" cannot be batched`,
      );
}

function rangesOf(batch: Batch, name: string): readonly RowRange[] {
  const ranges: RowRange[] = [];
  for (const { item, from, to } of batch) {
    const tensor = item.feeds[name];
    if (tensor !== undefined) ranges.push({ tensor, from, to });
  }
  return ranges;
}

/** Undefined where all are of one size. */
function paddedSizes(batch: Batch, padding: Padding): DimSizes | undefined {
  const all = batch.map(({ item }) => sizesOf(item));
  const [first = []] = all;
  const isEqual = all.every((sizes) => sizes.every((size, axis) => size === first[axis]));
  return isEqual ? undefined : largest(padding.dims, all);
}

function cutBack(outputs: Feeds, item: Submission, { outputs: declared }: BatchShape, { dims }: Padding): Feeds {
  const sizes = sizesOf(item);
  if (sizes.length === 0) return outputs;
  const own = largest(dims, [sizes]);
  return Object.fromEntries(
    declared.flatMap(({ name, shape }) => {
      const tensor = outputs[name];
      return tensor === undefined ? [] : [[name, cutRows(tensor, resized(shape, tensor.shape, own).slice(1))]];
    }),
  );
}

function sizesOf({ bucket }: Submission): readonly number[] {
  return bucket.kind === "shared" ? (bucket.family?.sizes ?? []) : [];
}
