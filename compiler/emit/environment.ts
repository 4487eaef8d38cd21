/** References to the environment that a Plan does not keep: what they stand for would be written into the artifact. */
import type { Spec } from "../spec/spec.js";

/** Where `compiler/plan/lower.ts` keeps the reference itself, as JSON Pointers. */
const kept = [
  /^\/models\/[^/]+\/(source|devices\/\d+)$/,
  /^\/endpoints\/\d+\/timeout_ms$/,
  /^\/server\/(host|port|timeout_ms|body_limit|shutdown_grace_s|workers)$/,
  /^\/observability\/logging\/(level|format|access)$/,
  /^\/envs\/\d+\/value$/,
];

/** A sentence for each that no artifact can hold. */
export function environmentProblems({ references }: Pick<Spec, "references">): readonly string[] {
  return [...references.keys()]
    .filter((pointer) => !kept.some((pattern) => pattern.test(pointer)))
    .map((pointer) => {
      const field = pointer.slice(1).replaceAll("/", ".");
      const help = pointer.startsWith("/docker/")
        ? 'name the variable under "envs" instead'
        : "write the value itself, or override the field with --set";
      return `"${field}" refers to the environment, and no value of it is written into an artifact; ${help}`;
    });
}
