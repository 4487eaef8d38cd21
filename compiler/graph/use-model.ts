/**
 * One use of a model: how each argument meets the input's first dimension (rows, one item, or a list of items), whether
 * element types and dimensions agree, and what comes out.
 */
import type { Expression, ModelOutput, ModelValue, RowMode } from "../../runtime/plan/plan.js";
import { withoutState } from "../../runtime/plan/state.js";
import type { Dim, Type } from "../../runtime/types/type.js";
import { listOf, printDim, printType, recordOf, required, tensorOf, unknownType } from "../../runtime/types/type.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { LoadedModel } from "../models/load.js";
import type { Marked } from "../models/mark-rows.js";
import { fitsShape, isWritableAs, nesting } from "./assignable.js";
import { freshDim } from "./dims.js";
import type { Given } from "./given.js";
import { givenArguments } from "./given.js";
import { printUse } from "./graph.js";
import { literalShape } from "./literal-shape.js";
import { pictureHelp } from "./shape-help.js";
import type { UseContext, Used } from "./typed-graph.js";

export function useModel(loaded: LoadedModel, context: UseContext): Used {
  const model = withoutState(loaded, loaded.state);
  const parameters = model.inputs.map((input) => ({
    name: input.name,
    type: printInput(input),
    required: input.optional !== true,
  }));
  const given = givenArguments(parameters, context);
  const args = new Map<string, Expression>();
  const modes: Meeting[] = [];
  let isWrong = false;
  for (const input of model.inputs) {
    const argument = given.get(input.name);
    if (argument === undefined) continue;
    args.set(input.name, argument.expression);
    const meeting = meet(input, argument, context);
    if (meeting.kind === "wrong") reportMismatch(input, argument, meeting, context);
    else if (meeting.rows !== "whole") modes.push({ input, argument, rows: meeting.rows });
    isWrong ||= meeting.kind === "wrong";
  }
  const rows = commonMode(modes, context);
  const mayBeSkipped = [...given.values()].some((argument) => argument.type.kind === "optional");
  const isIncomplete = parameters.some((parameter) => parameter.required && !given.has(parameter.name));
  const type = isWrong || isIncomplete ? unknownResult(model) : resultOf(model, rows ?? "auto", context);
  return { args, type, rows: rows ?? "auto", mayBeSkipped };
}

interface Meeting {
  readonly input: ModelValue;
  readonly argument: Given;
  readonly rows: RowMode;
}

type Met = { readonly kind: "met"; readonly rows: RowMode } | Wrong;

interface Wrong {
  readonly kind: "wrong";
  readonly code: "type-mismatch" | "shape-mismatch";
  readonly help: string;
  readonly note?: string;
  /** A named dimension that is of another size by now. */
  readonly dimension?: { readonly name: string; readonly size: Dim };
  readonly isRagged?: boolean;
}

/** How one argument meets one input. */
function meet(input: ModelValue, argument: Given, context: UseContext): Met {
  const found = required(argument.type);
  if (found.kind === "unknown" || found.kind === "json" || found.kind === "union")
    return { kind: "met", rows: input.batchable === true ? "auto" : "whole" };
  if (found.kind === "tensor") {
    if (found.dtype !== null && found.dtype !== input.dtype)
      return { kind: "wrong", code: "type-mismatch", help: `convert it with tensor.cast, dtype: ${input.dtype}` };
    return meetShape(input, found.shape, argument, context);
  }
  if (found.kind === "list" && found.item.kind === "tensor") {
    const item = found.item;
    if (item.dtype !== null && item.dtype !== input.dtype)
      return {
        kind: "wrong",
        code: "type-mismatch",
        help: `convert its items with tensor.cast, dtype: ${input.dtype}`,
      };
    if (input.batchable !== true)
      return {
        kind: "wrong",
        code: "shape-mismatch",
        help: "this input takes no list; join the items with tensor.stack",
      };
    if (item.shape === null) return { kind: "met", rows: "list" };
    const rest = itemShape(input, context);
    return fitsShape(item.shape, rest, (a, b) => context.dims.unify(a, b))
      ? { kind: "met", rows: "list" }
      : { kind: "wrong", code: "shape-mismatch", help: `give items of ${printType(tensorOf(input.dtype, rest))}` };
  }
  return meetPlain(input, found, argument, context);
}

function meetShape(input: ModelValue, found: readonly Dim[] | null, argument: Given, context: UseContext): Met {
  const { dims, node } = context;
  const unify = (a: Dim, b: Dim): boolean => dims.unify(a, b);
  if (found === null || input.shape === null) return { kind: "met", rows: input.batchable === true ? "auto" : "whole" };
  const declared = input.shape.map((dim) => freshDim(dim, node.id));
  const takesItem = input.batchable === true || input.shape[0] === 1;
  if (found.length === declared.length) {
    if (fitsShape(found, declared, unify)) return { kind: "met", rows: input.batchable === true ? "rows" : "whole" };
    return wrongShape(input, found, declared, argument, context);
  }
  if (takesItem && found.length === declared.length - 1) {
    if (fitsShape(found, declared.slice(1), unify)) return { kind: "met", rows: "item" };
    return wrongShape(input, found, declared.slice(1), argument, context);
  }
  return {
    kind: "wrong",
    code: "shape-mismatch",
    help: `give ${printInput(input)}${takesItem ? ", or one item of it without the first dimension" : ""}`,
  };
}

