/**
 * Tensors read straight from the bytes of a JSON text. Whatever is unusual is given up, not reported: `JSON.parse` and
 * `tensorFromNested`, whose results these are in every bit, know what to say of it.
 */
import { DecimalReader } from "./decimal.js";
import { allocate, type DTypeKind, dtypes, type NumericData, type NumericDType } from "./dtype.js";
import { toFloat16 } from "./float16.js";
import { ranges } from "./ranges.js";
import { Tensor } from "./value.js";

/** A position in a text. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

const open = 0x5b;
const close = 0x5d;
const comma = 0x2c;

/** Moves to the next byte that is no white space, and gives it; 0 at the end of the text. */
export function nextByte(cursor: Cursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at] ?? 0;
  while (isSpace(byte)) byte = bytes[++cursor.at] ?? 0;
  return byte;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * The tensor at the cursor, which moves behind it. `sizes` has a dimension's size, or null where any will do. Undefined
 * where something else stands, lists are empty or of unequal lengths, or an element is none that the type takes as a number
 * or a word.
 */
export function readTensor(cursor: Cursor, dtype: NumericDType, sizes: readonly (number | null)[]): Tensor | undefined {
  const reader = new TensorReader(cursor, dtype, sizes);
  const shape = reader.read();
  const data = shape === undefined ? undefined : fromDoubles(dtype, reader.doubles());
  return shape === undefined || data === undefined ? undefined : new Tensor(dtype, shape, data);
}

/** Where tensors are read that fit, before they are copied into a list of their type: one less to make and to collect. */
const scratch = new Float64Array(2 ** 13);

/** Reads elements as doubles, whatever their type: one loop is compiled for all, and converting them costs next to nothing. */
class TensorReader {
  /** As the first list of each depth has it, where it is not known before. */
  private readonly shape: (number | null)[];
  private readonly decimals: DecimalReader;
  private elements: Float64Array;
  private length = 0;

  constructor(
    private readonly cursor: Cursor,
    private readonly dtype: NumericDType,
    sizes: readonly (number | null)[],
  ) {
    this.shape = [...sizes];
    this.decimals = new DecimalReader(cursor.bytes, dtype === "float32");
    const known = sizes.reduce<number>((size, dim) => size * (dim ?? 1), 1);
    // An element and what follows it take two bytes: no more memory than the text can fill, whatever the type says.
    const size = Math.min(known, Math.ceil((cursor.bytes.length - cursor.at) / 2));
    this.elements = size <= scratch.length ? scratch : new Float64Array(size);
  }

  read(): readonly number[] | undefined {
    const { cursor, shape } = this;
    nextByte(cursor);
    const isRead = shape.length === 0 ? this.readElements(false) === 1 : this.readList(0);
    return isRead ? shape.map(Number) : undefined;
  }

  /** Only until the next tensor is read. */
  doubles(): Float64Array {
    const { elements, length } = this;
    return elements.length === length ? elements : elements.subarray(0, length);
  }

  /** A list whose bracket is the next byte. */
  private readList(axis: number): boolean {
    const { cursor, shape } = this;
    if (cursor.bytes[cursor.at] !== open) return false;
    cursor.at++;
    const length = axis === shape.length - 1 ? this.readElements(true) : this.readLists(axis + 1);
    if (length === 0 || cursor.bytes[cursor.at] !== close) return false;
    cursor.at++;
    shape[axis] ??= length;
    return shape[axis] === length;
  }

  /** Lists with commas between them: how many, and the next byte is the one behind them; 0 where one cannot be read. */
  private readLists(axis: number): number {
    const { cursor } = this;
    for (let length = 1; ; length++) {
      nextByte(cursor);
      if (!this.readList(axis)) return 0;
      if (nextByte(cursor) !== comma) return length;
      cursor.at++;
    }
  }

  /** Elements likewise; only the first where they are not `many`. */
  private readElements(many: boolean): number {
    const { cursor, decimals, dtype } = this;
    const { bytes } = cursor;
    const { lowest, highest } = ranges[dtype];
    let { at } = cursor;
    for (let length = 1; ; length++) {
      while (isSpace(bytes[at] ?? 0)) at++;
      if (this.length === this.elements.length) this.grow();
      const { elements } = this;
      const index = this.length++;
      const end = decimals.read(at, elements, index);
      const value = elements[index] ?? 0;
      if (end !== -1 && value >= lowest && value <= highest) at = end;
      else {
        const word = wordAt(bytes, at, words[dtypes[dtype].kind]);
        if (word === undefined) return 0;
        elements[index] = word.value;
        at += word.text.length;
      }
      while (isSpace(bytes[at] ?? 0)) at++;
      if (!many || bytes[at] !== comma) {
        cursor.at = at;
        return length;
      }
      at++;
    }
  }

  private grow(): void {
    const { elements } = this;
    this.elements = new Float64Array(2 * elements.length);
    this.elements.set(elements);
  }
}

interface Word {
  readonly text: string;
  readonly value: number;
}

/** What stands for an element and is no number. */
const words: { readonly [K in DTypeKind]: readonly Word[] } = {
  float: [
    { text: '"NaN"', value: Number.NaN },
    { text: '"Infinity"', value: Number.POSITIVE_INFINITY },
    { text: '"-Infinity"', value: Number.NEGATIVE_INFINITY },
  ],
  bool: [
    { text: "true", value: 1 },
    { text: "false", value: 0 },
  ],
  int: [],
  uint: [],
  string: [],
};

function wordAt(bytes: Buffer, at: number, among: readonly Word[]): Word | undefined {
  for (const word of among) if (standsAt(bytes, at, word.text)) return word;
  return undefined;
}

/** Whether a text of ASCII stands at a position. */
export function standsAt(bytes: Buffer, at: number, text: string): boolean {
  for (let offset = 0; offset < text.length; offset++) if (bytes[at + offset] !== text.charCodeAt(offset)) return false;
  return true;
}

/** Elements of their type; undefined where one of integers is none. */
function fromDoubles(dtype: NumericDType, doubles: Float64Array): NumericData | undefined {
  const { kind } = dtypes[dtype];
  if (kind === "int" || kind === "uint") for (const value of doubles) if (!Number.isInteger(value)) return undefined;
  if (dtype === "float64") return doubles.buffer === scratch.buffer ? doubles.slice() : doubles;
  const data: NumericData = allocate(dtype, doubles.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (let i = 0; i < doubles.length; i++) data[i] = BigInt(doubles[i] ?? 0);
  else if (dtype === "float16") for (let i = 0; i < doubles.length; i++) data[i] = toFloat16(doubles[i] ?? 0);
  else data.set(doubles);
  return data;
}
