/**
 * What a built-in step is: its arguments, its type rule and its kernel, with the words that its reference page, its
 * schema and `ekiben explain` are made from. One step a file; `defineStep` ties the kernel's TypeScript types to the
 * table of arguments.
 */
import type { StopSignal } from "../stop.js";
import type { Dim, Type } from "../types/type.js";
import type { Image, Json, Tensor, Value } from "../values/value.js";
import type { Tokenizer } from "./resources/tokenizer.js";

/** How an argument's type is written, with what the kernel receives for it. */
interface ArgTypes {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  image: Image;
  /** Bytes, a file or an image: what `image.decode` takes. */
  media: Uint8Array | Image;
  /** A tensor; plain numbers, booleans, strings and (nested) lists of them come as one. */
  tensor: Tensor;
  /** A tensor, or a plain number or boolean, whose element type gives way to the other operand's as NumPy's does. */
  operand: Tensor | number | bigint | boolean;
  "list<string>": readonly string[];
  "list<integer>": readonly number[];
  "list<number>": readonly number[];
  /** Tensors, plain numbers or nested lists of them, all as tensors. A tensor stands for the list of its rows. */
  "list<tensor>": readonly Tensor[];
  list: readonly Value[];
  record: { readonly [name: string]: Value | undefined };
  any: Value;
  /** A list of strings, or the path of a file of labels (one a line, JSON list, JSON object of index to name, config.json). */
  labels: readonly string[];
  /** The path of a Hugging Face tokenizer.json; the kernel receives it loaded. */
  tokenizer: Tokenizer;
}

export type ArgType = keyof ArgTypes;

export interface Arg {
  readonly type: ArgType;
  /** A sentence for the reference page. */
  readonly description: string;
  /** May be left out, without a default. */
  readonly optional?: true;
  /** What stands for the argument when it is left out, as a spec would write it. */
  readonly default?: Json;
  /** The only values that are taken. */
  readonly enum?: readonly (string | number | boolean)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Must be written out in the spec: the type rule or the loading of files needs it. */
  readonly literal?: true;
}

export type ArgTable = { readonly [name: string]: Arg };

type ArgValue<A extends Arg> = A["enum"] extends readonly (infer E)[] ? E : ArgTypes[A["type"]];
type MayBeAbsent<A extends Arg> = A extends { readonly optional: true } ? true : false;

/** What a kernel receives: each argument checked, defaults filled in, `undefined` only for those declared optional. */
export type KernelArgs<T extends ArgTable> = {
  readonly [N in keyof T]: MayBeAbsent<T[N]> extends true ? ArgValue<T[N]> | undefined : ArgValue<T[N]>;
};

/** What a type rule sees of one use of the step, and how it says what is wrong. */
export interface StepTyping {
  /** The type of an argument as it was given; undefined when it was left out. Never an optional type. */
  type(name: string): Type | undefined;
  /** The types of a list's items where the spec writes the list out, optional ones among them for a step that takes skipped values. */
  items(name: string): readonly Type[] | undefined;
  /** The argument's value where the spec writes it out (or its default); undefined for an expression or an absent one. */
  literal(name: string): Json | undefined;
  /** The names that a `labels` argument stands for, when they are known before the service runs. */
  labels(name: string): readonly string[] | undefined;
  /** Makes two dimensions equal through the whole graph; false when they cannot be. An unknown one is equal to any. */
  unify(a: Dim, b: Dim): boolean;
  /** Reports what is wrong with an argument and gives the unknown type, so that one mistake gives one diagnostic. */
  fail(
    argument: string,
    code: "type-mismatch" | "shape-mismatch" | "bad-argument",
    message: string,
    help: string,
  ): Type;
}

export interface KernelContext {
  /** Fires when the caller left or the deadline passed; long kernels look at it. */
  readonly signal: StopSignal;
}

export interface StepExample {
  /** A sentence. */
  readonly title: string;
  /** Arguments as JSON; a tensor is `{ "dtype", "data" }` with nested arrays. Files are named relative to `tests/references/steps/`. */
  readonly with: { readonly [name: string]: Json };
  /** The result as JSON. */
  readonly result: Json;
}

export interface StepDefinition<T extends ArgTable> {
  /** `namespace.name`. */
  readonly name: string;
  /** One sentence, for lists. */
  readonly summary: string;
  /** The original whose results it equals, such as `NumPy's concatenate`. */
  readonly equals?: string;
  /** The result's type in words, such as `list<string>` or `T[(n,) d]`. */
  readonly result: string;
  /** Markdown paragraphs: what a user needs beyond the table of arguments. */
  readonly details: string;
  readonly args: T;
  /** Groups of argument names of which exactly one must be given, such as `[["text", "texts"]]`. */
  readonly oneOf?: readonly (readonly string[])[];
  /** Examples for the page; a test runs each. */
  readonly examples: readonly StepExample[];
  /** The result's type; the table has already checked each argument against its own type. */
  readonly typeRule: (typing: StepTyping) => Type;
  /** Pure computation. A caller's bad value is thrown as `invalidInput(sentence)`. */
  readonly kernel: (args: KernelArgs<T>, context: KernelContext) => Value | undefined | Promise<Value | undefined>;
  /**
   * Elements of work for these arguments. Above a limit the engine runs the kernel in a worker, so that it does not hold
   * up other requests. Left out where the kernel is cheap or has threads of its own.
   */
  readonly work?: (args: KernelArgs<T>) => number;
  /** True where the step takes arguments that were skipped (only `flow.first`). Their values are undefined then. */
  readonly takesSkipped?: true;
}

/** A step with its argument types forgotten: what registries and the engine hold. */
export interface Step extends Omit<StepDefinition<ArgTable>, "kernel" | "work"> {
  readonly kernel: (args: UntypedArgs, context: KernelContext) => Value | undefined | Promise<Value | undefined>;
  readonly work?: (args: UntypedArgs) => number;
}

export type ArgumentValue = Value | Tokenizer | undefined | readonly Tensor[];
export type UntypedArgs = { readonly [name: string]: ArgumentValue };

/** Ties a kernel to its table of arguments. The engine checks every argument against the table before the kernel sees it. */
export function defineStep<const T extends ArgTable>(step: StepDefinition<T>): Step {
  // The one place where the types of a kernel's arguments are forgotten: `bindArguments` gives back what the table says.
  return step as unknown as Step;
}
