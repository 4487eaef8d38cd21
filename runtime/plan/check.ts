/** Whether a value is a Plan, by `schemas/plan.schema.json`. */
import planSchema from "../../schemas/plan.schema.json";
import { lazy } from "../lazy.js";
import type { SchemaError } from "./json-schema.js";
import { compileSchema } from "./json-schema.js";
import { type Plan, planVersion } from "./plan.js";

export type CheckedPlan = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly problem: string };

const validate = lazy(() => compileSchema(planSchema));

/** The value as a Plan, or what is wrong with it: the first place, as a JSON Pointer, and words. Never throws. */
export function checkPlan(value: unknown): CheckedPlan {
  if (typeof value !== "object" || value === null || !("planVersion" in value))
    return { ok: false, problem: "it is no Plan" };
  if (value.planVersion !== planVersion)
    return { ok: false, problem: `it is of version ${JSON.stringify(value.planVersion)}, and ${planVersion} is read` };
  const errors = errorsOf(value);
  // The schema has checked it.
  return errors.length === 0 ? { ok: true, plan: value as Plan } : { ok: false, problem: describe(errors) };
}

function errorsOf(value: unknown): readonly Pick<SchemaError, "instancePath" | "message">[] {
  try {
    return validate()(value);
  } catch (error) {
    if (error instanceof RangeError) return [{ instancePath: "", message: "is nested too deeply" }];
    throw error;
  }
}

/** The deepest place tells most: what holds it is wrong only because it is. */
function describe(errors: readonly Pick<SchemaError, "instancePath" | "message">[]): string {
  const [first] = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length);
  return `at "${first?.instancePath ?? ""}" it ${first?.message ?? "is wrong"}`;
}
