/** Says which references to the environment keep the spec from being compiled: what they stand for would be written out. */
import { diagnostic, valueAt } from "../../diagnostics/diagnostic.js";
import { fromPointer } from "../../source/path.js";
import type { Rule } from "./rule.js";

/** Names, paths and types are in generated code, and versions decide what is compiled; all other references are kept by the Plan, or are in no artifact. */
const frozen = [
  /^\/service$/,
  /^\/models\/[^/]+\/signature\//,
  /^\/models\/[^/]+\/(version_policy|labels|traffic|shadow)(\/|$)/,
  /^\/endpoints\/\d+\/(path|method|graph)$/,
  /^\/endpoints\/\d+\/examples\//,
  /^\/envs\/\d+\/name$/,
];

export const keptReferences: Rule = ({ spec: { references } }, report) => {
  for (const pointer of references.keys()) {
    const path = fromPointer(pointer);
    const isDocker = path[0] === "docker";
    if (!isDocker && !frozen.some((pattern) => pattern.test(pointer))) continue;
    const field = path.slice(isDocker ? 1 : 0).join(".");
    report(diagnostic("env-not-kept", isDocker ? "docker" : "field", valueAt(path), { field }));
  }
};
