/** What the server says of its models: where they compute, and what it measured of their runs. */
import type { MeasuredRun } from "../../runtime/engine/group/run-cost.js";
import type { Client } from "./client.js";

export interface ServedModel {
  /** What runs took while nobody came, by their rows; empty where that was not measured. */
  readonly measured: readonly MeasuredRun[];
  /** Undefined where the server does not say. */
  readonly instances: number | undefined;
  /** Of each instance on the CPU. */
  readonly threads: number | undefined;
}

export type ServedModels = { readonly [model: string]: ServedModel };

interface VersionPage {
  readonly models?: {
    readonly [model: string]: {
      readonly measured?: readonly MeasuredRun[];
      readonly instances?: number;
      readonly intraOpThreads?: number;
      readonly device?: string;
    };
  };
}

export async function readServed(client: Client): Promise<ServedModels> {
  try {
    const { models = {} } = JSON.parse(await client.text("/version")) as VersionPage;
    return Object.fromEntries(
      Object.entries(models).map(([name, { measured = [], instances, intraOpThreads, device }]) => [
        name,
        { measured, instances, threads: device === "cpu" ? intraOpThreads : undefined },
      ]),
    );
  } catch {
    return {};
  }
}

const waitMs = 10_000;
const everyMs = 100;

/** Waits for the models that batch to have been measured, which happens when nobody comes; not for ever: some cannot be. */
export async function untilMeasured(client: Client, models: readonly string[], signal: AbortSignal): Promise<void> {
  for (let waited = 0; ; waited += everyMs) {
    const served = await readServed(client);
    const isOver = waited >= waitMs || signal.aborted;
    if (isOver || models.every((model) => (served[model]?.measured.length ?? 0) > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
