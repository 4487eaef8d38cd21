/** The files that shape the image are there, inside the spec's folder. */
import { nearest, quote } from "../../../runtime/suggest.js";
import { diagnostic, valueAt } from "../../diagnostics/diagnostic.js";
import type { Rule } from "./rule.js";

export const knownFiles: Rule = ({ spec, workspace }, report) => {
  for (const field of ["setup_script", "dockerfile_template"] as const) {
    const file = spec.docker[field];
    if (file === undefined) continue;
    const kind = workspace.kindOf(file);
    const place = valueAt(["docker", field]);
    if (kind === "file") {
      if (!workspace.isInside(file)) report(diagnostic("file-missing", "outside", place, { file }));
      continue;
    }
    const near = nearest(file, workspace.siblings(file))[0];
    const suggestion = near === undefined ? "" : `; did you mean ${quote(near)}?`;
    const name = kind === "missing" ? "missing" : "not-a-file";
    report(diagnostic("file-missing", name, place, { file, suggestion }));
  }
};
