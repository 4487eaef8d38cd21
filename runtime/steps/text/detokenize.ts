/** text.detokenize: token ids back to text. */
import { invalidInput } from "../../errors.js";
import { listOf, stringType, type Type, union, unknownType } from "../../types/type.js";
import { isList, isTensor, type Value } from "../../values/value.js";
import { defineStep, type StepTyping } from "../step.js";

export const detokenize = defineStep({
  name: "text.detokenize",
  summary: "Turns token ids back into text.",
  equals: "Hugging Face's tokenizers",
  result: "string | list<string>",
  details: `One list of ids gives a text; a list of lists, or a tensor of two dimensions, gives a list of texts. An id that
the vocabulary lacks stands for nothing. Ids may cut a character in two: broken UTF-8 becomes U+FFFD.`,
  args: {
    ids: { type: "any", description: "Token ids: a tensor of integers, a list of them, or a list of either." },
    tokenizer: { type: "tokenizer", literal: true, description: "The path of a Hugging Face `tokenizer.json`." },
    skip_special_tokens: { type: "boolean", default: true, description: "Whether special tokens are left out." },
  },
  examples: [
    {
      title: "The ids of a sentence.",
      with: { ids: [101, 7592, 2088, 102], tokenizer: "../minilm/tokenizer.json" },
      result: "hello world",
    },
  ],
  typeRule,
  async kernel({ ids, tokenizer, skip_special_tokens }) {
    const rows = rowsOf(ids);
    if (rows !== undefined) return [...(await tokenizer.decode(rows, skip_special_tokens))];
    const [text] = await tokenizer.decode([idsOf(ids)], skip_special_tokens);
    return text;
  },
});

function typeRule(typing: StepTyping): Type {
  const ids = typing.type("ids");
  const texts = listOf(stringType);
  if (ids?.kind === "tensor" && ids.shape !== null) {
    if (ids.shape.length === 1) return stringType;
    if (ids.shape.length === 2) return texts;
    const found = `"ids" is a tensor of ${ids.shape.length} dimensions`;
    return typing.fail("ids", "shape-mismatch", found, "give ids of one text, or a row of ids for each");
  }
  if (ids?.kind === "list") {
    if (ids.item.kind === "integer") return stringType;
    if (ids.item.kind === "list") return texts;
    if (ids.item.kind === "tensor") return ids.item.shape?.length === 0 ? stringType : texts;
    if (ids.item.kind === "unknown" || ids.item.kind === "union") return union([stringType, texts]);
    return typing.fail("ids", "type-mismatch", '"ids" is a list of something else', "give a list of integers");
  }
  return ids?.kind === "unknown" ? unknownType : union([stringType, texts]);
}

/** The rows of a list of lists; undefined where the ids are of one text. */
function rowsOf(ids: Value): readonly (readonly number[])[] | undefined {
  if (isTensor(ids) && ids.shape.length === 2) {
    const [count = 0, length = 0] = ids.shape;
    const all = idsOf(ids);
    return Array.from({ length: count }, (_, row) => all.slice(row * length, (row + 1) * length));
  }
  const isNested = isList(ids) && ids.some((item) => isList(item) || (isTensor(item) && item.shape.length === 1));
  return isNested ? ids.map(idsOf) : undefined;
}

function idsOf(ids: Value): number[] {
  if (isTensor(ids) && ids.shape.length <= 2) return Array.from(ids.data, idOf);
  if (isList(ids)) return ids.map((id) => idOf(isTensor(id) && id.shape.length === 0 ? id.data[0] : id));
  throw invalidInput('"ids" must be a list of integers, or a list of such lists.');
}

function idOf(id: Value | undefined): number {
  const number = typeof id === "bigint" ? Number(id) : id;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number < 2 ** 32) return number;
  throw invalidInput(`"ids" holds ${String(id)}, which is no token's id. Ids are integers from 0.`);
}
