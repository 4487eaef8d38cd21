/** The memory that this process may take, and what of it is for models where the spec does not say. */
import { totalmem } from "node:os";

/** The container's memory, else the machine's. */
export function memoryOfThisPlace(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** A server with a tiny model and requests under way takes some 110 MB, most of it Node's and onnxruntime's. */
const serversOwn = 128 * 2 ** 20;
/** The rest is for inputs, outputs, and what estimates miss. */
const modelsShare = 0.9;

/** What models may take of so much memory. */
export function modelsPartOf(bytes: number): number {
  return Math.max(0, Math.floor(bytes * modelsShare) - serversOwn);
}
