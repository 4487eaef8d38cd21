/** The arguments of `text.tokenize`. */
import type { ArgTable } from "../../step.js";

const sides = ["left", "right"] as const;

export const tokenizeArgs = {
  text: { type: "string", optional: true, description: "The text; the result's tensors have one dimension." },
  texts: { type: "list<string>", optional: true, description: "A list of texts; the result has a row for each." },
  pair: { type: "string", optional: true, description: "A second text, for models that compare two." },
  pairs: { type: "list<string>", optional: true, description: "A second text for each of `texts`." },
  tokenizer: { type: "tokenizer", literal: true, description: "The path of a Hugging Face `tokenizer.json`." },
  add_special_tokens: {
    type: "boolean",
    default: true,
    description: "Whether the tokens that the model expects around a text are added, such as `[CLS]` and `[SEP]`.",
  },
  truncation: {
    type: "any",
    enum: [false, "longest_first", "only_first", "only_second"],
    optional: true,
    description:
      "How what is too long is cut: from the longer of two texts first, from `text` only, from `pair` only, or not at all. Left out, what has a `max_length` is cut, longest first.",
  },
  max_length: {
    type: "integer",
    minimum: 1,
    maximum: 1_000_000,
    optional: true,
    description: "The greatest number of tokens, special ones included.",
  },
  truncation_side: {
    type: "string",
    enum: sides,
    optional: true,
    description: "Where tokens are taken away. Left out, as the tokenizer.json says, else `right`.",
  },
  padding: {
    type: "any",
    enum: [false, "longest", "max_length"],
    optional: true,
    description: "What shorter texts are padded to. Left out, `longest` for a list and `false` for a single text.",
  },
  padding_side: {
    type: "string",
    enum: sides,
    optional: true,
    description: "Where padding is put. Left out, as the tokenizer.json says, else `right`.",
  },
  pad_to_multiple_of: {
    type: "integer",
    minimum: 1,
    maximum: 1_000_000,
    optional: true,
    description: "Padded lengths are rounded up to a multiple of it.",
  },
} as const satisfies ArgTable;
