/** The short way from JSON to tensors has the outcome of the long one, whatever the body: equal bits, or the very same error. */
import { EkibenError } from "../../../runtime/errors.js";
import { type Contract, contractOf } from "../../../runtime/protocols/contract.js";
import { type GivenInputs, readInputs } from "../../../runtime/protocols/inputs.js";
import { jsonProtocol } from "../../../runtime/protocols/json.js";
import { parseJson } from "../../../runtime/protocols/json-body.js";
import { readTensorBody } from "../../../runtime/protocols/tensor-body.js";
import { dtypeNames } from "../../../runtime/values/dtype.js";
import type { Json, ValueRecord } from "../../../runtime/values/value.js";
import { numberText } from "../../support/number-texts.js";
import { type Random, seeded } from "../../support/random.js";

type Inputs = { readonly [name: string]: string };

function contract(inputs: Inputs, constraints: { readonly [keyword: string]: Json } = {}): Contract {
  const typed = Object.entries(inputs).map(([name, type]) => [name, { type, constraints }] as const);
  return contractOf({ inputs: Object.fromEntries(typed), nodes: [], outputs: {} });
}

const request = {
  method: "POST",
  contentType: "application/json",
  contentTypeHeader: "application/json",
  accept: "",
  query: new URLSearchParams(),
};

type Outcome =
  | { readonly values: ValueRecord }
  | { readonly code: string; readonly message: string; readonly errors: unknown };

async function outcome(decode: () => ValueRecord | Promise<ValueRecord>): Promise<Outcome> {
  try {
    return { values: { ...(await decode()) } };
  } catch (error) {
    if (!(error instanceof EkibenError)) throw error;
    return { code: error.code, message: error.message, errors: error.errors };
  }
}

/** As every body is read: the whole text to JSON, by its schema, to values. */
async function longWay(body: Buffer, taken: Contract): Promise<ValueRecord> {
  const json = parseJson(body);
  const isRecord = typeof json === "object" && json !== null && !Array.isArray(json);
  const [only = "", second] = taken.inputs.keys();
  if (!isRecord && second !== undefined) throw new EkibenError("invalid-input", "not compared");
  return readInputs(taken, isRecord ? (json as GivenInputs) : { [only]: json });
}

/** Whether the short way was gone to its end. */
async function compare(text: string | Buffer, taken: Contract): Promise<boolean> {
  const body = Buffer.from(text);
  const short = await outcome(() => jsonProtocol.decode({ ...request, body }, taken));
  const long = await outcome(() => longWay(body, taken));
  if ("message" in long && long.message === "not compared") return false;
  expect(short).toEqual(long);
  return readTensorBody(body, taken) !== undefined && "values" in short;
}

const dims = ["2", "3", "batch", "?", "1"];
const numeric = dtypeNames.filter((dtype) => dtype !== "string");

function anyContract(random: Random): Contract {
  const type = (): string => {
    const shape = Array.from({ length: random.integer(4) }, () => random.pick(dims));
    return random.integer(8) === 0
      ? random.pick(["string", "integer", "number", "boolean", "list<number>"])
      : `${random.pick(random.integer(3) === 0 ? dtypeNames : numeric)}[${shape.join(", ")}]`;
  };
  const names = ["x", "mask", "other"].slice(0, 1 + random.integer(3));
  return contract(
    Object.fromEntries(names.map((name) => [name, type()])),
    random.integer(10) === 0 ? { maximum: 5 } : {},
  );
}

function anyBody(random: Random, taken: Contract): string {
  const batch = 1 + random.integer(3);
  const parts = [...taken.inputs].map(([name, type]) => {
    const value =
      type.kind === "tensor"
        ? nested(
            random,
            type.dtype ?? "float32",
            (type.shape ?? []).map((dim) => (typeof dim === "number" ? dim : batch)),
          )
        : random.pick(["1", "1.5", '"a\\"b\\u00e9"', "true", "null", "[1, 2]", '"é"', "{}", "-0"]);
    return `${space(random)}"${name}"${space(random)}:${space(random)}${value}${space(random)}`;
  });
  return `${space(random)}{${parts.join(",")}}${space(random)}`;
}

function nested(random: Random, dtype: string, shape: readonly number[]): string {
  const [length, ...rest] = shape;
  if (length === undefined) return element(random, dtype);
  const items = Array.from({ length: random.integer(200) === 0 ? length + 1 : length }, () =>
    nested(random, dtype, rest),
  );
  return `[${space(random)}${items.join(`${space(random)},${space(random)}`)}${space(random)}]`;
}

