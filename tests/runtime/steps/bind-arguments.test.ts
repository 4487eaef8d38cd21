import { argumentBinder, bindArguments } from "../../../runtime/steps/bind-arguments.js";
import { type ArgTable, defineStep, type Step } from "../../../runtime/steps/step.js";
import { Image, Tensor, type Value } from "../../../runtime/values/value.js";

/** A step that does nothing, for its table of arguments. */
function stepWith(args: ArgTable, oneOf?: readonly (readonly string[])[]): Step {
  return defineStep({
    name: "some.step",
    summary: "Nothing.",
    result: "null",
    details: "",
    args,
    ...(oneOf === undefined ? {} : { oneOf }),
    examples: [],
    typeRule: () => ({ kind: "null" }),
    kernel: () => null,
  });
}

function bound(arg: ArgTable[string], value: Value | undefined) {
  return bindArguments(stepWith({ x: arg }), { x: value }).x;
}

const description = "A thing.";
const int64 = (shape: number[], ...values: bigint[]) => new Tensor("int64", shape, BigInt64Array.from(values));
const float32 = (shape: number[], ...values: number[]) => new Tensor("float32", shape, Float32Array.from(values));

test("what is left out takes its default, in the argument's type", () => {
  expect(bound({ type: "integer", description, default: 3 }, undefined)).toBe(3);
  expect(bound({ type: "tensor", description, default: [1, 2] }, undefined)).toEqual(int64([2], 1n, 2n));
  expect(bound({ type: "string", description, optional: true }, undefined)).toBeUndefined();
});

test("what is needed and absent is refused", () => {
  expect(() => bound({ type: "integer", description }, undefined)).toThrow(
    '"some.step" needs "x", which is absent: A thing.',
  );
});

test("an argument that the table does not know is left out", () => {
  expect(bindArguments(stepWith({ x: { type: "any", description } }), { x: 1, y: 2 })).toEqual({ x: 1 });
});

test.each<[ArgTable[string]["type"], Value, unknown]>([
  ["string", "a", "a"],
  ["string", new Tensor("string", [], ["a"]), "a"],
  ["integer", 3, 3],
  ["integer", 3n, 3],
  ["integer", int64([], 3n), 3],
  ["number", float32([], 0.5), 0.5],
  ["number", "-Infinity", -Infinity],
  ["boolean", new Tensor("bool", [], Uint8Array.of(1)), true],
  ["tensor", 2, int64([], 2n)],
  ["tensor", [[1.5], [2]], new Tensor("float64", [2, 1], Float64Array.of(1.5, 2))],
  ["tensor", [float32([2], 1, 2), float32([2], 3, 4)], float32([2, 2], 1, 2, 3, 4)],
  ["operand", 2, 2],
  ["operand", [2], int64([1], 2n)],
  ["list<tensor>", [1, [2, 3]], [int64([], 1n), int64([2], 2n, 3n)]],
  ["list<tensor>", float32([2, 1], 1, 2), [float32([1], 1), float32([1], 2)]],
  ["list<integer>", int64([2], 1n, 2n), [1, 2]],
  ["list<string>", ["a"], ["a"]],
  ["labels", ["a", "b"], ["a", "b"]],
  ["record", { a: 1 }, { a: 1 }],
  ["any", null, null],
])("a %s takes %p", (type, value, expected) => {
  expect(bound({ type, description }, value)).toEqual(expected);
});

test.each<[ArgTable[string], Value, string]>([
  [{ type: "string", description }, 1, 'takes a text for "x", not the number 1'],
  [{ type: "integer", description }, 1.5, 'takes an integer for "x", not the number 1.5'],
  [{ type: "integer", description }, "3", 'takes an integer for "x", not the text "3"'],
  [{ type: "integer", description }, int64([1], 3n), 'takes an integer for "x", not int64[1]'],
  [{ type: "number", description }, null, 'takes a number for "x", not null'],
  [{ type: "boolean", description }, 0, 'takes true or false for "x", not the number 0'],
  [{ type: "image", description }, Uint8Array.of(1), 'takes an image for "x", not 1 bytes'],
  [{ type: "media", description }, "x", 'takes an image or its bytes for "x", not the text "x"'],
  [
    { type: "tensor", description },
    { a: 1 },
    'takes a tensor, a number or nested lists of numbers for "x", not a record',
  ],
  [
    { type: "tensor", description },
    [[1], [2, 3]],
    `cannot take "x": a tensor's lists have equal lengths: a list of 2 items stands at [1] where a list of 1 is expected`,
  ],
  [
    { type: "tensor", description },
    [float32([1], 1), float32([2], 1, 2)],
    'cannot take "x": a list of tensors is taken as one tensor only where all have one element type and one shape',
  ],
  [
    { type: "list<tensor>", description },
    float32([], 1),
    'takes a list of tensors, numbers or lists of numbers for "x", not float32[]',
  ],
  [{ type: "list<string>", description }, ["a", 1], 'takes a list of texts for "x", not a list of 2 items'],
  [{ type: "record", description }, [], 'takes a record for "x", not a list of 0 items'],
  [{ type: "string", description, enum: ["a", "b"] }, "c", 'takes one of "a", "b" for "x", not the text "c"'],
  [
    { type: "integer", description, minimum: 1, maximum: 9 },
    0,
    'takes an integer of at least 1 and at most 9 for "x", not the number 0',
  ],
  [
    { type: "list<integer>", description, minimum: 1 },
    [1, 0],
    'takes numbers of at least 1 for "x", not a list of 2 items',
  ],
  [{ type: "list<number>", description, minItems: 2, maxItems: 2 }, [1], 'takes 2 items for "x", not a list of 1 item'],
  [{ type: "list", description, minItems: 1 }, [], 'takes at least 1 items for "x", not a list of 0 items'],
])("%j refuses %p", (arg, value, message) => {
  expect(() => bound(arg, value)).toThrow(
    expect.objectContaining({ code: "invalid-input", message: `"some.step" ${message}` }),
  );
});

test("media takes bytes and images", () => {
  const image = new Image(1, 1, 1, Uint8Array.of(0));
  expect(bound({ type: "media", description }, image)).toBe(image);
});

test("of a group exactly one argument is given", () => {
  const bind = argumentBinder(
    stepWith({ a: { type: "any", description, optional: true }, b: { type: "any", description, optional: true } }, [
      ["a", "b"],
    ]),
  );
  expect(bind({ a: 1 })).toEqual({ a: 1, b: undefined });
  expect(() => bind({})).toThrow('"some.step" takes exactly one of "a" and "b", but none was given');
  expect(() => bind({ a: 1, b: 2 })).toThrow('but "a" and "b" were given');
});
