/** What a measure is: some rows of the table, each a figure of ours against something bare in the same run. */
import { median } from "./process.js";

export interface Row {
  readonly measure: string;
  readonly wanted: string;
  readonly measured: string;
  readonly ok: boolean;
  readonly details: string;
}

export interface Measure {
  readonly name: string;
  readonly run: () => Promise<readonly Row[]>;
}

export interface RatioRow {
  readonly measure: string;
  /** Of ours to the other's, one a round. */
  readonly ratios: readonly number[];
  readonly wanted: { readonly atLeast: number } | { readonly atMost: number };
  readonly against: string;
  readonly details: string;
}

/** The median counts; the least and the greatest say how noisy the machine was. */
export function ratioRow({ measure, ratios, wanted, against, details }: RatioRow): Row {
  const ratio = median(ratios);
  const [sign, limit] = "atLeast" in wanted ? ["≥", wanted.atLeast] : ["≤", wanted.atMost];
  return {
    measure,
    wanted: `${sign} ${limit.toFixed(2)} × ${against}`,
    measured: `${ratio.toFixed(2)} × (${spread(ratios, 2)} in ${ratios.length})`,
    ok: sign === "≥" ? ratio >= limit : ratio <= limit,
    details,
  };
}

/** The least and the greatest. */
export function spread(values: readonly number[], digits = 0): string {
  return `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
}

/** The median with its spread. */
export function figures(values: readonly number[], unit: string): string {
  return `${median(values).toFixed(0)} ${unit} (${spread(values)})`;
}
