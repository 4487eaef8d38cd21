/** `tensor.math`: arithmetic, functions, comparisons and logic, element by element. */
import { invalidInput } from "../../errors.js";
import { printDim, type Type, tensorOf } from "../../types/type.js";
import { sizeOf } from "../../values/value.js";
import { defineStep } from "../step.js";
import { computed, computedType } from "./support/elementwise.js";
import { shapeOfOperand } from "./support/operand.js";
import { type OperandType, operandType } from "./support/operand-typing.js";
import { operationNamed, operationNames } from "./support/operations.js";
import { broadcastTypes } from "./support/typing.js";

export const math = defineStep({
  name: "tensor.math",
  summary: "Computes element by element: arithmetic, functions, comparisons and logic.",
  equals: "NumPy's functions of these names",
  result: "a tensor of the common shape",
  details: `Of two operands, shapes are broadcast and element types promoted as NumPy 2 does it: a plain number takes the type of
the tensor it meets, so that \`x * 2\` stays float32 where \`x\` is; a number with a fraction makes integers float64.

| op | |
|---|---|
| add, sub, mul, div, pow, mod, min, max | \`div\` of integers is float64; \`mod\` has the divisor's sign; integers wrap around |
| exp, log, sqrt, tanh | integers become floats |
| abs, neg, sign, round, floor, ceil | \`round\` takes halves to the even number |
| equal, not_equal, less, less_equal, greater, greater_equal | give bool; strings are compared too |
| and, or, xor, not | give bool; numbers count as true where they are not 0 |`,
  args: {
    op: { type: "string", description: "What is computed.", enum: operationNames, literal: true },
    a: { type: "operand", description: "The first operand." },
    b: { type: "operand", description: "The second operand, where the operation has two.", optional: true },
  },
  examples: [
    {
      title: "A column plus a row.",
      with: { op: "add", a: [[1], [2]], b: [10, 20] },
      result: [
        [11, 21],
        [12, 22],
      ],
    },
    { title: "Which scores are high.", with: { op: "greater", a: [0.2, 0.9], b: 0.5 }, result: [false, true] },
    { title: "A root.", with: { op: "sqrt", a: { dtype: "float32", data: [4, 9] } }, result: [2, 3] },
  ],
  typeRule: (typing): Type => {
    const op = operationNames.find((name) => name === typing.literal("op"));
    if (op === undefined) return tensorOf(null, null);
    const { arity } = operationNamed(op);
    const given = typing.type("b") !== undefined;
    if (given !== (arity === 2))
      return typing.fail(
        "b",
        "bad-argument",
        operandCount(op, arity),
        given ? "leave out b" : "give b, a tensor or a number",
      );
    const a = operandType(typing, "a");
    const operands: readonly [OperandType, OperandType?] = given ? [a, operandType(typing, "b")] : [a];
    const dtype = computedType(op, operands);
    if (dtype === undefined)
      return typing.fail(
        "a",
        "type-mismatch",
        `"${op}" does not compute with elements of these types`,
        "convert them with tensor.cast",
      );
    const shapes = operands.map((operand) => operand?.shape ?? null);
    const shape = broadcastTypes(...shapes);
    if (shape !== undefined) return tensorOf(dtype, shape);
    const printed = shapes.map((each) => `[${(each ?? []).map(printDim).join(", ")}]`).join(" and ");
    return typing.fail(
      "b",
      "shape-mismatch",
      `${printed} cannot be broadcast to one shape`,
      "axes are aligned from the last; lengths are equal, or 1",
    );
  },
  kernel: ({ op, a, b }) => {
    const operation = operationNamed(op);
    if ((b !== undefined) !== (operation.arity === 2))
      throw invalidInput(`"tensor.math" got a wrong number of operands: ${operandCount(op, operation.arity)}`);
    return computed(op, operation, a, b);
  },
  work: ({ a, b }) => Math.max(sizeOf(shapeOfOperand(a)), b === undefined ? 0 : sizeOf(shapeOfOperand(b))) * 2,
});

function operandCount(op: string, arity: 1 | 2): string {
  return arity === 2 ? `"${op}" has two operands, "a" and "b"` : `"${op}" has one operand, "a"`;
}
