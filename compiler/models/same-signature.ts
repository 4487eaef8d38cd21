/** Whether the versions of a model can stand for each other: names, element types and shapes, up to the names of dimensions. */
import { printType, tensorOf } from "../../runtime/types/type.js";
import type { ServableInput, ServableValue } from "./servable.js";

export interface Border {
  readonly inputs: readonly ServableInput[];
  readonly outputs: readonly ServableValue[];
}

/** What is not alike, as words: `input "x" is float32[batch, 4] in version 2 and float32[batch, 5] in version 3`. */
export type Difference =
  | { readonly kind: "only"; readonly what: "input" | "output"; readonly name: string; readonly inFirst: boolean }
  | {
      readonly kind: "type";
      readonly what: "input" | "output";
      readonly name: string;
      readonly first: string;
      readonly second: string;
    };

/** The first difference of two borders; undefined where callers cannot tell them apart. */
export function differenceOf(first: Border, second: Border): Difference | undefined {
  const renaming = new Renaming();
  return (
    compare("input", first.inputs, second.inputs, renaming) ??
    compare("output", first.outputs, second.outputs, renaming)
  );
}

function compare(
  what: "input" | "output",
  first: readonly (ServableValue & { readonly optional?: boolean })[],
  second: readonly (ServableValue & { readonly optional?: boolean })[],
  renaming: Renaming,
): Difference | undefined {
  for (const value of first) {
    const other = second.find(({ name }) => name === value.name);
    if (other === undefined) return { kind: "only", what, name: value.name, inFirst: true };
    const isAlike =
      value.dtype === other.dtype && value.optional === other.optional && sameShape(value.shape, other.shape, renaming);
    if (!isAlike) return { kind: "type", what, name: value.name, first: print(value), second: print(other) };
  }
  const extra = second.find(({ name }) => first.every((value) => value.name !== name));
  return extra && { kind: "only", what, name: extra.name, inFirst: false };
}

function sameShape(a: ServableValue["shape"], b: ServableValue["shape"], renaming: Renaming): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.length === b.length &&
    a.every((dim, axis) => {
      const other = b[axis];
      return typeof dim === "string" && typeof other === "string" ? renaming.agrees(dim, other) : dim === other;
    })
  );
}

/** One name of the one signature for one of the other, and the other way round. */
class Renaming {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  agrees(from: string, to: string): boolean {
    const known = this.#names.get(from);
    if (known !== undefined) return known === to;
    if (this.#taken.has(to)) return false;
    this.#names.set(from, to);
    this.#taken.add(to);
    return true;
  }
}

function print({ dtype, shape, optional }: ServableValue & { readonly optional?: boolean }): string {
  return `${printType(tensorOf(dtype, shape))}${optional === true ? " (optional)" : ""}`;
}
