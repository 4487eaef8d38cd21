/** Texts of JSON numbers, the awkward ones among them: halfway between two floats, denormal, of hundreds of digits, with exponents. */
import { type Random, seeded } from "./random.js";

type Make = (random: Random) => string;

const makers: readonly Make[] = [
  (random) => String(random.integer(300) - 100),
  (random) => String(random.next()),
  (random) => String(Math.fround(random.next() * 10 ** (random.integer(80) - 45))),
  (random) => String(anyDouble(random)),
  (random) => anyDouble(random).toExponential(random.integer(25)),
  (random) => random.next().toFixed(1 + random.integer(20)),
  (random) => `${sign(random)}${digits(random, 1 + random.integer(25))}.${tail(random, 1 + random.integer(25))}`,
  (random) => `${sign(random)}${digits(random, 1 + random.integer(20))}e${random.integer(60) - 30}`,
  (random) => `${sign(random)}0.${"0".repeat(random.integer(60))}${digits(random, 1 + random.integer(30))}`,
  (random) => `${sign(random)}${digits(random, 400)}.${tail(random, 400)}e-${300 + random.integer(500)}`,
  (random) => `${digits(random, 1 + random.integer(3))}${"0".repeat(random.integer(40))}`,
  halfwayBetweenFloats,
  beyondHalfway,
  () => "-0",
  (random) => `-0.0e${random.integer(600)}`,
  (random) => `${random.integer(9)}E+${random.integer(40)}`,
];

/** The same texts in every run. */
export function numberTexts(seed: number, count: number): readonly string[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => random.pick(makers)(random));
}

export function numberText(random: Random): string {
  return random.pick(makers)(random);
}

function sign(random: Random): string {
  return random.integer(2) === 0 ? "-" : "";
}

function digits(random: Random, length: number): string {
  return `${1 + random.integer(9)}${tail(random, length - 1)}`;
}

function tail(random: Random, length: number): string {
  return Array.from({ length }, () => random.integer(10)).join("");
}

function anyDouble(random: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.integer(2 ** 32));
  view.setUint32(4, random.integer(2 ** 32));
  const value = view.getFloat64(0);
  return Number.isFinite(value) ? value : 1;
}

/** Two neighbours' mean is a double, and all its digits are written. */
function halfway(random: Random): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, random.integer(0x7f000000));
  const low = view.getFloat32(0);
  view.setUint32(0, view.getUint32(0) + 1);
  return (low + view.getFloat32(0)) / 2;
}

function halfwayBetweenFloats(random: Random): string {
  return exactText(halfway(random));
}

/** A hair beside the middle, where a double that was rounded first would be the middle itself. */
function beyondHalfway(random: Random): string {
  const text = exactText(halfway(random));
  return text.includes("e") ? text : `${text}${text.includes(".") ? "" : "."}${"0".repeat(random.integer(30))}1`;
}

function exactText(value: number): string {
  return Math.abs(value) < 1e21 && Math.abs(value) > 1e-30 ? value.toFixed(60).replace(/\.?0+$/, "") : String(value);
}
