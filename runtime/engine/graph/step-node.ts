/** A built-in step as a node of a graph: its arguments bound, its kernel run here or, where there is much to do, in a worker. */
import { EkibenError } from "../../errors.js";
import type { PlanNode } from "../../plan/plan.js";
import { argumentBinder } from "../../steps/bind-arguments.js";
import type { ArgumentValue, Step, UntypedArgs } from "../../steps/step.js";
import type { Value } from "../../values/value.js";
import type { Lanes } from "../instances/lanes.js";
import type { Resources } from "../resources.js";
import type { Slots } from "./expression.js";
import { compileExpression } from "./expression.js";
import type { RunContext, RunNode } from "./interpreter.js";

/** Elements of work above which a kernel goes to a worker: the trip costs about as much as this many. */
const offloadAbove = 100_000;

export function stepNode(
  step: Step,
  node: PlanNode,
  slotOf: (name: string) => number,
  resources: Resources,
  lanes: Lanes,
): RunNode {
  const bind = argumentBinder(step);
  const keepHoles = step.takesSkipped === true;
  const args = Object.entries(node.args).map(([name, expression]) => {
    if (expression.kind === "file") {
      const resource: ArgumentValue = resources.get(step.args[name]?.type ?? "any", expression.file);
      return { name, evaluate: () => resource };
    }
    return { name, evaluate: compileExpression(expression, slotOf, { keepHoles }) };
  });
  return (slots, context) => {
    const given = evaluateAll(args, slots, keepHoles);
    return given === undefined ? undefined : runKernel(step, bind(given), lanes, context);
  };
}

interface CompiledArgument {
  readonly name: string;
  readonly evaluate: (slots: Slots) => ArgumentValue;
}

/** Undefined when one of them was skipped. */
function evaluateAll(args: readonly CompiledArgument[], slots: Slots, keepHoles: boolean): UntypedArgs | undefined {
  const given: { [name: string]: ArgumentValue } = {};
  for (const { name, evaluate } of args) {
    const value = evaluate(slots);
    if (value === undefined && !keepHoles) return undefined;
    given[name] = value;
  }
  return given;
}

function runKernel(
  step: Step,
  args: UntypedArgs,
  lanes: Lanes,
  context: RunContext,
): Value | undefined | Promise<Value | undefined> {
  try {
    const isHeavy = step.work !== undefined && step.work(args) > offloadAbove;
    // Steps that say how much work they are take values alone, no loaded files.
    const result = isHeavy
      ? lanes.step(step.name, args as { [name: string]: Value | undefined })
      : step.kernel(args, context);
    return result instanceof Promise ? result.catch((error: unknown) => Promise.reject(asError(step, error))) : result;
  } catch (error) {
    throw asError(step, error);
  }
}

function asError(step: Step, error: unknown): EkibenError {
  if (error instanceof EkibenError) return error;
  return new EkibenError("internal", `Step "${step.name}" failed.`, { cause: error });
}
