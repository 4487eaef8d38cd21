/** Where compiled models and measurements are kept: `EKIBEN_CACHE`, or where the system keeps such things. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../plan/env.js";

/** Undefined where `EKIBEN_CACHE` is `off`. */
export function cacheFolder(environment: Environment): string | undefined {
  const { EKIBEN_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (own === "off") return undefined;
  if (own !== undefined && own !== "") return own;
  if (xdg !== undefined && xdg !== "") return join(xdg, "ekiben");
  if (process.platform === "win32") return join(local ?? homedir(), "ekiben", "cache");
  return join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache", "ekiben");
}

/** The parts of it. */
export const modelsFolder = (folder: string): string => join(folder, "models");
export const profilesFolder = (folder: string): string => join(folder, "profiles");
