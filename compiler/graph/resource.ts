/** Files that steps name: there, and of the kind that the step needs. */
import { parseLabels } from "../../runtime/steps/resources/labels.js";
import { loadTokenizer, type Tokenizer } from "../../runtime/steps/resources/tokenizer.js";
import { nearest, quote } from "../../runtime/suggest.js";
import type { Report } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import type { Workspace } from "../workspace.js";
import type { ResourceUse, UseContext } from "./typed-graph.js";

const kindWords = { labels: "labels", tokenizer: "a tokenizer" } as const;

/** Whether the file is there; what is wrong is reported at the argument. */
export function checkResource(
  { kind, file, path }: ResourceUse,
  context: Pick<UseContext, "workspace" | "report">,
): boolean {
  const { workspace, report } = context;
  const found = workspace.kindOf(file);
  if (found !== "file") {
    const near = report.hasRoom() ? nearest(file, workspace.siblings(file))[0] : undefined;
    const suggestion = near === undefined ? "" : `; did you mean ${quote(near)}?`;
    report(
      diagnostic("file-missing", found === "missing" ? "missing" : "not-a-file", valueAt(path), { file, suggestion }),
    );
    return false;
  }
  if (kind === "tokenizer") return true;
  const problem = workspace.remember(file, "problem as labels", () =>
    problemWith(() => parseLabels(workspace.text(file), file)),
  );
  if (problem !== null)
    report(diagnostic("file-unreadable", "broken", valueAt(path), { file, kind: kindWords[kind], problem }));
  return problem === null;
}

/** Loads every tokenizer once, reports those that cannot be, and gives the others by their files. */
export async function checkTokenizers(
  uses: readonly ResourceUse[],
  workspace: Workspace,
  report: Report,
): Promise<ReadonlyMap<string, Tokenizer>> {
  const loaded = new Map<string, Tokenizer>();
  for (const { kind, file, path } of uses) {
    if (kind !== "tokenizer" || workspace.kindOf(file) !== "file") continue;
    const tokenizer = await workspace.remember(file, "tokenizer", (absolute) =>
      loadTokenizer(absolute).catch((error: unknown) => firstLine(error)),
    );
    if (typeof tokenizer !== "string") loaded.set(file, tokenizer);
    else
      report(
        diagnostic("file-unreadable", "broken", valueAt(path), { file, kind: kindWords[kind], problem: tokenizer }),
      );
  }
  return loaded;
}

function problemWith(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return firstLine(error);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
