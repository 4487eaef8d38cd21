/**
 * From what a step was given to what its kernel receives: defaults filled in, every argument checked against the step's
 * table and brought to its type. What can be prepared is prepared once a step.
 */
import { invalidInput } from "../errors.js";
import { argumentCoercion } from "./coerce-argument.js";
import type { Arg, ArgumentValue, Step, UntypedArgs } from "./step.js";

/** Arguments by name as a request computed them; loaded files stand for `tokenizer` and `labels` arguments. */
export type GivenArguments = { readonly [name: string]: ArgumentValue };

export type ArgumentBinder = (given: GivenArguments) => UntypedArgs;

/** One argument of a step, ready to be bound: what was given (or nothing) to what the kernel receives. */
interface Binding {
  readonly name: string;
  readonly bind: (given: ArgumentValue) => ArgumentValue;
}

/** The binder of a step, to be made once and called for every request. Throws `invalidInput` that names the argument. */
export function argumentBinder(step: Step): ArgumentBinder {
  const bindings = Object.entries(step.args).map(([name, arg]) => bindingOf(step.name, name, arg));
  const groups = step.oneOf ?? [];
  return (given) => {
    for (const group of groups) checkOneOf(step.name, group, given);
    const bound: { [name: string]: ArgumentValue } = {};
    for (const { name, bind } of bindings) bound[name] = bind(given[name]);
    return bound;
  };
}

/** Binds once; where a step runs again and again, keep its `argumentBinder`. */
export function bindArguments(step: Step, given: GivenArguments): UntypedArgs {
  return argumentBinder(step)(given);
}

function bindingOf(step: string, name: string, arg: Arg): Binding {
  const coerce = argumentCoercion(step, name, arg);
  const absent = arg.default === undefined ? undefined : coerce(arg.default);
  const mayBeAbsent = arg.optional === true || arg.default !== undefined;
  return {
    name,
    bind: (given) => {
      if (given !== undefined) return coerce(given);
      if (!mayBeAbsent) throw invalidInput(`"${step}" needs "${name}", which is absent: ${arg.description}`);
      return absent;
    },
  };
}

function checkOneOf(step: string, group: readonly string[], given: GivenArguments): void {
  const present = group.filter((name) => given[name] !== undefined);
  if (present.length === 1) return;
  const names = group.map((name) => `"${name}"`);
  const found = present.length === 0 ? "none was" : `${present.map((name) => `"${name}"`).join(" and ")} were`;
  throw invalidInput(`"${step}" takes exactly one of ${names.join(" and ")}, but ${found} given; leave the others out`);
}
