/** text.tokenize, text.detokenize and text.chunk against Hugging Face's tokenizers. */
import { loadTokenizer } from "../../../runtime/steps/resources/tokenizer.js";
import { integerType, listOf, stringType, type Type, tensorOf, unknownType } from "../../../runtime/types/type.js";
import { isRecord, isTensor, type Json, type Value } from "../../../runtime/values/value.js";
import { reference } from "../../support/paths.js";
import { differences, type ReferenceCase, referenceCases } from "../../support/reference.js";
import { refusal } from "../../support/refusal.js";
import { runStep } from "../../support/run-step.js";
import { toJson } from "../../support/step-examples.js";
import { tokenizers } from "../../support/tokenizers.js";
import { typeOf } from "../../support/typing.js";

const load = tokenizers();
const minilm = "../minilm/tokenizer.json";
const bpe = "tokenizers/bpe/tokenizer.json";

/** The references say `truncation: true` where the step says `longest_first`. */
function stepArguments(given: ReferenceCase["arguments"]): ReferenceCase["arguments"] {
  return given["truncation"] === true ? { ...given, truncation: "longest_first" } : given;
}

async function run(each: ReferenceCase): Promise<Value | undefined> {
  const { tokenizer, ...rest } = stepArguments(each.arguments);
  return runStep(each.step, { ...rest, ...each.inputs, tokenizer: await load(String(tokenizer)) });
}

describe.each(["tokenize_minilm", "tokenize_bpe", "tokenize_unigram"])("%s", (file) => {
  const cases = referenceCases(file);
  const refused = cases.filter((each) => "error" in each.expected);

  test(`${cases.length - refused.length} cases are equal`, async () => {
    expect(cases).toHaveLength(285);
    const wrong: string[] = [];
    for (const each of cases.filter((one) => !refused.includes(one))) {
      const { offsets_utf16: _, ...expected } = each.expected;
      const actual = toJson((await run(each)) ?? null) as { readonly [name: string]: Json };
      // The references of lists leave the offsets out.
      const compared = "offsets" in expected ? actual : { ...actual, offsets: undefined };
      if (JSON.stringify(sorted(compared)) !== JSON.stringify(sorted(expected))) wrong.push(each.name);
    }
    expect(wrong).toEqual([]);
  });

  test(`${refused.length} cases are refused`, async () => {
    for (const each of refused) expect(await refusal(run(each))).toContain("too few to take away");
  });
});

function sorted(record: { readonly [name: string]: Json | undefined }): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test("detokenize: 204 cases are equal", async () => {
  const cases = referenceCases("detokenize");
  expect(cases).toHaveLength(204);
  for (const each of cases) expect([each.name, await run(each)]).toEqual([each.name, each.expected["text"]]);
});

test("chunk: 30 cases are equal", async () => {
  const cases = referenceCases("chunk");
  expect(cases).toHaveLength(30);
  for (const each of cases) {
    const chunks = each.expected["chunks"] as readonly { readonly [name: string]: Json }[];
    const expected = chunks.map(({ text, start, end }) => ({
      text: text ?? null,
      start: start ?? null,
      end: end ?? null,
    }));
    expect(differences(await run(each), expected, 0, each.name)).toEqual([]);
  }
});

