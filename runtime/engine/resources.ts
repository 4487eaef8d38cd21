/** Files that steps need, loaded once for a Plan: tokenizers and labels. */
import { readFile } from "node:fs/promises";
import { invariant } from "../errors.js";
import type { Plan } from "../plan/plan.js";
import { findStep } from "../steps/index.js";
import { parseLabels } from "../steps/resources/labels.js";
import type { Tokenizer } from "../steps/resources/tokenizer.js";
import { loadTokenizer } from "../steps/resources/tokenizer.js";
import type { ArgType } from "../steps/step.js";

type Resource = Tokenizer | readonly string[];

export interface Resources {
  get(type: ArgType, file: string): Resource;
}

/** Loaded files by content, so that the next Plan finds what has not changed. */
export type ResourceCache = Map<string, Promise<Resource>>;

/** Loads what the Plan's steps name. What is in the cache and not used any more is let go. */
export async function loadResources(
  plan: Plan,
  pathOf: (name: string) => string,
  cache: ResourceCache,
): Promise<Resources> {
  const loaded = new Map<string, Resource>();
  const used = new Set<string>();
  for (const graph of Object.values(plan.graphs)) {
    for (const node of graph.nodes) {
      for (const [name, expression] of Object.entries(node.args)) {
        if (expression.kind !== "file" || node.use.kind !== "step") continue;
        const type = findStep(node.use.step)?.args[name]?.type ?? "any";
        const key = cacheKey(plan, type, expression.file);
        used.add(key);
        let resource = cache.get(key);
        if (resource === undefined) {
          resource = load(type, pathOf(expression.file), expression.file);
          cache.set(key, resource);
        }
        loaded.set(`${type} ${expression.file}`, await resource);
      }
    }
  }
  for (const key of cache.keys()) if (!used.has(key)) cache.delete(key);
  return {
    get(type, file) {
      const resource = loaded.get(`${type} ${file}`);
      invariant(resource !== undefined, `"${file}" is loaded`);
      return resource;
    },
  };
}

/** Puts tokenizers that are loaded already where `loadResources` finds them. */
export function keepTokenizers(plan: Plan, tokenizers: ReadonlyMap<string, Tokenizer>, cache: ResourceCache): void {
  for (const [file, tokenizer] of tokenizers) cache.set(cacheKey(plan, "tokenizer", file), Promise.resolve(tokenizer));
}

function cacheKey(plan: Plan, type: ArgType, file: string): string {
  return `${type} ${plan.files[file]?.sha256 ?? file}`;
}

async function load(type: ArgType, path: string, name: string): Promise<Resource> {
  if (type === "tokenizer") return loadTokenizer(path);
  return parseLabels(await readFile(path, "utf8"), name);
}
