/**
 * JSON's numbers read straight from bytes. AssemblyScript: 64-bit integers read eight digits at a time. A number of up to 15
 * digits takes one multiplication or division of exact doubles (Clinger, "How to read floating point numbers accurately",
 * 1990); of others the value is left to the caller, but where only a float32 is wanted and it does not matter which of the doubles
 * near by they are.
 */

export const textSize: i32 = 0x10000;
/** The text, and behind it a zero byte at least; eight bytes more may be looked at. */
export const text = memory.data(textSize + 16);

export const capacity: i32 = 0x2000;
/** What was read. */
export const doubles = memory.data(8 * capacity);
/** How many doubles that is: an i32. */
export const count = memory.data(4);

/** With powers between these, all products are normal doubles. */
export const mostPower: i32 = 270;
/** 10 to the power of 0, 1, … */
export const powers = memory.data(8 * (mostPower + 1));
/** 10 to the power of −0, −1, … */
export const inversePowers = memory.data(8 * (mostPower + 1));

/** Below it every integer is a double. */
const exactIntegers: u64 = 1 << 53;
/** Powers of ten that a double holds exactly. */
const exactPower: i32 = 22;
/** More than a mantissa of too many digits, a power and their product are off by. */
const relativeError: f64 = 4e-15;
/** Of so many digits, every number is below 2⁶⁴. */
const mostDigits: i32 = 19;

const zero: u8 = 0x30;
const minus: u8 = 0x2d;
const plus: u8 = 0x2b;
const point: u8 = 0x2e;
const comma: u8 = 0x2c;
const lowerE: u8 = 0x65;

/** Of the number that was read last; NaN where only its text tells. */
let value: f64 = 0;

/**
 * Reads numbers with commas between them into `doubles`, as long as there is room. Gives the address of the byte behind the last
 * one where that is no comma, and less the address of an element that is not read: no number, out of the range, one that only its
 * text tells, or none that there is room for.
 */
export function readNumbers(from: i32, isFloat32: bool, lowest: f64, highest: f64): i32 {
  let at = from;
  let index = load<i32>(count);
  let isOver = false;
  while (index < capacity) {
    at = skipSpace(at);
    const end = readNumber(at, isFloat32);
    if (end === at || !(value >= lowest && value <= highest)) break;
    store<f64>(doubles + (index++ << 3), value);
    at = skipSpace(end);
    isOver = load<u8>(at) !== comma;
    if (isOver) break;
    at++;
  }
  store<i32>(count, index);
  return isOver ? at : -at;
}

/** Where the number that begins at an address ends; the address itself where none does. */
export function numberEnd(from: i32): i32 {
  return readNumber(from, false);
}

function readNumber(from: i32, isFloat32: bool): i32 {
  const isNegative = load<u8>(from) === minus;
  const first = from + i32(isNegative);
  let at = first;
  let digit = digitAt(at);
  if (digit > 9) return from;
  let mantissa: u64 = digit;
  let power = 0;
  digit = digitAt(++at);
  if (mantissa > 0) for (; digit <= 9; digit = digitAt(++at)) mantissa = mantissa * 10 + digit;
  if (load<u8>(at) === point) {
    const fraction = ++at;
    let bytes = load<u64>(at);
    if (areEightDigits(bytes)) {
      mantissa = mantissa * 100_000_000 + eightDigits(bytes);
      at += 8;
      bytes = load<u64>(at);
      if (areEightDigits(bytes)) {
        mantissa = mantissa * 100_000_000 + eightDigits(bytes);
        at += 8;
      } else if (areFourDigits(u32(bytes))) {
        mantissa = mantissa * 10_000 + fourDigits(u32(bytes));
        at += 4;
      }
    } else if (areFourDigits(u32(bytes))) {
      mantissa = mantissa * 10_000 + fourDigits(u32(bytes));
      at += 4;
    }
    for (digit = digitAt(at); digit <= 9; digit = digitAt(++at)) mantissa = mantissa * 10 + digit;
    if (at === fraction) return from;
    power = fraction - at;
  }
  const isLong = at - first > mostDigits && significantDigits(first, at) > mostDigits;
  if ((load<u8>(at) | 0x20) === lowerE) {
    const sign = load<u8>(++at);
    if (sign === minus || sign === plus) at++;
    const firstOfExponent = at;
    let exponent = 0;
    for (digit = digitAt(at); digit <= 9; digit = digitAt(++at)) exponent = min(exponent * 10 + digit, 1_000_000);
    if (at === firstOfExponent) return from;
    power += sign === minus ? -exponent : exponent;
  }
  const size = isLong ? NaN : product(mantissa, power, isFloat32);
  value = isNegative ? -size : size;
  return at;
}

/** How many digits stand between two addresses, without the zeros before the others. */
function significantDigits(from: i32, to: i32): i32 {
  let digits = 0;
  for (let at = from; at < to; at++) if (load<u8>(at) !== point && (digits > 0 || load<u8>(at) !== zero)) digits++;
  return digits;
}

function product(mantissa: u64, power: i32, isFloat32: bool): f64 {
  const integer = f64(mantissa);
  if (mantissa < exactIntegers && power >= -exactPower && power <= exactPower)
    return power < 0 ? integer / powerAt(powers, -power) : integer * powerAt(powers, power);
  if (!isFloat32 || power < -mostPower || power > mostPower) return NaN;
  const size = integer * (power < 0 ? powerAt(inversePowers, -power) : powerAt(powers, power));
  const error = size * relativeError;
  return f32(size - error) === f32(size + error) ? size : NaN;
}

function powerAt(table: usize, power: i32): f64 {
  return load<f64>(table + (power << 3));
}

function skipSpace(from: i32): i32 {
  let at = from;
  while (isSpace(load<u8>(at))) at++;
  return at;
}

function isSpace(byte: u8): bool {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

/** More than 9 where no digit stands. */
function digitAt(at: i32): u32 {
  return u32(load<u8>(at)) - zero;
}

/** Digits are the bytes whose upper halves are 3, with 6 added or not. */
function areEightDigits(bytes: u64): bool {
  const tops: u64 = 0xf0f0f0f0f0f0f0f0;
  return ((bytes & tops) | (((bytes + 0x0606060606060606) & tops) >> 4)) === 0x3333333333333333;
}

function areFourDigits(bytes: u32): bool {
  const tops: u32 = 0xf0f0f0f0;
  return ((bytes & tops) | (((bytes + 0x06060606) & tops) >> 4)) === 0x33333333;
}

/** The number that eight bytes of digits stand for, the first in the lowest byte: pairs are put together, then fours. */
function eightDigits(bytes: u64): u64 {
  const pairs = ((bytes & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  const fours = ((pairs & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((fours & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

function fourDigits(bytes: u32): u32 {
  const pairs = ((bytes & 0x0f0f0f0f) * 2561) >> 8;
  return ((pairs & 0x00ff00ff) * 6553601) >> 16;
}