describe("text.tokenize", () => {
  async function tokenize(
    path: string,
    args: { readonly [name: string]: Json },
  ): Promise<{ readonly [name: string]: Json }> {
    return toJson((await runStep("text.tokenize", { ...args, tokenizer: await load(path) })) ?? null) as {
      readonly [name: string]: Json;
    };
  }
  const words = (count: number) => "hello ".repeat(count).trim();
  const lengthOf = (json: Json | undefined) => (json as readonly Json[]).length;

  test("the tokenizer.json's sections do not cut or pad a single text", async () => {
    expect(lengthOf((await tokenize(minilm, { text: words(200) }))["input_ids"])).toBe(202);
    expect(lengthOf((await tokenize(minilm, { text: "hello" }))["input_ids"])).toBe(3);
  });

  test("they are the default of a list's greatest length, of a truncation without a length and of padding to a length", async () => {
    const { input_ids: list } = await tokenize(minilm, { texts: [words(200), "hello"] });
    expect((list as readonly Json[]).map(lengthOf)).toEqual([128, 128]);
    expect(lengthOf((await tokenize(minilm, { text: words(200), truncation: "longest_first" }))["input_ids"])).toBe(
      128,
    );
    expect(lengthOf((await tokenize(minilm, { text: "hello", padding: "max_length" }))["input_ids"])).toBe(128);
    expect(lengthOf((await tokenize(minilm, { texts: [words(200)], truncation: false }))["attention_mask"])).toBe(1);
  });

  test("max_length cuts unless truncation is false", async () => {
    expect(lengthOf((await tokenize(bpe, { text: words(20), max_length: 8 }))["input_ids"])).toBe(8);
    expect(lengthOf((await tokenize(minilm, { text: words(20), max_length: 8, truncation: false }))["input_ids"])).toBe(
      22,
    );
  });

  test("no texts give tensors without rows", async () => {
    const result = await runStep("text.tokenize", { texts: [], tokenizer: await load(minilm) });
    expect(isRecord(result) && isTensor(result["offsets"]) ? result["offsets"].shape : result).toEqual([0, 0, 2]);
  });

  test("pairs are padded on the left where the step says so", async () => {
    const result = await tokenize(minilm, {
      texts: ["hello", "hello"],
      pairs: ["world", "world world"],
      padding_side: "left",
    });
    expect(result).toEqual({
      input_ids: [
        [0, 101, 7592, 102, 2088, 102],
        [101, 7592, 102, 2088, 2088, 102],
      ],
      attention_mask: [
        [0, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1],
      ],
      token_type_ids: [
        [0, 0, 0, 0, 1, 1],
        [0, 0, 0, 1, 1, 1],
      ],
      offsets: [
        [
          [0, 0],
          [0, 0],
          [0, 5],
          [0, 0],
          [0, 5],
          [0, 0],
        ],
        [
          [0, 0],
          [0, 5],
          [0, 0],
          [0, 5],
          [6, 11],
          [0, 0],
        ],
      ],
    });
  });

  test("lone surrogates and NUL do no harm, and offsets count code points", async () => {
    expect((await tokenize(minilm, { text: "\ud800a" }))["offsets"]).toEqual([
      [0, 0],
      [1, 2],
      [0, 0],
    ]);
    expect((await tokenize(minilm, { text: "😀 a\0b" }))["offsets"]).toEqual([
      [0, 0],
      [0, 1],
      [2, 5],
      [0, 0],
    ]);
  });

  test("what cannot be is refused", async () => {
    const refuse = (path: string, args: { readonly [name: string]: Json }) => refusal(tokenize(path, args));
    expect(await refuse(minilm, { text: words(9), max_length: 1 })).toBe(
      '"max_length" is 1, but the special tokens alone are 2. Give at least that many.',
    );
    expect(await refuse(bpe, { text: "a", truncation: "only_first" })).toContain('needs a "max_length"');
    expect(await refuse(bpe, { text: "a", padding: "max_length" })).toContain('needs a "max_length"');
    expect(await refuse(minilm, { texts: ["a", "a b"], padding: false })).toContain("unequal lengths");
    expect(await refuse(minilm, { texts: ["a"], pairs: ["a", "b"] })).toContain('"texts" has 1 items, "pairs" 2');
    expect(await refuse(minilm, { texts: ["a"], pair: "b" })).toContain('"texts" goes with "pairs"');
    expect(await refuse(minilm, { text: "a", texts: ["a"] })).toContain("exactly one of");
    expect(await refuse(bpe, { texts: [words(20_000), ...Array<string>(2000).fill("a")] })).toContain("are too many");
  });

  test("concurrent calls with different lengths do not disturb one another", async () => {
    const lengths = Array.from({ length: 50 }, (_, i) => i + 2);
    const results = await Promise.all(lengths.map((max_length) => tokenize(minilm, { text: words(100), max_length })));
    expect(results.map((result) => lengthOf(result["input_ids"]))).toEqual(lengths);
  });

  test("its type follows from the arguments", () => {
    const tokenizer = { literal: minilm };
    const int64 = (shape: string, offsets: string) =>
      `{ input_ids: int64[${shape}], attention_mask: int64[${shape}], token_type_ids: int64[${shape}], offsets: int64[${offsets}] }`;
    const text = stringType;
    const texts = listOf(stringType);
    const fixed = { padding: { literal: "max_length" }, max_length: { literal: 100 } };
    expect(typeOf("text.tokenize", { text, tokenizer })).toBe(int64("?", "?, 2"));
    expect(typeOf("text.tokenize", { texts, tokenizer })).toBe(int64("?, ?", "?, ?, 2"));
    expect(typeOf("text.tokenize", { texts, tokenizer, ...fixed })).toBe(int64("?, 100", "?, 100, 2"));
    const multiple = { ...fixed, pad_to_multiple_of: { literal: 8 } };
    expect(typeOf("text.tokenize", { text, tokenizer, ...multiple })).toBe(int64("104", "104, 2"));
    expect(typeOf("text.tokenize", { texts, pair: text, tokenizer })).toBe(
      'bad-argument at "pair": "pair" does not go with "texts"',
    );
  });
});

