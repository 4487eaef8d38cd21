/** One use of a built-in step: its arguments against its table, then its type rule. */
import type { Expression } from "../../runtime/plan/plan.js";
import { parseLabels } from "../../runtime/steps/resources/labels.js";
import type { Arg, Step, StepTyping } from "../../runtime/steps/step.js";
import { listOr, nearest, quote } from "../../runtime/suggest.js";
import type { Type } from "../../runtime/types/type.js";
import { printType, required, unknownType } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import type { Code } from "../diagnostics/diagnostic.js";
import { diagnostic, valueAt } from "../diagnostics/diagnostic.js";
import { isExpression } from "./expression.js";
import type { Given } from "./given.js";
import { givenArguments } from "./given.js";
import { printUse } from "./graph.js";
import { checkResource } from "./resource.js";
import { argAccepts, printArg, printLiteral, problemWithLiteral } from "./step-arguments.js";
import type { ResourceUse, UseContext, Used } from "./typed-graph.js";

export function useStep(step: Step, context: UseContext): Used {
  const alternatives = new Set((step.oneOf ?? []).flat());
  const parameters = Object.entries(step.args).map(([name, arg]) => ({
    name,
    type: printArg(arg),
    required: arg.optional !== true && arg.default === undefined && !alternatives.has(name),
    keepRecords: arg.type === "record" || step.name === "flow.merge",
  }));
  const given = givenArguments(parameters, context);
  checkAlternatives(step, given, context);
  const wrong = new Set<string>();
  const args = new Map<string, Expression>();
  const resources: ResourceUse[] = [];
  for (const [name, argument] of given) {
    const arg = step.args[name];
    if (arg === undefined) continue;
    const file = resourceFile(arg, argument);
    if (file !== undefined) {
      const resource: ResourceUse = { kind: arg.type === "labels" ? "labels" : "tokenizer", file, path: argument.path };
      if (checkResource(resource, context)) resources.push(resource);
      else wrong.add(name);
      args.set(name, { kind: "file", file });
      continue;
    }
    if (!checkArgument(name, arg, argument, context)) wrong.add(name);
    args.set(name, argument.expression);
  }
  const mayBeSkipped =
    step.takesSkipped !== true && [...given.values()].some((argument) => argument.type.kind === "optional");
  const isIncomplete = parameters.some((parameter) => parameter.required && !given.has(parameter.name));
  const type = isIncomplete ? unknownType : step.typeRule(typingOf(step, given, wrong, context));
  return { args, type: required(type), mayBeSkipped: mayBeSkipped || type.kind === "optional", resources };
}

function checkAlternatives(step: Step, given: ReadonlyMap<string, Given>, context: UseContext): void {
  for (const group of step.oneOf ?? []) {
    const present = group.filter((name) => given.has(name));
    if (present.length === 1) continue;
    const choices = listOr(group.map(quote));
    const use = printUse(context.node.use);
    const first = given.get(present[1] ?? "");
    const place = first === undefined ? valueAt([...context.node.path, "use"]) : valueAt(first.path);
    context.report(diagnostic("missing-argument", present.length === 0 ? "one-of" : "both", place, { use, choices }));
  }
}

/** The file that a written-out argument names: always for a tokenizer, for labels when they are no list. */
function resourceFile(arg: Arg, given: Given): string | undefined {
  if (arg.type !== "tokenizer" && arg.type !== "labels") return undefined;
  return typeof given.value === "string" && !isExpression(given.value) ? given.value : undefined;
}

function checkArgument(name: string, arg: Arg, given: Given, context: UseContext): boolean {
  const use = printUse(context.node.use);
  const literal = given.value;
  if ((arg.literal === true || arg.type === "tokenizer") && (literal === undefined || isExpression(literal))) {
    context.report(diagnostic("bad-argument", "literal", valueAt(given.path), { use, argument: name }));
    return false;
  }
  if (!argAccepts(arg, given.type)) {
    const found = printType(required(given.type));
    const suggestion = helpFor(arg, required(given.type));
    context.report(
      diagnostic("type-mismatch", "argument", valueAt(given.path), {
        use,
        expected: printArg(arg),
        argument: name,
        source: given.source,
        found,
        suggestion,
      }),
    );
    return false;
  }
  const problem = literal === undefined ? undefined : problemWithLiteral(arg, literal);
  if (problem === undefined || literal === undefined) return true;
  const near =
    typeof literal === "string" && arg.enum !== undefined ? nearest(literal, arg.enum.map(String))[0] : undefined;
  const suggestion = near === undefined ? "change the value" : `did you mean ${quote(near)}?`;
  context.report(
    diagnostic("bad-argument", "value", valueAt(given.path), {
      use,
      value: printLiteral(literal),
      argument: name,
      problem,
      suggestion,
    }),
  );
  return false;
}

function helpFor(arg: Arg, found: Type): string {
  if (found.kind === "record") {
    const field = Object.keys(found.fields)[0];
    return field === undefined ? "the record has no fields" : `name one of its fields, such as .${field}`;
  }
  if (arg.type === "image" && (found.kind === "bytes" || found.kind === "file"))
    return "decode it first with image.decode";
  if (arg.type === "list<string>" && found.kind === "string") return "put it into a list: [ … ]";
  if (arg.type === "string" && found.kind === "list") return "name one item, such as [0], or join them with text.join";
  return `give ${printArg(arg)}`;
}

/** What a type rule sees; an argument that was reported already is unknown to it. */
function typingOf(
  step: Step,
  given: ReadonlyMap<string, Given>,
  wrong: ReadonlySet<string>,
  context: UseContext,
): StepTyping {
  const literal = (name: string): Json | undefined => {
    const argument = given.get(name);
    if (argument === undefined) return step.args[name]?.default;
    return argument.value === undefined || isExpression(argument.value) || wrong.has(name)
      ? undefined
      : withoutEscape(argument.value);
  };
  const itemType = (item: Type): Type => context.dims.resolveType(step.takesSkipped === true ? item : required(item));
  return {
    type: (name) => {
      const argument = given.get(name);
      if (argument === undefined) return undefined;
      if (wrong.has(name)) return unknownType;
      return context.dims.resolveType(required(argument.type));
    },
    items: (name) => (wrong.has(name) ? undefined : given.get(name)?.items?.map(itemType)),
    literal,
    labels: (name) => labelsOf(given.get(name), wrong.has(name), context),
    unify: (a, b) => context.dims.unify(a, b),
    fail: (name, code, message, help) => {
      const place = valueAt(given.get(name)?.path ?? [...context.node.path, "use"]);
      context.report(diagnostic(code satisfies Code, "step", place, { message, suggestion: help }));
      return unknownType;
    },
  };
}

function labelsOf(given: Given | undefined, isWrong: boolean, context: UseContext): readonly string[] | undefined {
  if (given?.value === undefined || isWrong) return undefined;
  if (Array.isArray(given.value))
    return given.value.every((item) => typeof item === "string") ? given.value : undefined;
  if (typeof given.value !== "string" || isExpression(given.value)) return undefined;
  const file = given.value;
  return context.workspace.remember(file, "labels", () => parseLabels(context.workspace.text(file), file));
}

/** `$$` at the start of a literal stands for `$`. */
function withoutEscape(value: Json): Json {
  return typeof value === "string" && value.startsWith("$$") ? value.slice(1) : value;
}
