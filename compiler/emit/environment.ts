/** A Plan for printing: texts that come from the environment are only known at the start, and stand in `plan.json` alone. */
import { isEnvReference } from "../../runtime/plan/env.js";
import type { Plan } from "../../runtime/plan/plan.js";

/** The Plan without those descriptions and summaries. */
export function withoutReferredTexts(plan: Plan): Plan {
  return {
    ...plan,
    service: withoutTexts(plan.service, ["description"]),
    endpoints: plan.endpoints.map((endpoint) => withoutTexts(endpoint, ["summary", "description"])),
  };
}

function withoutTexts<T extends object>(part: T, fields: readonly (keyof T & string)[]): T {
  const isKept = ([field, value]: [string, unknown]): boolean =>
    !(isEnvReference(value) && fields.some((each) => each === field));
  // What is left out may be left out: the fields named are optional.
  return Object.fromEntries(Object.entries(part).filter(isKept)) as T;
}