function element(random: Random, dtype: string): string {
  if (random.integer(100) === 0)
    return random.pick(['"x"', "null", "[1]", "{}", "true", "1e400", "01", "1.", "+1", '"1"']);
  if (dtype === "bool") return random.pick(["true", "false"]);
  if (dtype === "string") return random.pick(['"a"', '"\\u0041"', '""']);
  if (dtype.startsWith("float"))
    return random.integer(20) === 0 ? random.pick(['"NaN"', '"Infinity"', '"-Infinity"']) : numberText(random);
  if (random.integer(30) === 0)
    return random.pick([
      '"9007199254740993"',
      "9007199254740991",
      "9007199254740992",
      '"-9223372036854775808"',
      "1e2",
      "5.0",
      "-0",
      "255",
      "256",
      "-129",
      "4294967295",
    ]);
  return String(random.integer(100));
}

function space(random: Random): string {
  return random.integer(6) === 0 ? random.pick([" ", "\n", "\t", "\r\n", "  "]) : "";
}

/** One byte lost, doubled, changed, or the end cut off. */
function damaged(random: Random, text: string): Buffer {
  const body = Buffer.from(text);
  const at = random.integer(body.length);
  const pieces = [
    body.subarray(0, at),
    Buffer.from([random.pick([0x2c, 0x5b, 0x5d, 0x7d, 0x22, 0x30, 0x2e, 0x65, 0xff, 0x00, 0x20])]),
  ];
  switch (random.integer(4)) {
    case 0:
      return Buffer.concat([body.subarray(0, at), body.subarray(at + 1)]);
    case 1:
      return Buffer.concat([...pieces, body.subarray(at)]);
    case 2:
      return Buffer.concat([...pieces, body.subarray(at + 1)]);
    default:
      return body.subarray(0, at);
  }
}

/** A contract's schemas take longer to compile than a hundred bodies to read. */
async function compareMany(
  seed: number,
  bodyOf: (random: Random, taken: Contract) => string | Buffer,
): Promise<number> {
  const random = seeded(seed);
  let short = 0;
  for (let each = 0; each < 120; each++) {
    const taken = anyContract(random);
    for (let run = 0; run < 60; run++) if (await compare(bodyOf(random, taken), taken)) short++;
  }
  return short;
}

test("seven thousand bodies of random types, values and white space", async () => {
  expect(await compareMany(7, anyBody)).toBeGreaterThan(2_000);
}, 120_000);

test("seven thousand bodies with one byte wrong", async () => {
  expect(await compareMany(11, (random, taken) => damaged(random, anyBody(random, taken)))).toBeGreaterThan(100);
}, 120_000);

const rows = contract({ x: "float32[batch, 2]" });

test.each([
  ["a record", '{"x": [[1, 2.5], [-0, "NaN"]]}'],
  ["the value of the only input", " [[1, 2], [3, 4]] "],
])("%s is read the short way", async (_what, text) => {
  expect(await compare(text, rows)).toBe(true);
});

test("scalars beside tensors are read the short way", async () => {
  const both = contract({ x: "uint8[2]", text: "string", k: "integer", on: "boolean", scale: "number" });
  expect(await compare('{"text":"a\\"\u00e9","x":[1,255],"k":-3,"on":true,"scale":2.5e-1}', both)).toBe(true);
});

test.each([
  ["a key twice", '{"x": [[1, 2]], "x": [[3, 4]]}'],
  ["a key written with an escape", '{"\\u0078": [[1, 2]]}'],
  ["a trailing comma", '{"x": [[1, 2],]}'],
  ["an empty list", '{"x": []}'],
  ["rows of unequal lengths", '{"x": [[1, 2], [3]]}'],
  ["a list too deep", '{"x": [[1, [2]]]}'],
  ["a number beyond a float32", '{"x": [[1, 3.5e38]]}'],
  ["a number beyond a double", '{"x": [[1, 1e999]]}'],
  ["a leading zero", '{"x": [[1, 02]]}'],
  ["no value", "{}"],
  ["an unknown input", '{"x": [[1, 2]], "y": 1}'],
  ["text behind the end", '{"x": [[1, 2]]} 1'],
  ["a byte order mark", '\ufeff{"x": [[1, 2]]}'],
  ["a byte that is no UTF-8", Buffer.from([0x7b, 0x22, 0x78, 0x22, 0x3a, 0xff, 0x7d])],
  ["nothing", ""],
])("%s is left to the long way", async (_what, text) => {
  expect(await compare(text, rows)).toBe(false);
});

test("a type of any size takes no more memory than the body could fill", async () => {
  expect(await compare('{"x": [1, 2]}', contract({ x: "float32[9007199254740991]" }))).toBe(false);
});
