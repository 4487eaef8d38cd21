import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tarball } from "../../../compiler/emit/tarball.js";
import { temporaryFolder } from "../../support/temp.js";

const files = [
  { path: "b.txt", bytes: Buffer.from("b") },
  { path: "a/large.bin", bytes: Buffer.alloc(200_000, "0123456789") },
  { path: "empty", bytes: Buffer.alloc(0) },
];

test("tar unpacks what was packed", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "packed.tgz"), tarball(files));
  execFileSync("tar", ["xzf", "packed.tgz"], { cwd: folder });
  for (const { path, bytes } of files) expect(readFileSync(join(folder, "package", path)).equals(bytes)).toBe(true);
});

test("the order in which files are given changes nothing", () => {
  expect(tarball(files).equals(tarball([...files].reverse()))).toBe(true);
});
