/**
 * Whether a model is so quick that it runs best on the main thread. That is measured, and asked only of models whose work
 * is told by their shapes: one that a value of a caller's could make slow would hold up everybody.
 *
 * A classifier of 4 numbers with 64 connections, on the main thread and in a lane: 16,300 and 11,800 requests a second at 63 and
 * 87 microseconds of CPU each; on a busy machine 8,800 and 7,400 at 83 and 110.
 */
import { readFileSync } from "node:fs";
import type { ModelValue, PlanModel, PlanVersion } from "../../plan/plan.js";
import type { Instance } from "../instances/instance.js";
import { madeUpFeeds } from "./made-up.js";

/** What a full batch may take: a few per cent of what its requests take around it. */
const longestRunMs = 0.2;
/** A large file takes long to open, which blocks everything else too. */
const largestFileBytes = 2 ** 20;
const runs = 5;

/** Operators whose work or whose result's size follow from values. */
const unbounded =
  "Loop Scan SequenceMap Expand Tile ConstantOfShape Range Resize Upsample OneHot Pad CenterCropPad AffineGrid RoiAlign BeamSearch GreedySearch Sampling".split(
    " ",
  );

/** Whether the main thread may run it, as far as can be told without a run. `shares`: its batches bound the rows. */
export function mayBeQuick(
  model: PlanModel,
  version: Pick<PlanVersion, "externalData">,
  file: string,
  shares: boolean,
): boolean {
  const [only, ...more] = model.instances;
  if (only?.count !== 1 || (only.ids?.length ?? 1) > 1 || more.length > 0 || version.externalData.length > 0)
    return false;
  if (!model.inputs.every((input) => isBounded(input, shares))) return false;
  const bytes = readFileSync(file);
  // A node's operator is its field 4: in protobuf the byte 0x22, a length, the name.
  return (
    bytes.length <= largestFileBytes &&
    !unbounded.some((name) => bytes.includes(Buffer.from([0x22, name.length, ...Buffer.from(name)])))
  );
}

/** Whether a full batch takes so little that the main thread may run it. */
export async function isQuick(instance: Instance, model: PlanModel): Promise<boolean> {
  const rows = model.batching?.maxBatchSize ?? 1;
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const feeds = madeUpFeeds(model.inputs, rows, 1);
    if (feeds === undefined) return false;
    try {
      least = Math.min(least, (await instance.run(feeds)).runMs);
    } catch {
      // Zeros are nothing that it takes: nothing is known of it.
      return false;
    }
  }
  return least <= longestRunMs;
}

/** The caller chooses no size but the rows, and those are bounded by the batch. */
function isBounded({ dtype, shape, batchable }: ModelValue, shares: boolean): boolean {
  if (shape === null || dtype === "string") return false;
  return shape.every((dim, axis) => typeof dim === "number" || (axis === 0 && batchable === true && shares));
}
