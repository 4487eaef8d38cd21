/** What models may take of the memory, and which of them are loaded on demand, as the Plan has it. */
import type { PlanModel, PlanServer, Setting } from "../../runtime/plan/plan.js";
import { parseSize } from "../../runtime/plan/size.js";
import type { Model, Server } from "../spec/types.js";

export function planResidency({ residency }: Model): Pick<PlanModel, "residency"> {
  return residency === "always" ? {} : { residency };
}

/** `limit` keeps the reference where one was written. */
export function planMemory(
  { memory_limit }: Server,
  limit: (bytes: number) => Setting<number>,
): Pick<PlanServer, "memoryLimitBytes"> {
  return memory_limit === undefined ? {} : { memoryLimitBytes: limit(parseSize(memory_limit) ?? 0) };
}
