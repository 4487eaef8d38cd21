/** Files that steps name: there, and of the kind that the step needs. */
import { parseLabels } from "../../runtime/steps/resources/labels.js";
import { loadTokenizer } from "../../runtime/steps/resources/tokenizer.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import { nearest, quote } from "../diagnostics/suggest.js";
import type { Path } from "../source/path.js";
import type { Workspace } from "../workspace.js";
import type { UseContext } from "./infer.js";

type ResourceKind = "labels" | "tokenizer";

const kindWords = { labels: "labels", tokenizer: "a tokenizer" } as const;

/** Whether the file can be used; what is wrong is reported at the argument. */
export function checkResource(
  kind: ResourceKind,
  file: string,
  path: Path,
  context: Pick<UseContext, "workspace" | "report">,
): boolean {
  const { workspace, report } = context;
  const found = workspace.kindOf(file);
  if (found !== "file") {
    const near = nearest(file, workspace.siblings(file))[0];
    const suggestion = near === undefined ? "" : `; did you mean ${quote(near)}?`;
    report(
      diagnostic("file-missing", found === "missing" ? "missing" : "not-a-file", valueAt(path), { file, suggestion }),
    );
    return false;
  }
  const problem = workspace.remember(file, `as ${kind}`, () => problemWith(kind, file, workspace));
  if (problem === null) return true;
  report(diagnostic("file-unreadable", "broken", valueAt(path), { file, kind: kindWords[kind], problem }));
  return false;
}

function problemWith(kind: ResourceKind, file: string, workspace: Workspace): string | null {
  try {
    if (kind === "labels") parseLabels(workspace.text(file), file);
    else loadTokenizer(workspace.path(file));
    return null;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  }
}
