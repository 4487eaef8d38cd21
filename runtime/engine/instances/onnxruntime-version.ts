/** The version of onnxruntime that is installed, told without loading it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lazy } from "../../lazy.js";

export const onnxruntimeVersion = lazy(() => {
  try {
    const file = join(require.resolve("onnxruntime-node"), "../../package.json");
    return String(JSON.parse(readFileSync(file, "utf8")).version);
  } catch {
    return "unknown";
  }
});