function wrongShape(
  input: ModelValue,
  found: readonly Dim[],
  declared: readonly Dim[],
  argument: Given,
  context: UseContext,
): Met {
  const { dims } = context;
  const picture = pictureHelp(
    found.map((dim) => dims.resolve(dim)),
    declared,
    argument,
    context,
  );
  if (picture !== undefined) return { kind: "wrong", code: "shape-mismatch", ...picture };
  const at = declared.findIndex((dim, axis) => !dims.unify(dim, found[axis] ?? null));
  const name = declared[at];
  const help = `give ${printInput(input)}`;
  return typeof name === "string"
    ? { kind: "wrong", code: "shape-mismatch", help, dimension: { name, size: dims.resolve(name) } }
    : { kind: "wrong", code: "shape-mismatch", help };
}

/** Numbers, texts and (nested) lists of them are written as tensors. */
function meetPlain(input: ModelValue, found: Type, argument: Given, context: UseContext): Met {
  const nested = nesting(found);
  if (nested === undefined || !isWritableAs(nested.element, input.dtype)) {
    const help = found.kind === "image" ? "make it a tensor with image.to_tensor" : `give ${printInput(input)}`;
    return { kind: "wrong", code: "type-mismatch", help };
  }
  const shape = literalShape(argument.value);
  if (shape === "ragged") return { kind: "wrong", code: "shape-mismatch", help: "", isRagged: true };
  if (shape !== undefined && shape.length > 0 && shape.length === nested.depth) {
    const met = meetShape(input, shape, argument, context);
    if (met.kind === "wrong") return met;
  }
  if (input.shape === null) return { kind: "met", rows: "whole" };
  const rank = input.shape.length;
  const takesItem = input.batchable === true || input.shape[0] === 1;
  if (nested.depth === rank) return { kind: "met", rows: input.batchable === true && rank > 0 ? "list" : "whole" };
  if (takesItem && nested.depth === rank - 1) return { kind: "met", rows: "item" };
  const isOne = nested.depth === 0 && input.shape.slice(1).every((dim) => dim === 1);
  if (takesItem && isOne) return { kind: "met", rows: "item" };
  return {
    kind: "wrong",
    code: "shape-mismatch",
    help: `give ${printInput(input)}${takesItem ? ", or one item of it without the first dimension" : ""}`,
  };
}

function itemShape(input: ModelValue, context: UseContext): readonly Dim[] | null {
  return input.shape === null ? null : input.shape.slice(1).map((dim) => freshDim(dim, context.node.id));
}

/** All inputs that count rows must be given in one form; undefined, with a diagnostic, when they are not. */
function commonMode(meetings: readonly Meeting[], context: UseContext): RowMode | undefined {
  const known = meetings.filter(({ rows }) => rows !== "auto");
  const first = known[0];
  if (first === undefined) return meetings.length === 0 ? "whole" : "auto";
  const other = known.find(({ rows }) => rows !== first.rows);
  if (other === undefined) return known.length === meetings.length ? first.rows : "auto";
  const holes = {
    use: printUse(context.node.use),
    argument: other.input.name,
    found: formWords[other.rows],
    other: first.input.name,
    given: formWords[first.rows],
  };
  context.report(diagnostic("shape-mismatch", "rows", valueAt(other.argument.path), holes));
  return undefined;
}

const formWords: { readonly [rows in RowMode]: string } = {
  rows: "rows",
  item: "one item",
  list: "a list of items",
  whole: "a whole tensor",
  auto: "something",
};

function resultOf(model: Marked, rows: RowMode, context: UseContext): Type {
  return recordOf(Object.fromEntries(model.outputs.map((output) => [output.name, outputType(output, rows, context)])));
}

function outputType(output: ModelOutput, rows: RowMode, context: UseContext): Type {
  const shape =
    output.shape === null ? null : output.shape.map((dim) => context.dims.resolve(freshDim(dim, context.node.id)));
  if (rows === "auto") return output.rows === "no" ? tensorOf(output.dtype, shape) : unknownType;
  if (rows === "whole" || rows === "rows" || output.rows === "no") return tensorOf(output.dtype, shape);
  if (output.rows === "probe") return rows === "item" ? tensorOf(output.dtype, null) : unknownType;
  const item = tensorOf(output.dtype, shape === null ? null : shape.slice(1));
  return rows === "list" ? listOf(item) : item;
}

function unknownResult(model: Marked): Type {
  return recordOf(Object.fromEntries(model.outputs.map((output) => [output.name, unknownType])));
}

function reportMismatch(input: ModelValue, given: Given, met: Wrong, context: UseContext): void {
  const shape = met.code === "shape-mismatch" ? literalShape(given.value) : undefined;
  const found =
    shape === undefined || shape === "ragged"
      ? printType(context.dims.resolveType(required(given.type)))
      : printType(tensorOf(input.dtype, shape));
  const holes = {
    use: printUse(context.node.use),
    expected: printInput(input),
    argument: input.name,
    source: given.source,
    found,
    suggestion: met.help,
  };
  const place = valueAt(given.path);
  if (met.isRagged === true) context.report(diagnostic("shape-mismatch", "literal", place, holes));
  else if (met.dimension === undefined)
    context.report(diagnostic(met.code, "argument", place, holes, met.note === undefined ? {} : { note: met.note }));
  else {
    const { name, size } = met.dimension;
    const known = { dimension: printDim(name), given: printDim(size) };
    context.report(diagnostic("shape-mismatch", "dimension", place, { ...holes, ...known }));
  }
}

function printInput(input: ModelValue): string {
  return printType(tensorOf(input.dtype, input.shape));
}
