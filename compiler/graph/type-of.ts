/**
 * The type of an expression, and the expression as the Plan holds it: a record of a single field that is named by its
 * step's id alone is replaced by that field.
 */
import type { Expression, PathExpression, PathPart } from "../../runtime/plan/plan.js";
import type { Type } from "../../runtime/types/type.js";
import {
  booleanType,
  integerType,
  listOf,
  nullType,
  numberType,
  optional,
  printType,
  recordOf,
  required,
  stringType,
  union,
  unknownType,
} from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import type { Report } from "../diagnostics/diagnostic.js";
import { diagnostic, suggest } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import { printPath } from "./expression.js";
import { itemOf, onlyField } from "./parts.js";
import type { TypeContext, Typed } from "./scope.js";
import { describeUnknown } from "./scope.js";
import { typeOfCel } from "./type-of-cel.js";

/** `keepRecords`: a record of one field stays a record where a record is taken. */
export function typeOf(expression: Expression, path: Path, context: TypeContext, keepRecords = false): Typed {
  switch (expression.kind) {
    case "literal":
      return { type: typeOfLiteral(expression.value), expression, ...literalItems(expression.value) };
    case "path":
      return typeOfPath(expression, path, context, keepRecords);
    case "cel":
      return typeOfCel(expression, path, context);
    case "list": {
      const items = expression.items.map((item, index) => typeOf(item, [...path, index], context, keepRecords));
      const types = items.map((item) => item.type);
      const type = anyOptional(items, listOf(items.length === 0 ? unknownType : union(types)));
      return { type, items: types, expression: { kind: "list", items: items.map((item) => item.expression) } };
    }
    case "record": {
      const fields = Object.entries(expression.fields).map(
        ([name, field]) => [name, typeOf(field, [...path, name], context, keepRecords)] as const,
      );
      const type = recordOf(Object.fromEntries(fields.map(([name, field]) => [name, required(field.type)])));
      const written = Object.fromEntries(fields.map(([name, field]) => [name, field.expression]));
      return {
        type: anyOptional(
          fields.map(([, field]) => field),
          type,
        ),
        expression: { kind: "record", fields: written },
      };
    }
    case "file":
      return { type: unknownType, expression };
  }
}

/** A list or record with a skipped part is skipped as a whole. */
function anyOptional(parts: readonly Typed[], type: Type): Type {
  return parts.some((part) => part.type.kind === "optional") ? optional(type) : type;
}

export function typeOfLiteral(value: Json): Type {
  if (value === null) return nullType;
  if (typeof value === "string") return stringType;
  if (typeof value === "boolean") return booleanType;
  if (typeof value === "number") return Number.isInteger(value) ? integerType : numberType;
  if (Array.isArray(value)) {
    const kinds = union(value.map(typeOfLiteral));
    return listOf(value.length === 0 ? unknownType : isNumeric(kinds) ? numberType : kinds);
  }
  return recordOf(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typeOfLiteral(item)])));
}

function literalItems(value: Json): { readonly items?: readonly Type[] } {
  return Array.isArray(value) ? { items: value.map(typeOfLiteral) } : {};
}

/** `[1, 2.5]` is a list of numbers. */
function isNumeric(type: Type): boolean {
  return type.kind === "union" && type.of.every((member) => member.kind === "number" || member.kind === "integer");
}

