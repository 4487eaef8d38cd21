/** `tensor.slice`: a part of a tensor along one axis. */
import { invalidInput } from "../../errors.js";
import { type Dim, tensorOf } from "../../types/type.js";
import { defineStep, type StepTyping } from "../step.js";
import { axisOf } from "./support/axes.js";
import { elementsMoved, takeAlong } from "./support/rearrange.js";
import { axisIn, literalInteger, tensorTypeOf } from "./support/typing.js";

export const slice = defineStep({
  name: "tensor.slice",
  summary: "Takes a part of a tensor along one axis.",
  equals: "NumPy's `x[start:stop:step]`",
  result: "a tensor of the same rank",
  details: `As in Python, negative positions count from the end, those beyond the ends are cut to them, \`stop\` itself is left
out, and a negative \`step\` walks backwards. A position that is left out is the end from which, or to which, the step walks.`,
  args: {
    x: { type: "tensor", description: "The tensor to take from." },
    axis: { type: "integer", description: "The axis; -1 is the last.", default: 0 },
    start: { type: "integer", description: "The first position.", optional: true },
    stop: { type: "integer", description: "The position before which to stop.", optional: true },
    step: { type: "integer", description: "From one position to the next; not 0.", default: 1 },
  },
  examples: [
    {
      title: "The last two columns.",
      with: {
        x: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        axis: 1,
        start: -2,
      },
      result: [
        [2, 3],
        [5, 6],
      ],
    },
    { title: "Backwards.", with: { x: [1, 2, 3], step: -1 }, result: [3, 2, 1] },
  ],
  typeRule: (typing) => {
    const x = tensorTypeOf(typing, "x");
    if (typing.literal("step") === 0)
      return typing.fail(
        "step",
        "bad-argument",
        "a step of 0 goes nowhere",
        "1 takes each position, -1 goes backwards",
      );
    const axis = axisIn(typing, x.shape);
    if (axis === "failed") return { kind: "unknown" };
    if (x.shape === null || axis === "unknown") return tensorOf(x.dtype, x.shape?.map(() => null) ?? null);
    return tensorOf(x.dtype, x.shape.with(axis, slicedDim(typing, x.shape[axis] ?? null)));
  },
  kernel: ({ x, axis, start, stop, step }) => {
    if (step === 0) throw invalidInput('"tensor.slice" takes a step other than 0 for "step"; -1 goes backwards');
    const along = axisOf("tensor.slice", axis, x.shape.length);
    return takeAlong(x, along, positions(x.shape[along] ?? 0, start, stop, step));
  },
  work: ({ x }) => elementsMoved(x),
});

/** Python's `range(*slice(start, stop, step).indices(length))`. */
function positions(length: number, start: number | undefined, stop: number | undefined, step: number): number[] {
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const within = (position: number) => Math.min(Math.max(position < 0 ? position + length : position, lowest), highest);
  const first = start === undefined ? (step > 0 ? lowest : highest) : within(start);
  const end = stop === undefined ? (step > 0 ? highest : lowest) : within(stop);
  const count = Math.max(0, Math.ceil((end - first) / step));
  return Array.from({ length: count }, (_, i) => first + i * step);
}

function slicedDim(typing: StepTyping, dim: Dim): Dim {
  const bound = (name: string) => (typing.type(name) === undefined ? "absent" : literalInteger(typing, name));
  const start = bound("start");
  const stop = bound("stop");
  const step = literalInteger(typing, "step");
  if (start === undefined || stop === undefined || step === undefined) return null;
  if (start === "absent" && stop === "absent" && Math.abs(step) === 1) return dim;
  if (typeof dim !== "number") return null;
  return positions(dim, start === "absent" ? undefined : start, stop === "absent" ? undefined : stop, step).length;
}
