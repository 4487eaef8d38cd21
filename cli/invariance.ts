/** Whether a model's answer for some rows changes with what else is in the batch, found with the rows that examples feed it. */
import type { Engine, InferOptions } from "../runtime/engine/engine.js";
import { stackRows, takeRows } from "../runtime/engine/group/rows.js";
import { mainVersion } from "../runtime/plan/versions.js";
import type { GivenInputs } from "../runtime/protocols/inputs.js";
import type { ExampleCall } from "../runtime/server/examples/example-calls.js";
import { largestDifference } from "../runtime/values/difference.js";
import { isNumericData, Tensor } from "../runtime/values/value.js";

export interface BatchDependence {
  readonly model: string;
  readonly output: string;
  /** The greatest difference, relative beyond 1. */
  readonly difference: number;
}

export interface InvarianceOptions {
  readonly engine: Engine;
  /** Runs a graph of the engine on an example's inputs. */
  readonly infer: (graph: string, inputs: GivenInputs, options: InferOptions) => Promise<unknown>;
  readonly calls: readonly ExampleCall[];
  /** Looked at where the examples reach them; all with `batching` unless said otherwise. */
  readonly models?: readonly string[];
  readonly signal?: AbortSignal;
}

type Feeds = { readonly [input: string]: Tensor };

/** What an example fed to a model. */
interface Fed {
  readonly feeds: Feeds;
  readonly rows: number;
}

/** Beyond what the order of additions explains. */
const noise = 1e-3;

/** Runs what the examples feed to the models alone, and once more with other rows in the same batch. */
export async function checkInvariance(options: InvarianceOptions): Promise<readonly BatchDependence[]> {
  const models = options.models ?? batchedModels(options.engine);
  const found: BatchDependence[] = [];
  for (const [model, fed] of await feedModels(options, new Set(models)))
    found.push(...(await dependences(options, model, fed)));
  return found;
}

/** What is wrong, and what to do. */
export function describeDependence({ model, output, difference }: BatchDependence): {
  readonly message: string;
  readonly help: string;
} {
  return {
    message: `model "${model}": its answers depend on what else is in the batch: "${output}" differs by ${difference.toPrecision(3)}`,
    help: "remove `batching`, or export the model so that rows do not influence each other",
  };
}

export function batchedModels({ plan }: Engine): readonly string[] {
  return Object.keys(plan.models).filter((name) => plan.models[name]?.batching !== undefined);
}

async function feedModels(
  { infer, calls, signal }: InvarianceOptions,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Fed>> {
  const seen = new Map<string, Fed>();
  const onFeeds: NonNullable<InferOptions["onFeeds"]> = (model, feeds, rows) => {
    if (wanted.has(model) && rows !== null && rows > 0 && !seen.has(model)) seen.set(model, { feeds, rows });
  };
  for (const { endpoint, inputs } of calls) {
    if (seen.size === wanted.size || signal?.aborted === true) break;
    // An example that fails is shown as such by `ekiben test`.
    await infer(endpoint.graph, inputs, { onFeeds, ...(signal === undefined ? {} : { signal }) }).catch(() => {});
  }
  return seen;
}

async function dependences(
  { engine, signal = new AbortController().signal }: InvarianceOptions,
  model: string,
  fed: Fed,
): Promise<readonly BatchDependence[]> {
  const planned = engine.plan.models[model];
  const group = planned && engine.groups.get(model)?.get(mainVersion(planned).version);
  // The rows and as many others must fit one batch.
  const rows = Math.min(fed.rows, Math.floor((planned?.batching?.maxBatchSize ?? 0) / 2));
  if (group === undefined || planned === undefined || rows === 0) return [];
  const isRows = (name: string) => planned.inputs.some((input) => input.name === name && input.batchable === true);
  const feeds = mapFeeds(fed.feeds, isRows, (tensor) => takeRows({ tensor, from: 0, to: rows }));
  const run = (given: Feeds, size: number) => group.submit(given, size, { signal }).catch(() => undefined);
  const alone = await run(feeds, rows);
  const together = await run(mapFeeds(feeds, isRows, withMates), rows * 2);
  return Object.entries(alone ?? {}).flatMap(([output, tensor]) => {
    const other = together?.[output];
    if (group.outputRows(output) !== "rows" || other === undefined) return [];
    const difference = largestDifference(tensor, takeRows({ tensor: other, from: 0, to: rows }));
    return difference > noise ? [{ model, output, difference }] : [];
  });
}

function mapFeeds(feeds: Feeds, isRows: (name: string) => boolean, change: (tensor: Tensor) => Tensor): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, isRows(name) ? change(tensor) : tensor]),
  );
}

/** The same rows, with rows of other values below them. */
function withMates(tensor: Tensor): Tensor {
  const whole = { from: 0, to: tensor.shape[0] ?? 0 };
  return stackRows([
    { tensor, ...whole },
    { tensor: otherValues(tensor), ...whole },
  ]);
}

/** Values that the model takes, since they were fed to it, in another order; floats are scaled too. */
function otherValues(tensor: Tensor): Tensor {
  const { dtype, shape, data } = tensor;
  if (!isNumericData(data)) return new Tensor(dtype, shape, [...(data as string[])].reverse());
  const other = data.slice().reverse();
  if (dtype === "float32" || dtype === "float64")
    for (let index = 0; index < other.length; index++) other[index] = Number(other[index]) * 3 + 1;
  return new Tensor(dtype, shape, other);
}
