/** text.tokenize: texts to the ids, masks and offsets that a language model takes, equal to Hugging Face's tokenizers. */
import { invalidInput } from "../../errors.js";
import { type Dim, recordOf, type Type, tensorOf } from "../../types/type.js";
import type { EncodeInput } from "../resources/tokenizer.js";
import { defineStep, type KernelArgs, type StepTyping } from "../step.js";
import { tokenTensors } from "./support/token-tensors.js";
import { tokenizeArgs as args } from "./support/tokenize-args.js";
import { type Truncation, truncate } from "./support/truncate.js";

/** One long text among many short ones would fill the memory with padding. */
const maxElements = 2 ** 24;

type TokenizeArgs = KernelArgs<typeof args>;

export const tokenize = defineStep({
  name: "text.tokenize",
  summary: "Turns a text or a list of texts into the token ids that a language model takes.",
  equals: "Hugging Face's tokenizers",
  result:
    "{ input_ids: int64[(n,) seq], attention_mask: int64[(n,) seq], token_type_ids: int64[(n,) seq], offsets: int64[(n,) seq, 2] }",
  details: `\`text\` gives tensors of one dimension, \`texts\` one row for each text.

The defaults differ, since the rows of a tensor have one length: a single text is neither cut nor padded; a list is padded to
its longest row. Whatever is given a \`max_length\` is cut there, longest first, unless \`truncation\` is \`false\`.

The sections \`truncation\` and \`padding\` of the tokenizer.json count only as defaults for what is asked for: the padding
token, the sides, \`pad_to_multiple_of\`, the length for \`padding: max_length\`, the greatest length for a \`truncation\` without
\`max_length\`. They never cut or pad a single text by themselves; a list is cut at the section's length, as a model's authors
mean it. Without a padding section the token is the one that the vocabulary adds under a usual name, such as \`[PAD]\` or
\`<pad>\`, else id 0.

\`offsets\` are the start and end of each token in its text, counted in Unicode code points; special and padding tokens have
0 and 0. Tokens of \`pair\` count in the pair's text.`,
  args,
  oneOf: [["text", "texts"]],
  examples: [
    {
      title: "A sentence, with the offsets of its words.",
      with: { text: "hello world", tokenizer: "../minilm/tokenizer.json" },
      result: {
        input_ids: [101, 7592, 2088, 102],
        attention_mask: [1, 1, 1, 1],
        token_type_ids: [0, 0, 0, 0],
        offsets: [
          [0, 0],
          [0, 5],
          [6, 11],
          [0, 0],
        ],
      },
    },
    {
      title: "Two texts, the shorter one padded.",
      with: { texts: ["hello world", "hello"], tokenizer: "../minilm/tokenizer.json" },
      result: {
        input_ids: [
          [101, 7592, 2088, 102],
          [101, 7592, 102, 0],
        ],
        attention_mask: [
          [1, 1, 1, 1],
          [1, 1, 1, 0],
        ],
        token_type_ids: [
          [0, 0, 0, 0],
          [0, 0, 0, 0],
        ],
        offsets: [
          [
            [0, 0],
            [0, 5],
            [6, 11],
            [0, 0],
          ],
          [
            [0, 0],
            [0, 5],
            [0, 0],
            [0, 0],
          ],
        ],
      },
    },
  ],
  typeRule,
  async kernel(given) {
    const { tokenizer } = given;
    const inputs = inputsOf(given);
    const truncation = truncationOf(given);
    const whole = await tokenizer.encode(inputs, given.add_special_tokens);
    const rows = truncation === undefined ? whole : whole.map((row) => truncate(row, truncation));
    const length = paddedLength(
      given,
      rows.map((row) => row.ids.length),
    );
    const side = given.padding_side ?? tokenizer.padding.side;
    if (rows.length * length > maxElements) {
      throw invalidInput(
        `${rows.length} texts padded to ${length} tokens are too many. Give a "max_length", or fewer texts.`,
      );
    }
    const shape = given.texts === undefined ? [length] : [rows.length, length];
    return tokenTensors(rows, length, { ...tokenizer.padding, side }, shape);
  },
});

