/** `npm run test:nodes`: the whole suite on each supported major of Node.js, whose binaries npm's package `node` carries. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./paths.js";

const majors = ["20", "22", "24"];

for (const major of majors) {
  const folder = mkdtempSync(join(tmpdir(), `ekiben-node-${major}-`));
  execFileSync("npm", ["install", "--prefix", folder, "--no-save", `node@${major}`], { stdio: "inherit" });
  const binary = join(folder, "node_modules", "node", "bin");
  console.log(
    `\nNode.js ${execFileSync(join(binary, "node"), ["--version"], { encoding: "utf8" }).trim()}, ${readdirSync(binary).join(" ")}`,
  );
  const environment = { ...process.env, PATH: `${binary}:${process.env["PATH"] ?? ""}` };
  const { status } = spawnSync(
    join(binary, "node"),
    [join(root, "node_modules", "jest", "bin", "jest.js"), ...process.argv.slice(2)],
    { cwd: root, env: environment, stdio: "inherit" },
  );
  if (status !== 0) process.exit(status ?? 1);
}
