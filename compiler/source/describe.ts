/** A text's problems as diagnostics. */
import { assertNever } from "../../runtime/errors.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { diagnostic } from "../diagnostics/diagnostic.js";
import type { SourceProblem } from "./problem.js";

export function describeProblems(problems: readonly SourceProblem[]): readonly Diagnostic[] {
  return problems.map(describeProblem);
}

function describeProblem(problem: SourceProblem): Diagnostic {
  const place = { range: problem.range };
  switch (problem.kind) {
    case "limit":
      return diagnostic("yaml-limit", "limit", place, { problem: problem.message });
    case "syntax":
      return diagnostic("yaml-syntax", "syntax", place, { problem: problem.message });
    case "unquoted":
      return diagnostic("yaml-syntax", problem.what === "type" ? "unquoted-type" : "unquoted-expression", place, {
        found: problem.found,
      });
    case "several-documents":
      return diagnostic("several-documents", "documents", place, {});
    case "duplicate-key": {
      const related = [{ message: "it stands first here", place: { range: problem.first } }];
      return diagnostic("duplicate-key", "key", place, { key: problem.key }, { related });
    }
    default:
      return assertNever(problem);
  }
}
