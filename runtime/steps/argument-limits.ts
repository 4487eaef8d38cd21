/** The limits that a table of arguments states, as checks: the only values taken, least and greatest numbers, counts of items. */
import type { Arg, ArgumentValue } from "./step.js";

export interface Limit {
  /** What is taken, as `"step" takes … for "argument"` goes on. */
  readonly words: string;
  readonly holds: (value: ArgumentValue) => boolean;
}

/** The limits of an argument; those of numbers hold for each number of a list. */
export function argumentLimits(arg: Arg): readonly Limit[] {
  return [...enumLimit(arg), ...rangeLimit(arg), ...countLimit(arg)];
}

function enumLimit({ enum: taken }: Arg): readonly Limit[] {
  if (taken === undefined) return [];
  const words = `one of ${taken.map((each) => JSON.stringify(each)).join(", ")}`;
  return [{ words, holds: (value) => taken.some((each) => each === value) }];
}

function rangeLimit({ type, minimum = -Infinity, maximum = Infinity }: Arg): readonly Limit[] {
  if (minimum === -Infinity && maximum === Infinity) return [];
  const bounds = [
    ...(minimum === -Infinity ? [] : [`at least ${minimum}`]),
    ...(maximum === Infinity ? [] : [`at most ${maximum}`]),
  ];
  const noun = type === "integer" ? "an integer" : type === "number" ? "a number" : "numbers";
  const within = (value: unknown) => typeof value !== "number" || (value >= minimum && value <= maximum);
  const holds = (value: ArgumentValue) => (Array.isArray(value) ? value.every(within) : within(value));
  return [{ words: `${noun} of ${bounds.join(" and ")}`, holds }];
}

function countLimit({ minItems = 0, maxItems = Infinity }: Arg): readonly Limit[] {
  if (minItems === 0 && maxItems === Infinity) return [];
  const words =
    minItems === maxItems
      ? `${minItems} items`
      : maxItems === Infinity
        ? `at least ${minItems} items`
        : `${minItems} to ${maxItems} items`;
  return [{ words, holds: (value) => !Array.isArray(value) || (value.length >= minItems && value.length <= maxItems) }];
}
