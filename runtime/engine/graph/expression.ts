/** Expressions of the Plan as functions of a graph's values. Whatever depends on a skipped value is skipped: undefined. */
import { assertNever, invalidInput, invariant } from "../../errors.js";
import type { CelVariable, Expression, PathExpression, PathPart } from "../../plan/plan.js";
import { compileCel } from "../../types/cel.js";
import { knownType } from "../../types/parse.js";
import { allocate } from "../../values/dtype.js";
import type { Value } from "../../values/value.js";
import { Image, isList, isRecord, sizeOf, Tensor } from "../../values/value.js";

/** The values of one run of a graph, by slot; undefined where something was skipped. */
export type Slots = readonly (Value | undefined)[];
/** Where each name of a graph has its value. */
export type SlotOf = (name: string) => number;
export type Evaluate = (slots: Slots) => Value | undefined;

interface Options {
  /** A list keeps holes for what was skipped, for steps that look at them. */
  readonly keepHoles?: boolean;
}

export function compileExpression(expression: Expression, slotOf: SlotOf, options: Options = {}): Evaluate {
  switch (expression.kind) {
    case "literal":
      return () => expression.value;
    case "path":
      return compilePath(expression, slotOf);
    case "cel":
      return compileCelExpression(expression.source, expression.variables, slotOf);
    case "list":
      return compileList(
        expression.items.map((item) => compileExpression(item, slotOf, options)),
        options,
      );
    case "record":
      return compileRecord(
        Object.entries(expression.fields).map(
          ([name, field]) => [name, compileExpression(field, slotOf, options)] as const,
        ),
        options,
      );
    case "file":
      throw new Error(`invariant: the file "${expression.file}" is a resource, not a value`);
    default:
      return assertNever(expression);
  }
}

function compileList(items: readonly Evaluate[], { keepHoles }: Options): Evaluate {
  return (slots) => {
    const values = items.map((item) => item(slots));
    if (keepHoles !== true && values.includes(undefined)) return undefined;
    return values as readonly Value[];
  };
}

function compileRecord(fields: readonly (readonly [string, Evaluate])[], { keepHoles }: Options): Evaluate {
  return (slots) => {
    const entries = fields.map(([name, field]) => [name, field(slots)] as const);
    if (keepHoles !== true && entries.some(([, value]) => value === undefined)) return undefined;
    return Object.fromEntries(entries);
  };
}

function compileCelExpression(
  source: string,
  variables: { readonly [name: string]: CelVariable },
  slotOf: SlotOf,
): Evaluate {
  const entries = Object.entries(variables).map(
    ([name, variable]) => [name, compilePath(variable.value, slotOf)] as const,
  );
  const types = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, knownType(variable.type)]),
  );
  const program = compileCel(source, types);
  return (slots) => {
    const values: { [name: string]: Value } = {};
    for (const [name, evaluate] of entries) {
      const value = evaluate(slots);
      if (value === undefined) return undefined;
      values[name] = value;
    }
    return program.evaluate(values);
  };
}

function compilePath({ root, path }: PathExpression, slotOf: SlotOf): Evaluate {
  const slot = slotOf(root);
  if (path.length === 0) return (slots) => slots[slot];
  return (slots) => walk(slots[slot], path, 0, root);
}

/** Follows the parts of a path from the one at `index`. */
function walk(start: Value | undefined, path: readonly PathPart[], index: number, root: string): Value | undefined {
  let value = start;
  for (let at = index; at < path.length; at++) {
    if (value === undefined) return undefined;
    const part = path[at];
    if (typeof part === "object") return itemsOf(value, root).map((item) => walk(item, path, at + 1, root) ?? null);
    value = typeof part === "number" ? itemAt(value, part, root) : fieldOf(value, String(part), root);
  }
  return value;
}

function fieldOf(value: Value, name: string, root: string): Value | undefined {
  if (value instanceof Image) return name === "width" ? value.width : value.height;
  if (isRecord(value) && Object.hasOwn(value, name)) return value[name];
  throw invalidInput(`"${root}" has no field "${name}" in this request`);
}

function itemAt(value: Value, index: number, root: string): Value | undefined {
  if (value instanceof Tensor) {
    const rows = value.shape[0] ?? 0;
    const at = index < 0 ? index + rows : index;
    if (at < 0 || at >= rows) throw missingItem(root, index, rows);
    return rowAt(value, at);
  }
  const items = itemsOf(value, root);
  const at = index < 0 ? index + items.length : index;
  if (at < 0 || at >= items.length) throw missingItem(root, index, items.length);
  return items[at];
}

function missingItem(root: string, index: number, length: number): Error {
  return invalidInput(
    `"${root}" has no item ${index} in this request: it has ${length} ${length === 1 ? "item" : "items"}`,
  );
}

/** The items of a list, or the rows of a tensor. */
export function itemsOf(value: Value, root: string): readonly Value[] {
  if (isList(value)) return value;
  if (value instanceof Tensor && value.shape.length > 0) return rowsOf(value);
  throw invalidInput(`"${root}" is no list in this request`);
}

export function rowsOf(tensor: Tensor): readonly Tensor[] {
  return Array.from({ length: tensor.shape[0] ?? 0 }, (_, row) => rowAt(tensor, row));
}

/** One row, sharing the tensor's memory. */
function rowAt(tensor: Tensor, row: number): Tensor {
  const shape = tensor.shape.slice(1);
  const size = sizeOf(shape);
  const { data } = tensor;
  const part = Array.isArray(data)
    ? data.slice(row * size, (row + 1) * size)
    : data.subarray(row * size, (row + 1) * size);
  return new Tensor(tensor.dtype, shape, part);
}

/** A tensor of no rows, for lists without items. */
export function emptyRows(dtype: Tensor["dtype"], shape: readonly (number | string | null)[]): Tensor {
  const sizes = shape.map((dim, axis) => (axis > 0 && typeof dim === "number" ? dim : 0));
  invariant(sizes[0] === 0, "there are no rows");
  return new Tensor(dtype, sizes, allocate(dtype, 0));
}
