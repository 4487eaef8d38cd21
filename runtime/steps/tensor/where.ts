/** `tensor.where`: elements of one tensor or another, as a condition says. */
import { invalidInput } from "../../errors.js";
import { type Type, tensorOf } from "../../types/type.js";
import { allocate, type DType } from "../../values/dtype.js";
import { sizeOf, Tensor } from "../../values/value.js";
import { defineStep } from "../step.js";
import { broadcastShapes, broadcastStrides } from "./support/broadcast.js";
import { convert } from "./support/convert.js";
import { commonDType, type Operand, operandAs, shapeOfOperand } from "./support/operand.js";
import { commonType, operandType } from "./support/operand-typing.js";
import { forEachRow } from "./support/strides.js";
import { broadcastTypes, isString, refusesDType, tensorTypeOf } from "./support/typing.js";

const step = "tensor.where";

export const where = defineStep({
  name: step,
  summary: "Takes each element from one tensor or another, as a condition says.",
  equals: "NumPy's `where`",
  result: "a tensor of the common shape",
  details: `Shapes are broadcast as NumPy does it. A condition of numbers holds where they are not 0. The element type is the one
that holds both operands' types; plain numbers take the other's.`,
  args: {
    condition: { type: "tensor", description: "Where to take from `a`." },
    a: { type: "operand", description: "What is taken where the condition holds." },
    b: { type: "operand", description: "What is taken elsewhere." },
  },
  examples: [
    {
      title: "Negative numbers become 0.",
      with: { condition: [true, false], a: { dtype: "float32", data: [1.5, -2] }, b: 0 },
      result: [1.5, 0],
    },
  ],
  typeRule: (typing): Type => {
    const condition = tensorTypeOf(typing, "condition");
    if (refusesDType(typing, "condition", condition, isString, "a condition is true or false"))
      return { kind: "unknown" };
    const [a, b] = [operandType(typing, "a"), operandType(typing, "b")];
    const dtype = commonType(a, b);
    if (dtype === undefined)
      return typing.fail(
        "b",
        "type-mismatch",
        "strings and numbers have no common element type",
        "both must hold strings, or neither",
      );
    const shape = broadcastTypes(condition.shape, a.shape, b.shape);
    if (shape === undefined)
      return typing.fail(
        "condition",
        "shape-mismatch",
        "the shapes of condition, a and b cannot be broadcast to one",
        "axes are aligned from the last; lengths are equal, or 1",
      );
    return tensorOf(dtype, shape);
  },
  kernel: ({ condition, a, b }) => {
    const dtype = commonDType(a, b);
    if (dtype === undefined) throw invalidInput(`"${step}" cannot mix strings and numbers in "a" and "b"`);
    if (condition.dtype === "string")
      throw invalidInput(`"${step}" takes booleans or numbers for "condition", not strings`);
    return chosen(convert(condition, "bool"), operandAs(step, a, dtype), operandAs(step, b, dtype));
  },
  work: ({ condition, a, b }) => Math.max(...[condition, a, b].map((each: Operand) => sizeOf(shapeOfOperand(each)))),
});

function chosen(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const operands = [condition, a, b];
  const shape = broadcastShapes(...operands.map((operand) => operand.shape));
  if (shape === undefined)
    throw invalidInput(
      `"${step}" cannot broadcast ${operands.map((operand) => `[${operand.shape.join(", ")}]`).join(", ")} to one shape`,
    );
  const data = allocate<DType>(a.dtype, sizeOf(shape));
  const strides = operands.map((operand) => broadcastStrides(operand.shape, shape));
  const length = shape.at(-1) ?? 1;
  const [ofCondition = 0, ofA = 0, ofB = 0] = strides.map((each) => each.at(-1) ?? 0);
  forEachRow(shape, strides, (row, [atCondition = 0, atA = 0, atB = 0]) => {
    for (let i = 0; i < length; i++) {
      const holds = condition.data[atCondition + i * ofCondition] !== 0;
      data[row * length + i] = (holds ? a.data[atA + i * ofA] : b.data[atB + i * ofB]) ?? 0;
    }
  });
  return new Tensor(a.dtype, shape, data);
}
