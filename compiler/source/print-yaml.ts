/** Values as YAML, for specs that are written for the user. */
import { stringify } from "yaml";

/** Every string is written so that it reads back as itself. Lines are not folded. */
export function printYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
