/**
 * Cuts tokenized texts to a greatest length as the Rust library does
 * (https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/utils/truncation.rs): the tokens around the texts
 * stay, and a pair is shortened by the strategy.
 */
import { invalidInput } from "../../../errors.js";
import type { EncodedText } from "../../resources/tokenizer.js";
import type { Side, TruncationStrategy } from "../../resources/tokenizer-sections.js";

export interface Truncation {
  readonly maxLength: number;
  readonly strategy: TruncationStrategy;
  /** Where tokens are taken away. */
  readonly side: Side;
}

/** The encoding with at most `maxLength` tokens. Refused where the strategy cannot reach that. */
export function truncate(encoded: EncodedText, truncation: Truncation): EncodedText {
  const { maxLength, side } = truncation;
  if (encoded.ids.length <= maxLength) return encoded;
  const lengths: Lengths = [countOf(encoded, 0), countOf(encoded, 1)];
  const room = maxLength - (encoded.ids.length - lengths[0] - lengths[1]);
  if (room < 0) {
    throw invalidInput(
      `"max_length" is ${maxLength}, but the special tokens alone are ${maxLength - room}. Give at least that many.`,
    );
  }
  return keep(encoded, lengths, lengthsFor(lengths, room, truncation.strategy), side);
}

/** Tokens of the first and of the second text. */
type Lengths = readonly [number, number];

function countOf(encoded: EncodedText, sequence: 0 | 1): number {
  return encoded.sequences.reduce<number>((count, each) => (each === sequence ? count + 1 : count), 0);
}

function lengthsFor(lengths: Lengths, room: number, strategy: TruncationStrategy): Lengths {
  if (room === 0) return [0, 0];
  const [first, second] = lengths;
  const excess = first + second - room;
  switch (strategy) {
    case "longest_first":
      return second === 0 ? [room, 0] : longestFirst(lengths, room);
    case "only_first":
      return [shortened(first, excess, "text"), second];
    case "only_second":
      return [first, shortened(second, excess, "pair")];
  }
}

/**
 * Only the longer one is cut if that is enough; else both get half of the room, the longer one the odd token. (The
 * library's 0.23 gives it to the second where both alone are longer than `maxLength`; 0.22 and transformers do not.)
 */
function longestFirst([first, second]: Lengths, room: number): Lengths {
  const shorter = Math.min(first, second);
  const [short, long] = 2 * shorter > room ? [Math.floor(room / 2), Math.ceil(room / 2)] : [shorter, room - shorter];
  return first > second ? [long, short] : [short, long];
}

function shortened(length: number, excess: number, which: string): number {
  if (length > excess) return length - excess;
  throw invalidInput(
    `"${which}" has ${length} tokens, too few to take away ${excess} of them. Raise "max_length", or truncate "longest_first".`,
  );
}

/** Drops tokens of each text on one side until as many are left as `kept` says. */
function keep(encoded: EncodedText, lengths: Lengths, kept: Lengths, side: Side): EncodedText {
  const seen = [0, 0];
  const selected: number[] = [];
  for (const [i, sequence] of encoded.sequences.entries()) {
    if (sequence === null) {
      selected.push(i);
      continue;
    }
    const position = (seen[sequence] ?? 0) + (side === "left" ? kept[sequence] - lengths[sequence] : 0);
    seen[sequence] = (seen[sequence] ?? 0) + 1;
    if (position >= 0 && position < kept[sequence]) selected.push(i);
  }
  const pick = <T>(items: readonly T[]): readonly T[] => selected.map((i) => items[i] as T);
  return {
    ids: pick(encoded.ids),
    typeIds: pick(encoded.typeIds),
    sequences: pick(encoded.sequences),
    offsets: pick(encoded.offsets),
  };
}
