/** Numbers from bytes, against `Number` and `Math.fround`, which read them by other means. */
import type { NumericDType } from "../../../runtime/values/dtype.js";
import { nextByte } from "../../../runtime/values/json-tensor.js";
import { type Cursor, NumberReader } from "../../../runtime/values/number-reader.js";
import { numberTexts } from "../../support/number-texts.js";

const texts = numberTexts(1, 60_000);

function cursorAt(text: string, at = 0): Cursor {
  return { bytes: Buffer.from(text), at };
}

/** All numbers of a list without brackets: those that are read together, and those that must be read alone. */
function readAll(text: string, dtype: NumericDType): { readonly list: Float64Array; readonly together: number } {
  const cursor = cursorAt(text);
  const reader = new NumberReader(cursor, dtype);
  let alone = 0;
  while (!reader.readMany()) {
    reader.push(reader.readOne() ?? Number.NaN);
    alone++;
    if (nextByte(cursor) !== 0x2c) break;
    cursor.at++;
  }
  const list = reader.list().slice();
  return { list, together: list.length - alone };
}

test("a number is what Number gives for its text, and ends where the text ends", () => {
  for (const text of texts) {
    const cursor = cursorAt(`[${text},`, 1);
    const value = new NumberReader(cursor, "float64").readOne();
    const wanted = Number.isFinite(Number(text)) ? Number(text) : undefined;
    if (!Object.is(value, wanted) || (wanted !== undefined && cursor.at !== text.length + 1))
      expect({ text, value, end: cursor.at }).toBe(wanted);
  }
});

test("numbers that are read together are those that Number gives, all of them", () => {
  const finite = texts.filter((text) => Number.isFinite(Number(text)));
  const { list, together } = readAll(finite.join(","), "float64");
  expect(list).toEqual(Float64Array.from(finite, Number));
  expect(together).toBeGreaterThan(finite.length / 3);
});

test("read as float32s, they round to what Math.fround gives for those of Number", () => {
  const finite = texts.filter((text) => Number.isFinite(Math.fround(Number(text))));
  const { list, together } = readAll(finite.join(" ,\n\t"), "float32");
  expect(Float32Array.from(list)).toEqual(Float32Array.from(finite, Number));
  expect(together).toBeGreaterThan(finite.length / 2);
});

test.each([
  ["of one digit each", (index: number) => String(index % 10)],
  ["of up to 17 digits", (index: number) => String(Math.fround(((index * 7919) % 10_007) / 10_007))],
  ["far apart", (index: number) => `${" ".repeat(index % 300)}${index}`],
])("a list that is longer than what is read at once, of numbers %s", (_, textOf) => {
  const all = Array.from({ length: 100_000 }, (_, index) => textOf(index));
  const { list } = readAll(all.join(","), "float32");
  expect(Float32Array.from(list)).toEqual(Float32Array.from(all, Number));
});

test("a number that is longer than what is read at once is not read", () => {
  const reader = new NumberReader(cursorAt(`1,0.${"1".repeat(70_000)},2`), "float32");
  expect(reader.readMany()).toBe(false);
  expect(reader.readOne()).toBeUndefined();
  expect([...reader.list()]).toEqual([1]);
});

test.each(["", "-", "+1", ".5", "-.5", "1.", "1.e5", "1e", "1e+", "-e1", "NaN", "Infinity", "x", "]", ",", " 1"])(
  "%j is no number",
  (text) => {
    const cursor = cursorAt(text);
    expect(new NumberReader(cursor, "float64").readOne()).toBeUndefined();
    expect(cursor.at).toBe(0);
  },
);

test.each(["0x10", "1_000", "1 2", "1.5.5", "1e5e5", "00", "01", "-01"])(
  "%j is read no further than JSON's number goes",
  (text) => {
    const cursor = cursorAt(text);
    new NumberReader(cursor, "float64").readOne();
    expect(cursor.at).toBeLessThan(text.length);
  },
);

test.each<[NumericDType, string, string]>([
  ["uint8", "255", "256"],
  ["int8", "-128", "-129"],
  ["int64", "9007199254740991", "9007199254740992"],
  ["float32", "3.4028235677973362e38", "3.4028235677973366e38"],
  ["float64", "1.7976931348623157e308", "1e309"],
])("what is out of the range of %s is not read: %s is, %s is not", (dtype, inside, outside) => {
  const cursor = cursorAt(`${inside},${outside},0`);
  const reader = new NumberReader(cursor, dtype);
  if (!reader.readMany() && cursor.at === 0) {
    expect(reader.readOne()).toBe(Number(inside));
    cursor.at++;
  }
  expect(cursor.at).toBe(inside.length + 1);
  expect(reader.readMany()).toBe(false);
  expect(reader.readOne()).toBeUndefined();
});