function typeOfPath(expression: PathExpression, path: Path, context: TypeContext, keepRecords: boolean): Typed {
  if (expression.root === "") return { type: unknownType, expression };
  const root = context.scope.get(expression.root);
  const at = (start: number, end: number) => ({ path, start, end });
  const whole = printPath(expression.root, expression.path);
  if (root === undefined) {
    context.report(describeUnknown(expression.root, context, at(0, expression.root.length + 1)));
    return { type: unknownType, expression };
  }
  const parts: PathPart[] = [];
  const walked: PathPart[] = [];
  let type = root;
  for (const [index, part] of expression.path.entries()) {
    const source = printPath(expression.root, walked);
    const single = typeof part === "string" ? undefined : onlyField(required(type));
    if (single !== undefined) {
      type = wrapOptional(type, single.type);
      parts.push(single.name);
    }
    if (typeof part === "object") {
      const rest = { kind: "path", root: expression.root, path: expression.path.slice(index + 1) } as const;
      const item = itemOf(required(type));
      if (item === undefined) {
        context.report(
          diagnostic("type-mismatch", "index", at(source.length, whole.length), { source, found: printType(type) }),
        );
        return { type: unknownType, expression };
      }
      const inner = typeOfRest(item, rest.path, {
        ...context,
        source: `${source}[]`,
        offset: source.length + 2,
        path,
        end: whole.length,
      });
      if (inner === undefined) return { type: unknownType, expression };
      const full: PathExpression = { kind: "path", root: expression.root, path: [...parts, part, ...rest.path] };
      return { type: wrapOptional(type, listOf(required(inner))), expression: full };
    }
    const next = step(required(type), part, {
      source,
      report: context.report,
      path,
      start: source.length,
      end: source.length + printPath("", [part]).length - 1,
    });
    if (next === undefined) return { type: unknownType, expression };
    type = wrapOptional(type, next);
    parts.push(part);
    walked.push(part);
  }
  const single = keepRecords ? undefined : onlyField(required(type));
  if (single !== undefined && expression.path.length === 0) {
    return { type: wrapOptional(type, single.type), expression: { ...expression, path: [single.name] } };
  }
  return { type, expression: { ...expression, path: parts } };
}

interface RestContext extends TypeContext {
  readonly source: string;
  readonly offset: number;
  readonly end: number;
  readonly path: Path;
}

/** The type at the end of the parts that follow `[]`. */
function typeOfRest(item: Type, parts: readonly PathPart[], context: RestContext): Type | undefined {
  let type = item;
  for (const [index, part] of parts.entries()) {
    const place = {
      source: context.source,
      report: context.report,
      path: context.path,
      start: context.offset,
      end: context.end,
    };
    if (typeof part === "object") {
      const inner = itemOf(required(type));
      if (inner === undefined) {
        context.report(
          diagnostic(
            "type-mismatch",
            "index",
            { path: context.path, start: context.offset, end: context.end },
            { source: context.source, found: printType(type) },
          ),
        );
        return undefined;
      }
      const rest = typeOfRest(inner, parts.slice(index + 1), context);
      return rest === undefined ? undefined : wrapOptional(type, listOf(required(rest)));
    }
    const next = step(required(type), part, place);
    if (next === undefined) return undefined;
    type = wrapOptional(type, next);
  }
  return type;
}

interface StepPlace {
  readonly source: string;
  readonly report: Report;
  readonly path: Path;
  readonly start: number;
  readonly end: number;
}

/** One field or index further; undefined, with a diagnostic, where there is none. */
function step(type: Type, part: string | number, place: StepPlace): Type | undefined {
  if (type.kind === "unknown" || type.kind === "json") return type.kind === "json" ? type : unknownType;
  if (type.kind === "union")
    return union(
      type.of.map((member) => (member.kind === "null" ? member : (step(member, part, place) ?? unknownType))),
    );
  const range = { path: place.path, start: place.start, end: place.end };
  if (typeof part === "number") {
    const item = itemOf(type);
    if (item === undefined)
      place.report(diagnostic("type-mismatch", "index", range, { source: place.source, found: printType(type) }));
    return item;
  }
  if (type.kind === "image" && (part === "width" || part === "height")) return integerType;
  if (type.kind === "record" && Object.hasOwn(type.fields, part)) return type.fields[part];
  const known = type.kind === "record" ? Object.keys(type.fields) : [];
  const suggestion = suggest(part, known, place.report, `it is of type ${printType(type)}`);
  place.report(diagnostic("unknown-name", "field", range, { value: place.source, field: part, suggestion }));
  return undefined;
}

function wrapOptional(outer: Type, inner: Type): Type {
  return outer.kind === "optional" ? optional(inner) : inner;
}
