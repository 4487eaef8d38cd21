import { EkibenError } from "../../../runtime/errors.js";
import { checkCel, compileCel, type VariableTypes } from "../../../runtime/types/cel.js";
import {
  imageType,
  integerType,
  jsonType,
  listOf,
  numberType,
  printType,
  recordOf,
  stringType,
  tensorOf,
  unknownType,
} from "../../../runtime/types/type.js";
import { Image, tensor, type Value, type ValueRecord } from "../../../runtime/values/value.js";

const guess = recordOf({ label: stringType, score: numberType });

const variables: VariableTypes = {
  ratio: numberType,
  count: integerType,
  text: stringType,
  texts: listOf(stringType),
  guess,
  guesses: listOf(guess),
  anything: jsonType,
  photo: imageType,
  score: tensorOf("float32", []),
  ids: tensorOf("int64", ["n", null]),
  type: stringType,
};

function evaluate(source: string, values: ValueRecord = {}, types: VariableTypes = {}): Value {
  return compileCel(source, types).evaluate(values);
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof EkibenError && error.code === "invalid-input") return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("the type of an expression", () => {
  test.each([
    ["count + 1", "integer"],
    ["ratio * 2.0", "number"],
    ["score > 0.5", "boolean"],
    ["ids[0][1]", "integer"],
    ["text + '!'", "string"],
    ["texts.map(t, t + '!')", "list<string>"],
    ["guesses[0]", "{ label: string, score: number }"],
    ["guesses.map(g, g.score)", "list<number>"],
    ["guesses.filter(g, g.score > 0.5)", "list<{ label: string, score: number }>"],
    ['{"best": guess, "length": size(text)}', "{ best: { label: string, score: number }, length: integer }"],
    ["anything.deep.inside", "unknown"],
    ["{text: 1}", "unknown"],
    ["text.matches('^a')", "boolean"],
    ["b'ab'", "bytes"],
    ["null", "null"],
  ])("%s is %s", (source, expected) => {
    const result = checkCel(source, variables);
    expect("type" in result ? printType(result.type) : result).toBe(expected);
  });
});

describe("what is wrong with an expression", () => {
  test.each([
    [
      "ratio * 2",
      {
        message: 'CEL\'s "*" does not take a number (double) and an integer (int)',
        start: 0,
        end: 9,
        help: "write 2.0",
      },
    ],
    [
      "count + ratio",
      {
        message: 'CEL\'s "+" does not take an integer (int) and a number (double)',
        start: 0,
        end: 13,
        help: "write double(count)",
      },
    ],
    [
      "guess.scor > 0.5",
      { message: 'there is no field "scor"', start: 6, end: 10, help: 'the fields are "label", "score"' },
    ],
    [
      "guesses[0].scor",
      { message: 'there is no field "scor"', start: 11, end: 15, help: 'the fields are "label", "score"' },
    ],
    ["guesses.map(g, g.scor)", { message: 'there is no field "scor"', start: 17, end: 21 }],
    [
      "photo.width > 3",
      {
        message: '"photo" is of type image, which expressions cannot look into',
        start: 0,
        end: 5,
        help: "refer to it by the path $photo",
      },
    ],
    [
      "type + 'a'",
      { message: 'CEL keeps the name "type" for itself', start: 0, end: 4, help: "rename the input or step" },
    ],
    ["1 +", { message: "Unexpected token: EOF", start: 3, end: 3 }],
    [
      "timestamp('2020-01-01T00:00:00Z')",
      {
        message: "the result is of CEL's type google.protobuf.Timestamp",
        start: 0,
        end: 33,
        help: "wrap it in string(…) or int(…)",
      },
    ],
  ])("%s", (source, expected) => {
    expect(checkCel(source, variables)).toEqual({ error: expected });
  });

  test("an unknown name is reported with the names that there are", () => {
    expect(checkCel("size(txt)", { text: stringType })).toEqual({
      error: { message: 'there is no input or step "txt"', start: 5, end: 8, help: 'there are only "text"' },
    });
  });

  test("a source that is too long or too deep", () => {
    expect(checkCel(`${"1+".repeat(6000)}1`, {})).toMatchObject({
      error: { message: "it has 12001 characters, more than 10000" },
    });
    for (const source of ["[".repeat(4000), "(".repeat(4000), "!".repeat(9000), `${"true ? 1 : ".repeat(800)}1`]) {
      expect(checkCel(source, {})).toHaveProperty("error");
      expect(() => compileCel(source)).toThrow(/cannot be read: /);
    }
    for (const source of [`${"!".repeat(4900)}true`, `${"-".repeat(2000)}1`, `${"1+".repeat(2400)}1`]) {
      expect(() => checkCel(source, {})).not.toThrow();
    }
  });
});