/** A list's rows are counted in a dimension of their own; the length is known where the spec fixes it. */
function typeRule(typing: StepTyping): Type {
  const isList = typing.type("texts") !== undefined;
  for (const [argument, belongsTo] of [
    ["pair", !isList],
    ["pairs", isList],
  ] as const) {
    if (typing.type(argument) === undefined || belongsTo) continue;
    const partner = isList ? "texts" : "text";
    const message = `"${argument}" does not go with "${partner}"`;
    return typing.fail(argument, "bad-argument", message, isList ? "give `pairs`, one for each text" : "give `pair`");
  }
  const row: Dim[] = isList ? [null, lengthOf(typing)] : [lengthOf(typing)];
  const tensor = tensorOf("int64", row);
  return recordOf({
    input_ids: tensor,
    attention_mask: tensor,
    token_type_ids: tensor,
    offsets: tensorOf("int64", [...row, 2]),
  });
}

function lengthOf(typing: StepTyping): Dim {
  const maxLength = typing.literal("max_length");
  const multipleOf = typing.literal("pad_to_multiple_of");
  const isFixed = typing.literal("padding") === "max_length" && typing.literal("truncation") !== false;
  if (!isFixed || typeof maxLength !== "number") return null;
  if (typing.type("pad_to_multiple_of") !== undefined && typeof multipleOf !== "number") return null;
  return roundUp(maxLength, typeof multipleOf === "number" ? multipleOf : 1);
}

function inputsOf({ text, texts, pair, pairs }: TokenizeArgs): readonly EncodeInput[] {
  if (text !== undefined) {
    if (pairs !== undefined) throw invalidInput('"text" goes with "pair", not with "pairs".');
    return [{ text, pair }];
  }
  if (pair !== undefined) throw invalidInput('"texts" goes with "pairs", not with "pair".');
  const list = texts ?? [];
  if (pairs !== undefined && pairs.length !== list.length) {
    throw invalidInput(`"texts" has ${list.length} items, "pairs" ${pairs.length}. They must have as many.`);
  }
  return list.map((each, i) => ({ text: each, pair: pairs?.[i] }));
}

function truncationOf(given: TokenizeArgs): Truncation | undefined {
  const { truncation, max_length, texts, tokenizer } = given;
  const section = tokenizer.truncation;
  const isAsked =
    truncation !== undefined || max_length !== undefined || (texts !== undefined && section !== undefined);
  if (truncation === false || !isAsked) return undefined;
  const maxLength = max_length ?? section?.maxLength;
  if (maxLength === undefined) {
    throw invalidInput('"truncation" needs a "max_length": the tokenizer.json names none. Give one.');
  }
  const strategy = truncation ?? (max_length === undefined ? section?.strategy : undefined) ?? "longest_first";
  return { maxLength, strategy, side: given.truncation_side ?? section?.side ?? "right" };
}

function paddedLength(given: TokenizeArgs, lengths: readonly number[]): number {
  const padding = given.padding ?? (given.texts === undefined ? false : "longest");
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (padding === false) {
    if (lengths.every((length) => length === longest)) return longest;
    throw invalidInput('"texts" give rows of unequal lengths, which make no tensor. Leave "padding" out.');
  }
  // A length that the spec fixes is what the type rule promised: the tokenizer.json's multiple does not change it.
  const isFixed = padding === "max_length" && given.max_length !== undefined;
  const multipleOf = given.pad_to_multiple_of ?? (isFixed ? 1 : given.tokenizer.padding.multipleOf) ?? 1;
  return roundUp(padding === "longest" ? longest : Math.max(longest, fixedLength(given)), multipleOf);
}

function fixedLength({ max_length, tokenizer }: TokenizeArgs): number {
  const length = max_length ?? tokenizer.padding.length ?? tokenizer.truncation?.maxLength;
  if (length !== undefined) return length;
  throw invalidInput('"padding: max_length" needs a "max_length": the tokenizer.json names none. Give one.');
}

function roundUp(length: number, multipleOf: number): number {
  return Math.ceil(length / multipleOf) * multipleOf;
}
