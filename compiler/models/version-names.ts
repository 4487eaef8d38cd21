/** How a spec names versions: by their numbers, or by labels; and what share of the requests it gives them. */

import type { Path } from "../source/path.js";
import { isJsonRecord } from "../spec/json.js";
import type { Model } from "../spec/types.js";

/** A version's share as it is written. */
export interface Share {
  readonly name: string;
  readonly percent: number;
  /** Under `traffic`. */
  readonly path: Path;
}

/** Labels and the numbers that they stand for. */
export function labelsOf(model: Model): ReadonlyMap<string, string> {
  return new Map(Object.entries(model.labels ?? {}).map(([label, version]) => [label, String(version)]));
}

/** The version that a number or a label means, loaded or not; undefined for an unknown label. */
export function versionNamed(name: string | number, labels: ReadonlyMap<string, string>): string | undefined {
  const text = String(name);
  return labels.get(text) ?? (isVersionNumber(text) ? text : undefined);
}

export function isVersionNumber(name: string): boolean {
  return /^[0-9]+$/.test(name);
}

/** The shares of both forms: beside `header` and `sticky_by`, or under `weights`. */
export function sharesOf({ traffic = {} }: Model): readonly Share[] {
  const written: readonly [Path, unknown][] = [
    [[], traffic],
    [["weights"], traffic.weights],
  ];
  return written.flatMap(([path, shares]) =>
    Object.entries(isJsonRecord(shares) ? shares : {}).flatMap(([name, percent]) =>
      typeof percent === "number" ? [{ name, percent, path: [...path, name] }] : [],
    ),
  );
}
