/** The files of a folder that patterns choose, as .gitignore would write them. The one file that imports `ignore`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import ignore from "ignore";

const never = new Set([".git", "node_modules", ".venv", "venv", "__pycache__", ".DS_Store"]);
const mostFiles = 100_000;
const deepest = 32;

/** Paths relative to the folder, sorted; symbolic links are not followed. */
export function listFiles(folder: string, include: readonly string[], exclude: readonly string[]): readonly string[] {
  const included = ignore().add(include.filter(isInside));
  const excluded = ignore().add([...exclude]);
  const files: string[] = [];
  const visit = (relative: string, depth: number): void => {
    if (depth > deepest || files.length >= mostFiles) return;
    for (const entry of entriesOf(join(folder, relative))) {
      if (never.has(entry.name)) continue;
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (excluded.ignores(entry.isDirectory() ? `${path}/` : path)) continue;
      if (entry.isDirectory()) visit(path, depth + 1);
      else if (entry.isFile() && included.ignores(path)) files.push(path);
    }
  };
  visit("", 0);
  return files.sort();
}

/** A pattern that leaves the folder chooses nothing. */
function isInside(pattern: string): boolean {
  return !pattern.startsWith("../") && pattern.trim() !== "";
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
