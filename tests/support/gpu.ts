/**
 * A Vulkan driver in software for WebGPU, where Chromium brings one: its description is written anew, since the one that it
 * ships names a version of Vulkan that WebGPU refuses.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temp.js";

const driver = "/usr/lib/chromium/libvk_swiftshader.so";

/** The environment of a process that may use it; it needs Vulkan's loader (libvulkan1) too. */
export function softwareGpu(): NodeJS.ProcessEnv {
  if (process.env["VK_ICD_FILENAMES"] !== undefined || !existsSync(driver)) return {};
  const description = join(temporaryFolder(), "icd.json");
  writeFileSync(
    description,
    JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: driver, api_version: "1.3.0" } }),
  );
  return { VK_ICD_FILENAMES: description, XDG_RUNTIME_DIR: temporaryFolder() };
}
