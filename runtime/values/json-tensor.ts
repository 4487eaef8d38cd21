/**
 * Tensors read straight from the bytes of a JSON text. Whatever is unusual is given up, not reported: `JSON.parse` and
 * `tensorFromNested`, whose results these are in every bit, know what to say of it.
 */
import { allocate, type DTypeKind, dtypes, type NumericData, type NumericDType } from "./dtype.js";
import { toFloat16 } from "./float16.js";
import { type Cursor, NumberReader } from "./number-reader.js";
import { Tensor } from "./value.js";

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
  const data = shape === undefined ? undefined : fromDoubles(dtype, reader.numbers.list());
  return shape === undefined || data === undefined ? undefined : new Tensor(dtype, shape, data);
}

class TensorReader {
  /** The elements, as doubles whatever their type: converting them costs next to nothing. */
  readonly numbers: NumberReader;
  /** As the first list of each depth has it, where it is not known before. */
  private readonly shape: (number | null)[];

  constructor(
    private readonly cursor: Cursor,
    private readonly dtype: NumericDType,
    sizes: readonly (number | null)[],
  ) {
    this.shape = [...sizes];
    this.numbers = new NumberReader(cursor, dtype);
  }

  read(): readonly number[] | undefined {
    const { cursor, shape } = this;
    nextByte(cursor);
    const isRead = shape.length === 0 ? this.readElement() : this.readList(0);
    return isRead ? shape.map(Number) : undefined;
  }

  /** A list whose bracket is the next byte. */
  private readList(axis: number): boolean {
    const { cursor, shape } = this;
    if (cursor.bytes[cursor.at] !== open) return false;
    cursor.at++;
    const length = axis === shape.length - 1 ? this.readElements() : this.readLists(axis + 1);
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

  /** Elements likewise. */
  private readElements(): number {
    const { cursor, numbers } = this;
    const before = numbers.length;
    while (!numbers.readMany()) {
      if (!this.readElement()) return 0;
      if (nextByte(cursor) !== comma) break;
      cursor.at++;
    }
    return numbers.length - before;
  }

  /** A number or a word. */
  private readElement(): boolean {
    const { cursor, numbers } = this;
    const value = numbers.readOne() ?? readWord(cursor, words[dtypes[this.dtype].kind]);
    if (value !== undefined) numbers.push(value);
    return value !== undefined;
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

function readWord(cursor: Cursor, among: readonly Word[]): number | undefined {
  const word = among.find(({ text }) => standsAt(cursor.bytes, cursor.at, text));
  if (word !== undefined) cursor.at += word.text.length;
  return word?.value;
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
  if (dtype === "float64") return doubles.slice();
  const data: NumericData = allocate(dtype, doubles.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (let i = 0; i < doubles.length; i++) data[i] = BigInt(doubles[i] ?? 0);
  else if (dtype === "float16") for (let i = 0; i < doubles.length; i++) data[i] = toFloat16(doubles[i] ?? 0);
  else data.set(doubles);
  return data;
}
