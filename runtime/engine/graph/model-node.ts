/** A model as a node of a graph: values become feeds with rows, and outputs lose again what was added. */
import { invalidInput } from "../../errors.js";
import type { ModelValue, PlanModel, RowMode } from "../../plan/plan.js";
import type { DType } from "../../values/dtype.js";
import { tensorFromNested } from "../../values/nested.js";
import type { Value, ValueRecord } from "../../values/value.js";
import { isList, Tensor } from "../../values/value.js";
import type { ModelGroup } from "../group/model-group.js";
import { stackRows } from "../group/rows.js";
import type { SubmitOptions } from "../group/submission.js";
import { emptyRows, rowsOf } from "./expression.js";

export type RunModel = (args: ValueRecord, options: RunModelOptions) => Promise<ValueRecord>;

export interface RunModelOptions extends SubmitOptions {
  /** Told what a model is fed, with its rows. */
  readonly onFeeds?: OnFeeds;
}

export type OnFeeds = (model: string, feeds: { readonly [input: string]: Tensor }, rows: number | null) => void;

/** What a node asks of a model's group. */
export type AnsweringGroup = Pick<ModelGroup, "submit" | "outputRows">;

/** Runs a model in the way that the Plan decided; `auto` looks at the values. */
export function modelNode(name: string, model: PlanModel, planned: RowMode, group: AnsweringGroup): RunModel {
  return (args, options) => {
    const mode = planned === "auto" ? modeOf(model.inputs, args) : planned;
    const feeds: { [input: string]: Tensor } = {};
    for (const input of model.inputs) {
      const value = args[input.name];
      if (value !== undefined) feeds[input.name] = feedOf(name, input, value, mode);
    }
    const rows = rowsIn(model, feeds);
    options.onFeeds?.(name, feeds, rows);
    const outputs = group.submit(feeds, rows, options);
    if (mode !== "item" && mode !== "list") return outputs;
    return outputs.then((whole) => withoutRows(model, whole, mode, group));
  };
}

/** Rows of the batchable inputs; null where the model has none. */
function rowsIn(model: PlanModel, feeds: { readonly [input: string]: Tensor }): number | null {
  const batchable = model.inputs.find((input) => input.batchable === true && feeds[input.name] !== undefined);
  return batchable === undefined ? null : (feeds[batchable.name]?.shape[0] ?? null);
}

function takesRows(input: ModelValue): boolean {
  return input.batchable === true || input.shape?.[0] === 1;
}

function modeOf(inputs: readonly ModelValue[], args: ValueRecord): RowMode {
  for (const input of inputs) {
    const value = args[input.name];
    if (value === undefined || !takesRows(input) || input.shape === null) continue;
    if (isList(value) && value[0] instanceof Tensor) return "list";
    const rank = value instanceof Tensor ? value.shape.length : nestingOf(value);
    if (rank === input.shape.length - 1) return "item";
    if (isList(value)) return "list";
  }
  return "rows";
}

function nestingOf(value: Value): number {
  let depth = 0;
  for (let current: Value | undefined = value; isList(current); current = current[0]) depth++;
  return depth;
}

function feedOf(model: string, input: ModelValue, value: Value, mode: RowMode): Tensor {
  if (!takesRows(input)) return toTensor(model, input, value);
  if (mode === "list") return stackItems(model, input, value);
  const tensor = toTensor(model, input, value);
  if (mode !== "item") return tensor;
  const isOne = tensor.shape.length === 0 && input.shape !== null;
  const shape = isOne ? (input.shape ?? []).map(() => 1) : [1, ...tensor.shape];
  return new Tensor(tensor.dtype, shape, tensor.data);
}

function toTensor(model: string, input: ModelValue, value: Value): Tensor {
  if (value instanceof Tensor) return value;
  const isPlain =
    typeof value === "number" ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    typeof value === "bigint" ||
    isList(value);
  if (!isPlain) throw invalidInput(`model "${model}" takes a tensor for "${input.name}"`);
  return tensorFromNested(value, input.dtype);
}

function stackItems(model: string, input: ModelValue, value: Value): Tensor {
  if (!isList(value)) return toTensor(model, input, value);
  if (value.length === 0) return emptyRows(input.dtype, input.shape ?? [null]);
  const items = value.map((item) => toTensor(model, input, item));
  const [first] = items;
  const shape = first?.shape ?? [];
  for (const [index, item] of items.entries()) {
    if (item.shape.length === shape.length && item.shape.every((size, axis) => size === shape[axis])) continue;
    const found = `[${item.shape.join(", ")}] after [${shape.join(", ")}]`;
    throw invalidInput(
      `the items for "${input.name}" of model "${model}" must have one shape, but item ${index} has ${found}`,
    );
  }
  return stackRows(
    items.map((item) => ({
      tensor: new Tensor(item.dtype satisfies DType, [1, ...item.shape], item.data),
      from: 0,
      to: 1,
    })),
  );
}

function withoutRows(
  model: PlanModel,
  outputs: { readonly [name: string]: Tensor },
  mode: "item" | "list",
  group: AnsweringGroup,
): ValueRecord {
  return Object.fromEntries(
    model.outputs.map((output) => {
      const tensor = outputs[output.name];
      const countsRows = output.rows === "yes" || (output.rows === "probe" && group.outputRows(output.name) === "rows");
      if (tensor === undefined || !countsRows) return [output.name, tensor];
      return [
        output.name,
        mode === "list" ? rowsOf(tensor) : new Tensor(tensor.dtype, tensor.shape.slice(1), tensor.data),
      ];
    }),
  );
}
