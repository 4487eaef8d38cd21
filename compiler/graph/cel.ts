/** CEL as the compiler meets it: the names that an expression needs. */
import { compileCel } from "../../runtime/types/cel.js";

/** Free variables; none for an expression that cannot be read, which the type check reports. */
export function celVariables(source: string): readonly string[] {
  try {
    return compileCel(source).variables;
  } catch {
    return [];
  }
}
