/** A Source says where things stand: in lines and columns, through aliases and merge keys, inside quoted texts. */
import { readSource } from "../../../compiler/source/source.js";

function placeOf(text: string, path: readonly (string | number)[], part: "key" | "value" = "value"): string {
  const source = readSource("a.yaml", text);
  const [start, end] = source.rangeOf(path, part);
  const { line, column } = source.position(start);
  return `${line}:${column} ${JSON.stringify(text.slice(start, end))}`;
}

test.each([
  ["a: 1", ["a"], "value", '1:4 "1"'],
  ["a: 1", ["a"], "key", '1:1 "a"'],
  ["a: { b: [1, 2] }", ["a", "b", 1], "value", '1:13 "2"'],
  ["# c\r\na: 1\r\nb: 2\r\n", ["b"], "value", '3:4 "2"'],
  ["\ufeffa: 1", ["a"], "value", '1:5 "1"'],
  ["a: é\n😀: 中", ["😀"], "value", '2:5 "中"'],
  ["a: &x { b: 1 }\nc: *x", ["c", "b"], "value", '1:12 "1"'],
  ["a: &x { b: 1 }\nc: { <<: *x, d: 2 }", ["c", "b"], "value", '1:12 "1"'],
  ["a: &x { b: 1 }\nc: { <<: [*x], b: 2 }", ["c", "b"], "value", '2:19 "2"'],
  ["a: { b: 1 }", ["a", "nothing", "deeper"], "value", '1:4 "{ b: 1 }"'],
  ["a: 1", ["nothing"], "value", '1:1 "a"'],
] as const)("%j at %j, its %s", (text, path, part, expected) => {
  expect(placeOf(text, path, part)).toBe(expected);
});

test.each([
  ["a: $text.x", 5, 7, '"$text.x" → ".x"'],
  ['a: "$text.x"', 5, 7, '"$text.x" → ".x"'],
  ["a: '$text.x'", 5, 7, '"$text.x" → ".x"'],
  // Escapes move the characters: the whole value is shown.
  ['a: "$text\\u002ex"', 5, 7, '"$text.x" → "\\"$text\\\\u002ex\\""'],
])("inside of %j", (text, start, end, expected) => {
  const source = readSource("a.yaml", text);
  const range = source.rangeWithin(["a"], start, end);
  const { a } = source.value as { a: string };
  expect(`${JSON.stringify(a)} → ${JSON.stringify(text.slice(...range))}`).toBe(expected);
});

test.each([
  ["a: $best[].text", { a: "$best[].text" }],
  ["{ a: [$x[0], $y[-1].b] }", { a: ["$x[0]", "$y[-1].b"] }],
  [
    "a: .nan\nb: -.inf\nc: 0x10\nd: 0o17\ne: 1e3\nf: yes\ng: ~",
    { a: "NaN", b: "-Infinity", c: 16, d: 15, e: 1000, f: "yes", g: null },
  ],
  ["a: &x { b: 1, c: 2 }\nd: { <<: *x, c: 3 }", { a: { b: 1, c: 2 }, d: { b: 1, c: 3 } }],
  ["a: &x { b: 1 }\nc: &y { b: 2, d: 2 }\ne: { <<: [*x, *y] }", { a: { b: 1 }, c: { b: 2, d: 2 }, e: { b: 1, d: 2 } }],
  ["a: &x 1\nb: *x\nc: &x 2\nd: *x", { a: 1, b: 1, c: 2, d: 2 }],
  ["1: a\ntrue: b", { "1": "a", true: "b" }],
  ['"<<": { a: 1 }', { "<<": { a: 1 } }],
  ["---\na: 1\n...\n", { a: 1 }],
  ["a: 1\n---\n# nothing more\n", { a: 1 }],
])("%j is read", (text, value) => {
  const source = readSource("a.yaml", text);
  expect(source.problems).toEqual([]);
  expect(source.value).toEqual(value);
});
