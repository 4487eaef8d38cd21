/** An answer against what an example expects: equal but for numbers, which may differ by the tolerance. */
import type { Json } from "../../values/value.js";

export interface Difference {
  /** A JSON Pointer into the answer. */
  readonly path: string;
  readonly message: string;
}

const mostDifferences = 10;

/** `tolerance` is absolute, and relative beyond 1. Fields that are not expected are not looked at only at the top. */
export function differences(
  expected: { readonly [name: string]: Json },
  answer: { readonly [name: string]: Json },
  tolerance: number,
): readonly Difference[] {
  const found: Difference[] = [];
  for (const [name, value] of Object.entries(expected)) compare(value, answer[name], `/${name}`, tolerance, found);
  return found.slice(0, mostDifferences);
}

function compare(expected: Json, answer: Json | undefined, path: string, tolerance: number, found: Difference[]): void {
  if (found.length >= mostDifferences) return;
  const differ = (message: string): void => void found.push({ path, message });
  if (answer === undefined) {
    differ(`expected ${show(expected)}, and it is absent`);
    return;
  }
  if (typeof expected === "number" && typeof answer === "number") {
    const difference = Math.abs(expected - answer);
    if (difference > tolerance * Math.max(1, Math.abs(expected)))
      differ(`expected ${expected}, got ${answer} (differs by ${difference.toPrecision(3)}, ${tolerance} is allowed)`);
    return;
  }
  if (Array.isArray(expected) && Array.isArray(answer)) {
    if (expected.length !== answer.length) {
      differ(`expected ${expected.length} items, got ${answer.length}`);
      return;
    }
    for (const [index, item] of expected.entries())
      compare(item as Json, answer[index] as Json, `${path}/${index}`, tolerance, found);
    return;
  }
  if (isRecord(expected) && isRecord(answer)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(answer)])) {
      const wanted = expected[name];
      if (wanted === undefined) found.push({ path: `${path}/${name}`, message: "it was not expected" });
      else compare(wanted, answer[name], `${path}/${name}`, tolerance, found);
    }
    return;
  }
  if (expected !== answer) differ(`expected ${show(expected)}, got ${show(answer)}`);
}

function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