describe("values in expressions", () => {
  test.each<[string, ValueRecord, Value]>([
    ["n + 1", { n: 2 }, 3],
    ["n / 2", { n: 3 }, 1],
    ["n * 2", { n: 1.5 }, 3],
    ["{'a': [1, 2.5, null]}", {}, { a: [1, 2.5, null] }],
    ["s[0] == 0.5", { s: tensor("float32", [2], new Float32Array([0.5, 1])) }, true],
    ["t > 2", { t: tensor("int64", [], new BigInt64Array([3n])) }, true],
    ["t[1]", { t: tensor("int64", [2, 2], new BigInt64Array([1n, 2n, 3n, 4n])) }, [3, 4]],
    ["flag && !other", { flag: tensor("bool", [], new Uint8Array([1])), other: false }, true],
    ["9007199254740992 + 1", {}, 9007199254740993n],
    ["big - 1", { big: 9007199254740993n }, 9007199254740992n],
    ["has(r.b) ? 1 : 2", { r: { a: 1, b: undefined } }, 2],
    ["r.name", { r: { name: "x", photo: new Image(1, 1, 1, new Uint8Array(1)) } }, "x"],
    ["size(text)", { text: "é😀" }, 2],
    ["constructor", { constructor: "mine" }, "mine"],
  ])("%s", (source, values, expected) => {
    expect(evaluate(source, values)).toEqual(expected);
  });

  test("the type decides whether a number without a fraction is an integer", () => {
    expect(evaluate("x / 2.0", { x: 3 }, { x: numberType })).toBe(1.5);
    expect(evaluate("x / 2", { x: 3 }, { x: integerType })).toBe(1);
    expect(evaluate("g.score / 2.0", { g: { score: 1, label: "a" } }, { g: guess })).toBe(0.5);
    expect(evaluate("x / 2", { x: 3 }, { x: unknownType })).toBe(1);
  });

  test("free variables are those that no macro binds", () => {
    expect(compileCel("xs.map(x, x + y).exists(z, z == q) || int(w) == 1").variables).toEqual(["xs", "y", "q", "w"]);
    expect(compileCel("cel.bind(a, b, a + c)").variables).toEqual(["b", "c"]);
  });
});

describe("what cannot be evaluated is the caller's invalid input, in one line", () => {
  test.each<[string, ValueRecord, string]>([
    ["1 / n", { n: 0 }, "division by zero"],
    ["a[5]", { a: [1] }, "No such key: index out of bounds, index 5 >= size 1"],
    ["r.b", { r: {} }, "No such key: b"],
    ["missing", {}, "Unknown variable: missing"],
    ["photo", { photo: new Image(1, 1, 1, new Uint8Array(1)) }, "Unsupported type: Image"],
    ["a.constructor", { a: {} }, "No such key: constructor"],
  ])("%s", (source, values, reason) => {
    expect(refusal(() => evaluate(source, values))).toBe(
      `The expression ${JSON.stringify(source)} cannot be evaluated: ${reason}.`,
    );
  });

  test("a timestamp is no value", () => {
    expect(refusal(() => evaluate("timestamp('2020-01-01T00:00:00Z')"))).toContain("Wrap it in string(…)");
  });

  test("wrong syntax is refused when it is compiled", () => {
    expect(refusal(() => compileCel("1 +"))).toBe('The expression "1 +" cannot be read: Unexpected token: EOF.');
  });
});

describe("patterns", () => {
  test("match in time linear in the text", () => {
    const source = 'text.matches("(a+)+$")';
    expect(evaluate(source, { text: `${"a".repeat(50_000)}!` })).toBe(false);
    expect(evaluate(`["ab"].filter(s, s.matches("^a"))`)).toEqual(["ab"]);
  });

  test("a wrong pattern is refused", () => {
    expect(refusal(() => evaluate("'a'.matches('(?=a)')"))).toContain("Patterns follow RE2's syntax");
  });
});
