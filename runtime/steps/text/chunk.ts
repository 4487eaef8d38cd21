/** text.chunk: a long text in parts of so many tokens, which may overlap. */
import { invalidInput } from "../../errors.js";
import { integerType, listOf, recordOf, stringType } from "../../types/type.js";
import type { EncodedText } from "../resources/tokenizer.js";
import { defineStep } from "../step.js";
import { codePoints } from "./support/code-points.js";

export const chunk = defineStep({
  name: "text.chunk",
  summary: "Cuts a text into parts of at most so many tokens.",
  equals: "Hugging Face tokenizers' truncation with a stride",
  result: "list<{ text: string, start: integer, end: integer }>",
  details: `Each chunk is a piece of the text as it is written, from the first to the last of its tokens; \`start\` and \`end\`
count Unicode code points. Neighbours share \`overlap\` tokens. With \`add_special_tokens\` the tokens that the model puts around
a text are counted, so that a chunk fits when it is tokenized. A text without tokens gives one empty chunk.

\`each: $chunks\` runs a step for every chunk; \`$item.text\` is its text.`,
  args: {
    text: { type: "string", description: "The text." },
    tokenizer: { type: "tokenizer", literal: true, description: "The path of a Hugging Face `tokenizer.json`." },
    max_tokens: { type: "integer", minimum: 1, description: "The greatest number of tokens in a chunk." },
    overlap: { type: "integer", minimum: 0, default: 0, description: "How many tokens neighbours share." },
    add_special_tokens: {
      type: "boolean",
      default: true,
      description: "Whether the model's special tokens are counted.",
    },
  },
  examples: [
    {
      title: "Chunks of two words, one of them shared.",
      with: {
        text: "one two three",
        tokenizer: "../minilm/tokenizer.json",
        max_tokens: 2,
        overlap: 1,
        add_special_tokens: false,
      },
      result: [
        { text: "one two", start: 0, end: 7 },
        { text: "two three", start: 4, end: 13 },
      ],
    },
  ],
  typeRule: () => listOf(recordOf({ text: stringType, start: integerType, end: integerType })),
  async kernel({ text, tokenizer, max_tokens, overlap, add_special_tokens }) {
    const [encoded] = await tokenizer.encode([{ text }], add_special_tokens);
    if (encoded === undefined) return [];
    const offsets = offsetsOfText(encoded);
    const room = roomFor(max_tokens, encoded.ids.length - offsets.length, overlap);
    const points = codePoints(text);
    return windows(offsets.length, room, overlap).map(([from, to]) => {
      const start = offsets[from]?.[0] ?? 0;
      const end = offsets[to - 1]?.[1] ?? 0;
      return { text: points.slice(start, end), start, end };
    });
  },
});

function offsetsOfText({ offsets, sequences }: EncodedText): readonly (readonly number[])[] {
  return offsets.filter((_, i) => sequences[i] !== null);
}

function roomFor(maxTokens: number, special: number, overlap: number): number {
  const room = maxTokens - special;
  if (room > overlap) return room;
  const counted = special === 0 ? "" : `, of which ${special} are special,`;
  throw invalidInput(
    `"max_tokens" is ${maxTokens}${counted} and "overlap" ${overlap}: a chunk must have room for more than the overlap. Raise "max_tokens".`,
  );
}

/** Windows of `size` over `count` tokens, each beginning `size - overlap` after the last; the last one ends the text. */
function windows(count: number, size: number, overlap: number): readonly (readonly [number, number])[] {
  const found: [number, number][] = [[0, Math.min(size, count)]];
  for (let start = size - overlap; start + overlap < count; start += size - overlap) {
    found.push([start, Math.min(start + size, count)]);
  }
  return found;
}
