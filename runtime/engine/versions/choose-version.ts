/** Which version of a model answers a request. Pure: randomness is an argument. */
import { createHash } from "node:crypto";
import { EkibenError, invariant } from "../../errors.js";
import type { PlanModel, PlanTraffic } from "../../plan/plan.js";
import { quote } from "../../suggest.js";

/** What of a request the choice depends on. */
export interface ChoiceFacts {
  /** The value of the header that chooses. */
  readonly header?: string;
  /** What the request shares with those that get the same version. */
  readonly key?: string;
}

/** The header's choice, else that of the key, else one by weight. `random` gives a number from 0 up to 1. */
export function chooseVersion(
  name: string,
  model: PlanModel & { readonly traffic: PlanTraffic },
  facts: ChoiceFacts,
  random: () => number,
): string {
  const { weights } = model.traffic;
  const asked = facts.header === undefined ? undefined : versionAsked(name, model, facts.header);
  if (asked !== undefined) return asked;
  return facts.key === undefined ? byWeight(weights, random()) : byKey(name, weights, facts.key);
}

/**
 * The version that a header asks for: `4`, `canary`, or `reader=4, other=2` for models by name, as the answers'
 * `x-ekiben-version` has it. Undefined where it says nothing of this model. Throws `bad-header` for what is not served.
 */
function versionAsked(name: string, model: PlanModel, header: string): string | undefined {
  const words = header.split(",").map((word) => word.trim());
  const own = words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const asked = own ?? words.find((word) => word !== "" && !word.includes("="));
  if (asked === undefined) return undefined;
  const { labels = {}, versions, shadow } = model;
  const version = Object.hasOwn(labels, asked) ? labels[asked] : asked;
  const served = versions.map((each) => each.version).filter((each) => each !== shadow);
  if (version !== undefined && served.includes(version)) return version;
  const names = Object.keys(labels).filter((label) => served.includes(labels[label] ?? ""));
  throw new EkibenError(
    "bad-header",
    `The header ${quote(model.traffic?.header ?? "")} names no version of model ${quote(name)} that is served; it takes ${[...served, ...names].join(", ")}.`,
  );
}

/** The largest share comes first: 0 is the version that answers most. */
function byWeight(weights: PlanTraffic["weights"], point: number): string {
  const shares = Object.entries(weights).sort(([, a], [, b]) => b - a);
  const total = shares.reduce((sum, [, weight]) => sum + weight, 0);
  let left = point * total;
  for (const [version, weight] of shares) {
    left -= weight;
    if (left < 0) return version;
  }
  const last = shares.at(-1)?.[0];
  invariant(last !== undefined, "some version has a share");
  return last;
}

/**
 * Weighted rendezvous hashing: each version draws a number from the key, and the smallest wins. When weights change only
 * those keys move that must, and a version that comes takes its keys evenly from the others.
 * https://www.snia.org/sites/default/files/SDC15_presentations/dist_sys/Jason_Resch_New_Consistent_Hashings_Rev.pdf
 */
function byKey(name: string, weights: PlanTraffic["weights"], key: string): string {
  const draws = Object.entries(weights)
    .filter(([, weight]) => weight > 0)
    .map(([version, weight]) => ({ version, draw: -Math.log(pointOf(name, version, key)) / weight }));
  const [first] = draws.sort((a, b) => a.draw - b.draw);
  invariant(first, "some version has a share");
  return first.version;
}

/** A number above 0 and up to 1 that is the same everywhere and always. */
function pointOf(...parts: readonly string[]): number {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest();
  return (bytes.readUIntBE(0, 6) + 1) / 2 ** 48;
}
