/** Numbers from bytes, against `Number` and `Math.fround`, which read them by other means. */
import { DecimalReader } from "../../../runtime/values/decimal.js";
import { numberTexts } from "../../support/number-texts.js";

const texts = numberTexts(1, 60_000);

const into = new Float64Array(2);

test("a number is what Number gives for its text, and ends where the text ends", () => {
  for (const text of texts) {
    const end = new DecimalReader(Buffer.from(`[${text},`), false).read(1, into, 1);
    const value = into[1];
    if (!Object.is(value, Number(text)) || end !== text.length + 1) expect({ text, value, end }).toBe(Number(text));
  }
});

test("read as a float32, a number rounds to what Math.fround gives for that of Number", () => {
  for (const text of texts) {
    new DecimalReader(Buffer.from(text), true).read(0, into, 0);
    const value = Math.fround(into[0] ?? 0);
    if (!Object.is(value, Math.fround(Number(text)))) expect({ text, value }).toBe(Math.fround(Number(text)));
  }
});

test.each(["", "-", "+1", "01", "-01", ".5", "1.", "1.e5", "1e", "1e+", "-e1", "NaN", "Infinity", "x"])(
  "%j is no number",
  (text) => {
    expect(new DecimalReader(Buffer.from(text), false).read(0, into, 0)).toBe(-1);
  },
);

test.each(["0x10", "1_000", "1 2", "1.5.5", "1e5e5", "00"])("%j is read no further than JSON's number goes", (text) => {
  expect(new DecimalReader(Buffer.from(text), false).read(0, into, 0)).toBeLessThan(text.length);
});