describe("text.detokenize", () => {
  test("takes tensors and lists, of one text or of many", async () => {
    const tokenizer = await load(minilm);
    const detokenize = (ids: Value) => runStep("text.detokenize", { ids, tokenizer });
    const tokens = await runStep("text.tokenize", { texts: ["hello world", "hello"], tokenizer });
    expect(await detokenize(isRecord(tokens) ? (tokens["input_ids"] ?? null) : null)).toEqual(["hello world", "hello"]);
    expect(await detokenize([[7592], [2088, 7592]])).toEqual(["hello", "world hello"]);
    expect(await detokenize([])).toBe("");
    expect(await refusal(detokenize([1.5]))).toBe('"ids" holds 1.5, which is no token\'s id. Ids are integers from 0.');
    expect(await refusal(detokenize("abc"))).toContain("must be a list of integers");
  });

  test("its type follows from the ids", () => {
    const typeFor = (type: Type) => typeOf("text.detokenize", { ids: type });
    expect(typeFor(tensorOf("int64", ["n"]))).toBe("string");
    expect(typeFor(tensorOf("int64", ["n", null]))).toBe("list<string>");
    expect(typeFor(listOf(integerType))).toBe("string");
    expect(typeFor(unknownType)).toBe("unknown");
    expect(typeFor(tensorOf("int64", [1, 2, 3]))).toContain('shape-mismatch at "ids"');
  });
});

test("text.chunk refuses an overlap that leaves no room", async () => {
  const tokenizer = await load(minilm);
  expect(await refusal(runStep("text.chunk", { text: "a b", tokenizer, max_tokens: 4, overlap: 2 }))).toBe(
    '"max_tokens" is 4, of which 2 are special, and "overlap" 2: a chunk must have room for more than the overlap. Raise "max_tokens".',
  );
});

describe("loading a tokenizer", () => {
  test.each([
    ["missing.json", 'The tokenizer "missing.json" cannot be read; it must be a Hugging Face tokenizer.json.'],
    ["fixtures/text.png", 'The tokenizer "text.png" is no JSON object; it must be a Hugging Face tokenizer.json.'],
    ["params.json", 'The tokenizer "params.json" cannot be used: '],
  ])("%s is refused", async (path, message) => {
    await expect(loadTokenizer(reference(`steps/${path}`))).rejects.toThrow(message);
  });
});
