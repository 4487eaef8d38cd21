/** `npm run generate`: writes every generated file of the repository. A test holds them current. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./generated.js";

const root = join(__dirname, "..", "..", "..");
for (const file of generatedFiles(root)) {
  mkdirSync(dirname(join(root, file.path)), { recursive: true });
  writeFileSync(join(root, file.path), file.text);
}
