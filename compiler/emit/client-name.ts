/** What the client's class is called. */
import type { Plan } from "../../runtime/plan/plan.js";
import { longestName, startingWithLetter, typeName } from "../../runtime/protocols/names.js";

/** `IrisClient` */
export function clientName(plan: Plan): string {
  return `${startingWithLetter(typeName(plan.service.name), "Service").slice(0, longestName)}Client`;
}
