/** Numbers from bytes, against `Number` and `Math.fround`, which read them by other means. */
import { DecimalReader } from "../../../runtime/values/decimal.js";
import { numberTexts } from "../../support/number-texts.js";

const texts = numberTexts(1, 60_000);

test("a number is what Number gives for its text, and ends where the text ends", () => {
  for (const text of texts) {
    const reader = new DecimalReader(Buffer.from(`[${text},`), false);
    const value = reader.read(1);
    if (!Object.is(value, Number(text)) || reader.end !== text.length + 1) expect({ text, value }).toBe(Number(text));
  }
});

test("read as a float32, a number rounds to what Math.fround gives for that of Number", () => {
  for (const text of texts) {
    const value = Math.fround(new DecimalReader(Buffer.from(text), true).read(0));
    if (!Object.is(value, Math.fround(Number(text)))) expect({ text, value }).toBe(Math.fround(Number(text)));
  }
});

test.each(["", "-", "+1", "01", "-01", ".5", "1.", "1.e5", "1e", "1e+", "-e1", "NaN", "Infinity", "x"])(
  "%j is no number",
  (text) => {
    const reader = new DecimalReader(Buffer.from(text), false);
    expect(reader.read(0)).toBeNaN();
  },
);

test.each(["0x10", "1_000", "1 2", "1.5.5", "1e5e5", "00"])("%j is read no further than JSON's number goes", (text) => {
  const reader = new DecimalReader(Buffer.from(text), false);
  const value = reader.read(0);
  expect(Number.isNaN(value) || reader.end < text.length).toBe(true);
});
