/** Tokenized texts as rows of int64 tensors, padded to one length. */
import { Tensor } from "../../../values/value.js";
import type { EncodedText } from "../../resources/tokenizer.js";
import type { Side } from "../../resources/tokenizer-sections.js";

export interface Padding {
  readonly id: number;
  readonly typeId: number;
  /** Where padding is put. */
  readonly side: Side;
}

/** The tensors of one text of `length` tokens, or of several, where a first dimension counts them. No text may have more tokens. */
export function tokenTensors(rows: readonly EncodedText[], length: number, padding: Padding, shape: readonly number[]) {
  const size = rows.length * length;
  const ids = lowWords(size);
  const mask = lowWords(size);
  const typeIds = lowWords(size);
  const offsets = lowWords(2 * size);
  for (const [r, row] of rows.entries()) {
    const padded = length - row.ids.length;
    const start = r * length + (padding.side === "left" ? padded : 0);
    const padStart = padding.side === "left" ? r * length : start + row.ids.length;
    for (let i = padStart; i < padStart + padded; i++) {
      ids[2 * i] = padding.id;
      typeIds[2 * i] = padding.typeId;
    }
    for (let i = 0; i < row.ids.length; i++) {
      const at = 2 * (start + i);
      const offset = row.offsets[i];
      ids[at] = row.ids[i] ?? 0;
      mask[at] = 1;
      typeIds[at] = row.typeIds[i] ?? 0;
      offsets[2 * at] = offset?.[0] ?? 0;
      offsets[2 * at + 2] = offset?.[1] ?? 0;
    }
  }
  return {
    input_ids: int64(ids, shape),
    attention_mask: int64(mask, shape),
    token_type_ids: int64(typeIds, shape),
    offsets: int64(offsets, [...shape, 2]),
  };
}

/**
 * Memory of int64 numbers as 32-bit words, of which only the low ones (the even) are written: every number here is below
 * 2^32, and making a bigint for each takes ten times as long. Every platform of Node.js is little-endian but s390x,
 * for which no native library of this program is built.
 */
function lowWords(size: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(2 * size);
}

function int64(words: Uint32Array<ArrayBuffer>, shape: readonly number[]): Tensor<"int64"> {
  return new Tensor("int64", shape, new BigInt64Array(words.buffer));
}
