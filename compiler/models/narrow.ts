/** What a spec's `signature` says of a model's inputs and outputs: narrower types than those of its ONNX file. */
import { parseType } from "../../runtime/types/parse.js";
import type { Dim } from "../../runtime/types/type.js";
import { printType, tensorOf } from "../../runtime/types/type.js";
import type { Report } from "../diagnostics/diagnostic.js";
import { diagnostic, keyAt, suggest, valueAt } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import type { ValueSignature } from "../spec/types.js";
import type { ServableValue } from "./servable.js";

/** What `signature` says about each value: a narrower type. */
export function narrow<T extends ServableValue>(
  kind: "input" | "output",
  values: readonly T[],
  given: { readonly [name: string]: ValueSignature } | undefined,
  path: Path,
  report: Report,
): readonly T[] {
  if (given === undefined) return values;
  const names = values.map((value) => value.name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    report(
      diagnostic("bad-signature", "unknown", keyAt([...path, name]), {
        kind,
        name,
        suggestion: suggest(name, names, report),
      }),
    );
  }
  return values.map((value) => {
    const signature = Object.hasOwn(given, value.name) ? given[value.name] : undefined;
    const text = typeof signature === "string" ? signature : signature?.type;
    if (typeof text !== "string") return value;
    const parsed = parseType(text);
    const shape =
      parsed.ok && parsed.type.kind === "tensor" && parsed.type.dtype === value.dtype ? parsed.type.shape : undefined;
    if (shape !== undefined && shape !== null && narrows(shape, value.shape)) return { ...value, shape };
    const found = printType(tensorOf(value.dtype, value.shape));
    const at = typeof signature === "string" ? [...path, value.name] : [...path, value.name, "type"];
    report(diagnostic("bad-signature", "type", valueAt(at), { name: value.name, found, given: text }));
    return value;
  });
}

function narrows(given: readonly Dim[], declared: readonly Dim[] | null): boolean {
  if (declared === null) return true;
  return (
    given.length === declared.length && declared.every((dim, axis) => typeof dim !== "number" || dim === given[axis])
  );
}
