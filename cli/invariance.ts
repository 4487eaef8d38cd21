/** Whether a model's answer for some rows changes with what else is in the batch, found with the rows that examples feed it. */
import { stackRows, takeRows } from "../runtime/engine/rows.js";
import { isNumericData, Tensor } from "../runtime/values/value.js";
import type { ExampleCall } from "./examples.js";
import type { EmbeddedService } from "./open.js";

export interface BatchDependence {
  readonly model: string;
  readonly output: string;
  /** The greatest difference, relative beyond 1. */
  readonly difference: number;
}

type Feeds = { readonly [input: string]: Tensor };

/** Beyond what the order of additions explains. */
const noise = 1e-3;

/** Looks at every model with `batching` that the examples reach. */
export async function checkInvariance(
  service: EmbeddedService,
  calls: readonly ExampleCall[],
): Promise<readonly BatchDependence[]> {
  const seen = new Map<string, { readonly feeds: Feeds; readonly rows: number }>();
  for (const { endpoint, inputs } of calls) {
    const onFeeds = (model: string, feeds: Feeds, rows: number | null): void => {
      if (rows !== null && rows > 0 && !seen.has(model)) seen.set(model, { feeds, rows });
    };
    await service.run(endpoint.graph, inputs, { onFeeds }).catch(() => {});
  }
  const found: BatchDependence[] = [];
  for (const [model, { feeds, rows }] of seen) {
    const group = service.engine.groups.get(model);
    const planned = service.plan.models[model];
    if (group === undefined || planned?.batching === undefined) continue;
    const signal = new AbortController().signal;
    const alone = await group.submit(feeds, rows, { signal });
    const batchable = new Set(planned.inputs.filter((input) => input.batchable === true).map((input) => input.name));
    const together = await group.submit(withMates(feeds, batchable), rows * 2, { signal }).catch(() => undefined);
    if (together === undefined) continue;
    for (const [output, tensor] of Object.entries(alone)) {
      const other = together[output];
      if (group.outputRows(output) !== "rows" || other === undefined) continue;
      const difference = largestDifference(tensor, takeRows({ tensor: other, from: 0, to: rows }));
      if (difference > noise) found.push({ model, output, difference });
    }
  }
  return found;
}

/** The same rows, with rows of other values below them. */
function withMates(feeds: Feeds, batchable: ReadonlySet<string>): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      if (!batchable.has(name)) return [name, tensor];
      const whole = { from: 0, to: tensor.shape[0] ?? 0 };
      return [
        name,
        stackRows([
          { tensor, ...whole },
          { tensor: otherValues(tensor), ...whole },
        ]),
      ];
    }),
  );
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

function largestDifference(a: Tensor, b: Tensor): number {
  if (Array.isArray(a.data) || Array.isArray(b.data)) return String(a.data) === String(b.data) ? 0 : 1;
  let largest = 0;
  for (let index = 0; index < a.data.length; index++) {
    const left = Number(a.data[index]);
    const right = Number(b.data[index]);
    if (Object.is(left, right)) continue;
    const difference = Math.abs(left - right) / Math.max(1, Math.abs(left));
    largest = Math.max(largest, Number.isNaN(difference) ? 1 : difference);
  }
  return largest;
}
