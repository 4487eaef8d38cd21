/**
 * Numbers of a JSON text, read straight from its bytes. WebAssembly (`assembly/decimals.ts`) reads them, from a copy of the part of the
 * text that it has room for. Its memory is shared: one text at a time is read, and what was read is taken before the next.
 */
import { wasm } from "./decimals-wasm.js";
import type { NumericDType } from "./dtype.js";
import { ranges } from "./ranges.js";

/** A position in a text. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** What `assembly/decimals.ts` exports; addresses are in bytes. */
interface Decimals {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly text: Constant;
  readonly textSize: Constant;
  readonly doubles: Constant;
  readonly capacity: Constant;
  readonly count: Constant;
  readonly powers: Constant;
  readonly inversePowers: Constant;
  readonly mostPower: Constant;
  readNumbers(at: number, isFloat32: boolean, lowest: number, highest: number): number;
  numberEnd(at: number): number;
}

interface Constant {
  readonly value: number;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Decimals };
};

const { exports: decimals } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm, "base64")));
const { buffer } = decimals.memory;
const textAddress = decimals.text.value;
const textSize = decimals.textSize.value;
const bytesOfMemory = new Uint8Array(buffer);
const doubles = new Float64Array(buffer, decimals.doubles.value, decimals.capacity.value);
const count = new Int32Array(buffer, decimals.count.value, 1);

const powers = new Float64Array(buffer, decimals.powers.value);
const inversePowers = new Float64Array(buffer, decimals.inversePowers.value);
for (let power = 0; power <= decimals.mostPower.value; power++) {
  powers[power] = Number(`1e${power}`);
  inversePowers[power] = Number(`1e-${power}`);
}

const comma = 0x2c;
const nothing = new Float64Array(0);

/** Reads numbers at a cursor, and puts them into one list of doubles; for `float32` only `Math.fround` of these has a meaning. */
export class NumberReader {
  private readonly isFloat32: boolean;
  private readonly lowest: number;
  private readonly highest: number;
  /** What the part of the text begins and ends before that has been copied. */
  private from = 0;
  private to = 0;
  /** What there was no room for. */
  private taken = nothing;
  private takenLength = 0;

  constructor(
    private readonly cursor: Cursor,
    dtype: NumericDType,
  ) {
    const { lowest, highest } = ranges[dtype];
    this.isFloat32 = dtype === "float32";
    this.lowest = lowest;
    this.highest = highest;
    count[0] = 0;
  }

  /** How many are in the list. */
  get length(): number {
    return this.takenLength + (count[0] ?? 0);
  }

  /**
   * Reads numbers with commas between them. True: the cursor is behind the last, and no comma follows. False: it is at an element
   * that is no number, not in the type's range, or one for `readOne`.
   */
  readMany(): boolean {
    const { cursor, isFloat32, lowest, highest } = this;
    for (;;) {
      if (cursor.at >= this.to && !this.copyText()) return false;
      const origin = textAddress - this.from;
      const stop = decimals.readNumbers(origin + cursor.at, isFloat32, lowest, highest);
      cursor.at = Math.abs(stop) - origin;
      if (stop > 0) return true;
      if (count[0] === doubles.length) this.take();
      else if (cursor.at < this.to) return false;
    }
  }

  /** The number at the cursor, which moves behind it; undefined where none is, or none in the type's range. */
  readOne(): number | undefined {
    const { cursor, lowest, highest } = this;
    if (cursor.at >= this.to && !this.copyText()) return undefined;
    const origin = textAddress - this.from;
    const end = decimals.numberEnd(origin + cursor.at) - origin;
    if (end === cursor.at) return undefined;
    const value = Number(cursor.bytes.toString("latin1", cursor.at, end));
    if (value < lowest || value > highest) return undefined;
    cursor.at = end;
    return value;
  }

  /** Adds to the list what was read by other means. */
  push(value: number): void {
    if (count[0] === doubles.length) this.take();
    doubles[count[0] ?? 0] = value;
    count[0] = (count[0] ?? 0) + 1;
  }

  /** The list; only until the next number is read. */
  list(): Float64Array {
    if (this.takenLength === 0) return doubles.subarray(0, count[0]);
    this.take();
    return this.taken.subarray(0, this.takenLength);
  }

  private take(): void {
    const read = doubles.subarray(0, count[0]);
    if (this.length > this.taken.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.taken);
      this.taken = larger;
    }
    this.taken.set(read, this.takenLength);
    this.takenLength += read.length;
    count[0] = 0;
  }

  /** Copies what follows the cursor, up to a comma where not all of it has room; false where nothing follows. */
  private copyText(): boolean {
    const { bytes, at } = this.cursor;
    const end = at + textSize;
    this.from = at;
    this.to = end < bytes.length ? bytes.lastIndexOf(comma, end - 1) + 1 : bytes.length;
    if (this.to <= at) return false;
    bytes.copy(bytesOfMemory, textAddress, at, this.to);
    bytesOfMemory[textAddress + this.to - at] = 0;
    return true;
  }
}
