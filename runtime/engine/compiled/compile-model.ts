/**
 * Compiles a model in a process of its own, and lets what came of it prove itself in another: onnxruntime's prepacked
 * weights crash with some models, and nothing may be served that computes other bits.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { PlanModel } from "../../plan/plan.js";
import type { Tensor } from "../../values/value.js";
import type { Feeds } from "../group/check-feeds.js";
import type { ProcessInstance } from "../instances/process-instance.js";
import type { Processes } from "../instances/processes.js";
import type { SessionRequest } from "../instances/worker-messages.js";
import { madeUpFeeds, triedSizes, varied } from "../open/made-up.js";
import { type Entry, graphFile, weightsFile } from "./cache-entry.js";

export interface CompileOptions {
  readonly name: string;
  readonly model: Pick<PlanModel, "inputs">;
  readonly request: SessionRequest;
  /** The model's files with the SHA-256 that they must have. */
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
  readonly processes: Processes;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Rows of the inputs on which both forms must agree. */
const triedRows = [1, 3];

/** Writes the compiled form into a folder. Throws when the model's files are not what they should be, or it is ended. */
export async function compileModel(options: CompileOptions, folder: string): Promise<Entry["kind"]> {
  for (const prepacked of [true, false]) {
    if (await compileOnce(options, folder, prepacked)) return prepacked ? "packed" : "compiled";
    await Promise.all([graphFile, weightsFile].map((name) => rm(join(folder, name), { force: true })));
  }
  return "unsuitable";
}

/** The request for what lies in such a folder. */
export function compiledRequest(request: SessionRequest, file: string): SessionRequest {
  const { weights: _, ...rest } = request;
  return { ...rest, file, options: { ...request.options, graphOptimization: "disabled" } };
}

async function compileOnce(options: CompileOptions, folder: string, prepacked: boolean): Promise<boolean> {
  const { request, sources } = options;
  const file = join(folder, graphFile);
  const expected = await answersOf(options, { ...request, compileInto: { file, weights: weightsFile, prepacked } });
  for (const { path, sha256 } of sources)
    if ((await digestOf(path)) !== sha256) throw new Error(`"${path}" was changed while it was compiled`);
  if (expected === undefined) return false;
  const found = await answersOf(options, compiledRequest(request, file));
  return found?.every((outputs, index) => isSame(outputs, expected[index])) === true;
}

/** What a session answers to made-up inputs; undefined when it cannot be opened or crashes. */
async function answersOf(
  { name, model, processes, signal }: CompileOptions,
  request: SessionRequest,
): Promise<readonly (Feeds | undefined)[] | undefined> {
  let instance: ProcessInstance | undefined;
  signal.throwIfAborted();
  try {
    instance = await processes.open(request, `${name} (compiling)`, signal);
    const answers: (Feeds | undefined)[] = [];
    for (const size of triedSizes)
      for (const rows of triedRows) {
        const feeds = madeUpFeeds(model.inputs, rows, size, varied);
        if (feeds !== undefined) answers.push(await answerOf(instance, feeds));
        if (!instance.alive) return undefined;
      }
    return answers;
  } catch {
    return undefined;
  } finally {
    await instance?.close();
    // That it did not answer, then, says nothing of the model.
    signal.throwIfAborted();
  }
}

/** Undefined for what the model does not take. */
async function answerOf(instance: ProcessInstance, feeds: Feeds): Promise<Feeds | undefined> {
  try {
    return (await instance.run(feeds)).outputs;
  } catch {
    return undefined;
  }
}

function isSame(outputs: Feeds | undefined, expected: Feeds | undefined): boolean {
  if (outputs === undefined || expected === undefined) return outputs === expected;
  return Object.entries(expected).every(([name, tensor]) => hasSameBits(outputs[name], tensor));
}

function hasSameBits(found: Tensor | undefined, expected: Tensor): boolean {
  if (found === undefined || found.shape.join() !== expected.shape.join()) return false;
  if (!ArrayBuffer.isView(found.data) || !ArrayBuffer.isView(expected.data))
    return JSON.stringify(found.data) === JSON.stringify(expected.data);
  return bytesOf(found.data).equals(bytesOf(expected.data));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
