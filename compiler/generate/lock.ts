/** A part of `npm run build`: keeps what compiled services need of the lock file, which npm leaves out of packages. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtLock, lockForServices } from "../emit/runtime-package.js";

const root = join(__dirname, "..", "..", "..");
const lockFile = join(root, "package-lock.json");
if (existsSync(lockFile)) {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8"));
  writeFileSync(join(root, builtLock), `${JSON.stringify({ packages: lockForServices(packages) })}\n`);
}
