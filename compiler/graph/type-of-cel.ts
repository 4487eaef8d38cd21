/** The type of an expression in CEL, and its variables bound. */
import type { CelVariable, Expression } from "../../runtime/plan/plan.js";
import { checkCel } from "../../runtime/types/cel.js";
import type { Type } from "../../runtime/types/type.js";
import { optional, printType, required, unknownType } from "../../runtime/types/type.js";
import { diagnostic } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import { rootsOf } from "./expression.js";
import { onlyField } from "./parts.js";
import type { TypeContext, Typed } from "./scope.js";
import { describeUnknown } from "./scope.js";

type CelExpression = Extract<Expression, { readonly kind: "cel" }>;

export function typeOfCel(written: CelExpression, path: Path, context: TypeContext): Typed {
  const { source } = written;
  const names = rootsOf(written);
  const variables: { [name: string]: CelVariable } = {};
  const types: { [name: string]: Type } = {};
  let mayBeSkipped = false;
  for (const name of names) {
    const type = context.scope.get(name);
    if (type === undefined) continue;
    mayBeSkipped ||= type.kind === "optional";
    types[name] = required(type);
    variables[name] = { value: { kind: "path", root: name, path: [] }, type: printType(required(type)) };
  }
  const checked = unwrapSingles(source, variables, types);
  const expression: Expression = { kind: "cel", source, variables };
  if ("type" in checked) return { type: mayBeSkipped ? optional(checked.type) : checked.type, expression };
  const { message, start, end, help } = checked.error;
  const place = { path, start: start + 2, end: end + 2 };
  const unknown = /^[A-Za-z_]\w*$/.exec(source.slice(start, end))?.[0];
  if (unknown !== undefined && !context.scope.has(unknown) && names.includes(unknown)) {
    context.report(describeUnknown(unknown, context, place));
  } else {
    context.report(
      diagnostic("bad-expression", "cel", place, {
        problem: message,
        suggestion: help ?? "see https://cel.dev for the language of expressions",
      }),
    );
  }
  return { type: unknownType, expression };
}

/** Checks an expression as it is, then with each single-field record replaced by its field; the first error counts. */
function unwrapSingles(
  source: string,
  variables: { [name: string]: CelVariable },
  types: { readonly [name: string]: Type },
): ReturnType<typeof checkCel> {
  const asWritten = checkCel(source, types);
  if ("type" in asWritten) return asWritten;
  const singles = Object.keys(variables).flatMap((name) => {
    const single = onlyField(types[name] ?? unknownType);
    return single === undefined ? [] : [[name, single] as const];
  });
  if (singles.length === 0) return asWritten;
  const replaced = checkCel(source, {
    ...types,
    ...Object.fromEntries(singles.map(([name, single]) => [name, single.type])),
  });
  if (!("type" in replaced)) return asWritten;
  for (const [name, single] of singles) {
    variables[name] = {
      value: { kind: "path", root: name, path: [single.name] },
      type: printType(required(single.type)),
    };
  }
  return replaced;
}
