/** Hugging Face's tokenizers, the Rust library, behind the few calls that steps need. The one file that imports it. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Encoding, Tokenizer as Native } from "tokenizers";
import { isObject, readSections, type TokenizerSections } from "./tokenizer-sections.js";

/** A loaded tokenizer.json. It is never changed, so that any number of calls may share it. */
export interface Tokenizer extends TokenizerSections {
  readonly path: string;
  /** The tokens of each text, or pair of texts, whole: nothing is cut and nothing is padded. */
  encode(inputs: readonly EncodeInput[], addSpecialTokens: boolean): Promise<readonly EncodedText[]>;
  /** The text that each list of ids stands for; an id that the vocabulary lacks stands for none. */
  decode(ids: readonly (readonly number[])[], skipSpecialTokens: boolean): Promise<readonly string[]>;
}

export interface EncodeInput {
  readonly text: string;
  readonly pair?: string | undefined;
}

/** One entry for each token. */
export interface EncodedText {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
  /** Which text the token stems from: 0, 1, or null for the tokens that were put around the texts. */
  readonly sequences: readonly (0 | 1 | null)[];
  /** Start and end in code points of the token's text; 0 and 0 for special tokens. */
  readonly offsets: readonly (readonly number[])[];
}

/** Reads a tokenizer.json. The message of a failure says what is wrong with the file, and leaves its folder out. */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  const name = JSON.stringify(basename(path));
  const json = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new Error(`The tokenizer ${name} cannot be read; it must be a Hugging Face tokenizer.json.`, { cause });
  });
  const sections = readSections(parseObject(json, name));
  const native = parseNative(json, name);
  // They are state of the native tokenizer, which concurrent calls share: cutting and padding are done on the results.
  native.disableTruncation();
  native.disablePadding();
  return {
    path,
    ...sections,
    encode: (inputs, addSpecialTokens) => encode(native, inputs, addSpecialTokens),
    decode: (ids, skipSpecialTokens) => native.decodeBatch([...ids.map((row) => [...row])], skipSpecialTokens),
  };
}

function parseObject(json: string, name: string): { readonly [key: string]: unknown } {
  try {
    const parsed: unknown = JSON.parse(json);
    if (isObject(parsed)) return parsed;
  } catch {
    // What was found is said below.
  }
  throw new Error(`The tokenizer ${name} is no JSON object; it must be a Hugging Face tokenizer.json.`);
}

function parseNative(json: string, name: string): Native {
  // Loaded when the first tokenizer is: a service without one need not load the native library.
  const library: typeof import("tokenizers") = require("tokenizers");
  try {
    return library.Tokenizer.fromString(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The tokenizer ${name} cannot be used: ${reason}. It must be a Hugging Face tokenizer.json.`, {
      cause,
    });
  }
}

/** Texts go to the library's threads in one call; pairs, which its batches do not take, in one call each. */
async function encode(
  native: Native,
  inputs: readonly EncodeInput[],
  addSpecialTokens: boolean,
): Promise<readonly EncodedText[]> {
  const options = { addSpecialTokens };
  const paired = inputs.some((input) => input.pair !== undefined);
  const encodings = paired
    ? await Promise.all(inputs.map(({ text, pair }) => native.encode(text, pair ?? null, options)))
    : await native.encodeBatch(
        inputs.map((input) => input.text),
        options,
      );
  return encodings.map(readEncoding);
}

function readEncoding(encoding: Encoding): EncodedText {
  const special = encoding.getSpecialTokensMask();
  const sequenceIds = encoding.getSequenceIds();
  return {
    ids: encoding.getIds(),
    typeIds: encoding.getTypeIds(),
    sequences: special.map((isSpecial, i) => (isSpecial === 1 ? null : sequenceIds[i] === 1 ? 1 : 0)),
    offsets: encoding.getOffsets(),
  };
}
