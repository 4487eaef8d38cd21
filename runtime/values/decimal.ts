/**
 * JSON's numbers read straight from bytes. A number of up to 15 digits takes one multiplication or division of exact
 * doubles (Clinger, "How to read floating point numbers accurately", 1990); others are left to `Number`, but where only a
 * float32 is wanted and it does not matter which of the doubles near by they are.
 */

/** Below it every integer is a double. A mantissa that is not below it takes no further digits. */
const exactIntegers = 2 ** 53;
/** Powers of ten that a double holds exactly. */
const exactPower = 22;
/** With powers between these, all products are normal doubles. */
const mostPower = 270;
const powers = Float64Array.from({ length: mostPower + 1 }, (_, power) => Number(`1e${power}`));
const inversePowers = Float64Array.from({ length: mostPower + 1 }, (_, power) => Number(`1e-${power}`));
/** More than a mantissa of too many digits, a power and their product are off by. */
const relativeError = 4e-15;

const zero = 0x30;
const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const lowerE = 0x65;

/** Reads numbers from a text, as doubles, or as doubles that round to the right float32. */
export class DecimalReader {
  /** Where the number that was read last ends; −1 where it is none. */
  private end = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly isFloat32: boolean,
  ) {}

  /**
   * Puts the number that begins at a position into a list: a double that is returned would be an object each. Gives where
   * the number ends, and −1 where none begins. With `isFloat32` only `Math.fround` of it has a meaning.
   */
  read(from: number, into: Float64Array, index: number): number {
    const { bytes } = this;
    const isNegative = bytes[from] === minus;
    let at = isNegative ? from + 1 : from;
    let mantissa = 0;
    let power = 0;
    let digit = (bytes[at] ?? 0) - zero;
    if (digit >>> 0 > 9) return -1;
    const isZero = digit === 0;
    do {
      if (mantissa < exactIntegers) mantissa = mantissa * 10 + digit;
      else power++;
      digit = (bytes[++at] ?? 0) - zero;
    } while (digit >>> 0 <= 9 && !isZero);
    if (digit === point - zero) {
      const fraction = ++at;
      for (const last = bytes.length - 4; at <= last; at += 4) {
        const four = fourBytes(bytes, at);
        const plus6 = four + 0x06060606;
        if ((four & plus6 & tops) !== zeros || ((four | plus6) & tops) !== zeros) break;
        if (mantissa >= exactIntegers) continue;
        mantissa = mantissa * 1e4 + fourDigits(four);
        power -= 4;
      }
      for (digit = (bytes[at] ?? 0) - zero; digit >>> 0 <= 9; digit = (bytes[++at] ?? 0) - zero) {
        if (mantissa >= exactIntegers) continue;
        mantissa = mantissa * 10 + digit;
        power--;
      }
      if (at === fraction) return -1;
    } else if (digit >>> 0 <= 9) return -1;
    this.end = at;
    if (((digit + zero) | 0x20) === lowerE) {
      power += this.readExponent(at + 1);
      if (this.end === -1) return -1;
    }
    let size: number;
    if (mantissa < exactIntegers && power >= -exactPower && power <= exactPower)
      size = power > 0 ? mantissa * (powers[power] ?? 1) : mantissa / (powers[-power] ?? 1);
    else {
      // Too many digits, or too large a power.
      size = mantissa * ((power < 0 ? inversePowers[-power] : powers[power]) ?? Number.NaN);
      const error = size * relativeError;
      if (!this.isFloat32 || Math.fround(size - error) !== Math.fround(size + error)) size = this.readSlowly(from);
    }
    into[index] = isNegative ? -size : size;
    return this.end;
  }

  private readSlowly(from: number): number {
    return Math.abs(Number(this.bytes.toString("latin1", from, this.end)));
  }

  /** Moves the end behind it; to −1 where no exponent stands. */
  private readExponent(from: number): number {
    const { bytes } = this;
    const isDown = bytes[from] === minus;
    const first = isDown || bytes[from] === plus ? from + 1 : from;
    let at = first;
    let exponent = 0;
    for (let digit = (bytes[at] ?? 0) - zero; digit >>> 0 <= 9; digit = (bytes[++at] ?? 0) - zero)
      exponent = Math.min(exponent * 10 + digit, 1e6);
    this.end = at === first ? -1 : at;
    return isDown ? -exponent : exponent;
  }
}

/** The upper halves of four bytes, and what they are in four digits, plus 6 or not. */
const tops = 0xf0f0f0f0 | 0;
const zeros = 0x30303030;

function fourBytes(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** The number that four bytes of digits stand for, the first in the lowest byte. */
function fourDigits(bytes: number): number {
  const pairs = Math.imul(bytes & 0x0f0f0f0f, 2561) >>> 8;
  return Math.imul(pairs & 0x00ff00ff, 6553601) >>> 16;
}
