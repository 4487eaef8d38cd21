/** AssemblyScript to a module of TypeScript that holds what it is compiled to. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `source` is the path of the file, from the repository's root. */
export function printWasm(root: string, source: string): string {
  const lines =
    compiled(root, source)
      .toString("base64")
      .match(/.{1,118}/g) ?? [];
  const text = lines.map((line) => `  "${line}",`).join("\n");
  return `/** Made of ${source} by \`npm run generate\`: WebAssembly in base64. */\nexport const wasm = [\n${text}\n].join("");\n`;
}

function compiled(root: string, source: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "ekiben-wasm-"));
  try {
    const file = join(folder, "out.wasm");
    const compiler = require.resolve("assemblyscript/bin/asc.js");
    execFileSync(process.execPath, [compiler, source, "-O3", "--runtime", "stub", "--outFile", file], { cwd: root });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
