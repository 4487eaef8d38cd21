/**
 * The first runs of a model, with made-up inputs: they bring its code into memory, and tell which outputs follow the rows
 * of the inputs. That such a run fails is no reason to refuse the model: made-up zeros of made-up sizes may simply be
 * nothing that it can take. It is one when the device fails, for then no input will do.
 */
import { EkibenError } from "../../errors.js";
import type { PlanModel } from "../../plan/plan.js";
import type { Feeds } from "../group/check-feeds.js";
import { devices } from "../instances/devices.js";
import type { Instance } from "../instances/instance.js";
import { isDeviceFailure } from "../instances/onnxruntime-message.js";
import { madeUpFeeds, triedSizes } from "./made-up.js";
import { ModelOpenError } from "./open-failure.js";
import { warmUpFeeds } from "./warm-up-feeds.js";

export type OutputRows = "rows" | "whole";

/** The runs that the spec asks for, or else one of one row. Throws `ModelOpenError` when the device fails, or a run that was asked for. */
export async function warmUp(instance: Instance, name: string, model: PlanModel): Promise<void> {
  const { warmup = [] } = model;
  if (warmup.length === 0) await tryRun(instance, model, 1);
  for (const [index, run] of warmup.entries()) {
    try {
      await instance.run(warmUpFeeds(name, model.inputs, run));
    } catch (error) {
      throwDeviceFailure(instance, error);
      throw new ModelOpenError("model-warmup", `Its warm-up run ${index + 1} failed: ${messageOf(error)}`);
    }
  }
}

/** For each output, whether its first dimension counts the inputs' rows. Runs the model when the signature leaves it open. */
export async function findOutputRows(instance: Instance, model: PlanModel): Promise<ReadonlyMap<string, OutputRows>> {
  const probed = model.outputs.some(({ rows }) => rows === "probe") && model.inputs.some(({ batchable }) => batchable);
  const two = probed ? await tryRun(instance, model, 2) : undefined;
  const three = two && (await tryRun(instance, model, 3));
  const follows = (name: string) => two?.[name]?.shape[0] === 2 && three?.[name]?.shape[0] === 3;
  return new Map(
    model.outputs.map(({ name, rows }) => [
      name,
      rows === "yes" || (rows === "probe" && follows(name)) ? "rows" : "whole",
    ]),
  );
}

async function tryRun(instance: Instance, model: PlanModel, rows: number): Promise<Feeds | undefined> {
  for (const size of triedSizes) {
    const feeds = madeUpFeeds(model.inputs, rows, size);
    if (feeds === undefined) continue;
    try {
      return (await instance.run(feeds)).outputs;
    } catch (error) {
      throwDeviceFailure(instance, error);
    }
  }
  return undefined;
}

function throwDeviceFailure(instance: Instance, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EkibenError && error.code === "instance-lost")
    throw new ModelOpenError(
      "model-invalid",
      `The first run, of zeros, took its instance down: ${String(error.cause)}.`,
    );
  if (!devices[instance.device].usesCores && isDeviceFailure(message))
    throw new ModelOpenError("model-no-device", message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
