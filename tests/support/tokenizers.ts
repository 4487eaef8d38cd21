/** The tokenizers of the references, loaded once a test file. */
import { loadTokenizer, type Tokenizer } from "../../runtime/steps/resources/tokenizer.js";
import { reference } from "./paths.js";

export type Tokenizers = (path: string) => Promise<Tokenizer>;

/** Loads a tokenizer by its path relative to `tests/references/steps/`; each one only once. */
export function tokenizers(): Tokenizers {
  const loaded = new Map<string, Promise<Tokenizer>>();
  return (path) => {
    const tokenizer = loaded.get(path) ?? loadTokenizer(reference(`steps/${path}`));
    loaded.set(path, tokenizer);
    return tokenizer;
  };
}
