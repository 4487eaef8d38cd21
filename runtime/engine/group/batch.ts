/** What goes into a run for a batch of pieces, what those who asked are told of it, and what is said when it fails. */
import { EkibenError, invariant } from "../../errors.js";
import { mapValues } from "../map-values.js";
import type { Feeds } from "./check-feeds.js";
import { copyTensor, type RowRange, stackRows } from "./rows.js";
import type { Piece } from "./submission.js";

/** The pieces' rows, stacked, in buffers of their own: the callers' stay theirs. */
export function feedsOf(batch: readonly Piece[], isRows: (name: string) => boolean): Feeds {
  const [first] = batch;
  invariant(first, "a batch has a piece");
  if (first.whole) return mapValues(first.submission.feeds, copyTensor);
  return Object.fromEntries(
    Object.entries(first.submission.feeds).map(([name, tensor]) => [
      name,
      isRows(name) ? stackRows(rowsOf(batch, name)) : copyTensor(tensor),
    ]),
  );
}

/** Throws `model-failed` unless every output has as many rows as went in. */
export function checkRows(model: string, outputs: Feeds, rows: number): void {
  for (const [name, { shape }] of Object.entries(outputs))
    if (shape[0] !== rows)
      throw new EkibenError(
        "model-failed",
        `its output "${name}" has ${shape[0] ?? "no"} rows for ${rows}: model "${model}" cannot be batched`,
      );
}

export function rowsIn(batch: readonly Piece[]): number {
  return batch.reduce((sum, piece) => sum + piece.rows, 0);
}

/** Tells those who asked what it took. */
export function tellRun(batch: readonly Piece[], startMs: number, runMs: number): void {
  if (batch.every(({ submission }) => submission.onRun === undefined)) return;
  const run = { runMs, rows: rowsIn(batch) };
  for (const { submission, arrivedMs } of batch) submission.onRun?.(run, startMs - arrivedMs);
}

export function isModelFailure(error: unknown): boolean {
  return error instanceof EkibenError && error.code === "model-failed";
}

/** The error that a caller gets. */
export function failureOf(model: string, error: unknown): EkibenError {
  if (!(error instanceof EkibenError))
    return new EkibenError("internal", `Model "${model}" could not be run.`, { cause: error });
  if (error.code !== "model-failed") return error;
  return new EkibenError(
    "model-failed",
    `Model "${model}" failed on this input: ${error.message.replace(/\.?$/, ".")}`,
  );
}

function rowsOf(batch: readonly Piece[], name: string): readonly RowRange[] {
  const ranges: RowRange[] = [];
  for (const { submission, from, to } of batch) {
    const tensor = submission.feeds[name];
    if (tensor !== undefined) ranges.push({ tensor, from, to });
  }
  return ranges;
}
