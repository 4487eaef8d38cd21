/** The costliest texts of 2 MB are judged within the memory that is promised, by one process for all. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostileSpecs } from "../support/hostile-specs.js";
import { root } from "../support/paths.js";

test("every text is judged", () => {
  const files = mkdtempSync(join(tmpdir(), "ekiben-hostile-"));
  try {
    const paths = Object.values(hostileSpecs()).map((text, index) => {
      expect(text.length).toBeLessThanOrEqual(2 * 1024 * 1024 + 64);
      const path = join(files, `${index}.yaml`);
      writeFileSync(path, text);
      return path;
    });
    const options = { encoding: "utf8", maxBuffer: 1 << 30, timeout: 5_000 * paths.length } as const;
    const { stdout, status } = run(
      ["--max-old-space-size=448", join(root, "dist", "cli", "main.js"), "check", ...paths, "--json"],
      options,
    );
    expect(status).toBe(1);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { file: string; code: string }[] };
    const counts = new Map<string, number>();
    for (const { file } of diagnostics) counts.set(file, (counts.get(file) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(1_001);
    expect(diagnostics.map(({ code }) => code)).toContain("too-many");
  } finally {
    rmSync(files, { recursive: true });
  }
}, 400_000);

function run(args: readonly string[], options: Parameters<typeof execFileSync>[2] & { readonly encoding: "utf8" }) {
  try {
    return { stdout: execFileSync(process.execPath, args, options), status: 0 };
  } catch (error) {
    const { stdout = "", status = -1 } = error as { stdout?: string; status?: number };
    return { stdout, status };
  }
}
