/** What a tokenizer.json says about cutting and padding: defaults for a step that is not told otherwise. */

export type Side = "left" | "right";
export type TruncationStrategy = "longest_first" | "only_first" | "only_second";

export interface TokenizerSections {
  /** Present where the file has a truncation section. */
  readonly truncation?: TruncationSection;
  readonly padding: PaddingSection;
}

export interface TruncationSection {
  readonly maxLength: number;
  readonly strategy: TruncationStrategy;
  readonly side: Side;
}

export interface PaddingSection {
  readonly id: number;
  readonly typeId: number;
  readonly side: Side;
  /** Where the file pads to a fixed length. */
  readonly length?: number;
  readonly multipleOf?: number;
}

type JsonObject = { readonly [key: string]: unknown };

/** Reads the sections of a parsed tokenizer.json. The padding token is the section's, or an added token known as one. */
export function readSections(file: JsonObject): TokenizerSections {
  const padding = readPadding(objectAt(file, "padding") ?? {}, knownPadId(file["added_tokens"]));
  const truncation = objectAt(file, "truncation");
  return truncation === undefined ? { padding } : { padding, truncation: readTruncation(truncation) };
}

function readTruncation(section: JsonObject): TruncationSection {
  const strategies = { OnlyFirst: "only_first", OnlySecond: "only_second" } as const;
  const { strategy } = section;
  return {
    maxLength: integerAt(section, "max_length") ?? 512,
    strategy: strategy === "OnlyFirst" || strategy === "OnlySecond" ? strategies[strategy] : "longest_first",
    side: section["direction"] === "Left" ? "left" : "right",
  };
}

function readPadding(section: JsonObject, knownId: number): PaddingSection {
  const length = integerAt(objectAt(section, "strategy") ?? {}, "Fixed");
  const multipleOf = integerAt(section, "pad_to_multiple_of");
  return {
    id: integerAt(section, "pad_id") ?? knownId,
    typeId: integerAt(section, "pad_type_id") ?? 0,
    side: section["direction"] === "Left" ? "left" : "right",
    ...(length === undefined ? {} : { length }),
    ...(multipleOf === undefined ? {} : { multipleOf }),
  };
}

const padTokens = ["[PAD]", "<pad>", "<|pad|>", "<PAD>", "[pad]", "<|finetune_right_pad_id|>", "<|endoftext|>"];

/** The id of the first token that is known to pad; 0 where there is none, since the attention mask hides it. */
function knownPadId(addedTokens: unknown): number {
  const tokens: readonly unknown[] = Array.isArray(addedTokens) ? addedTokens : [];
  for (const content of padTokens) {
    const token = tokens.filter(isObject).find((each) => each["content"] === content);
    const id = token === undefined ? undefined : integerAt(token, "id");
    if (id !== undefined) return id;
  }
  return 0;
}

function objectAt(object: JsonObject, key: string): JsonObject | undefined {
  const value = object[key];
  return isObject(value) ? value : undefined;
}

function integerAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
