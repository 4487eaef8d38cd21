/** Walks over a parsed CEL expression: which names it takes from outside, and where. */

/** A node of a parsed expression, as far as walking it needs. `start` and `end` are offsets into the source. */
export interface CelNode {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

export interface FreeName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Names that CEL keeps for its own types and functions: no variable can have them. */
export const reservedNames: readonly string[] = [
  ...[
    "bool",
    "bytes",
    "cel",
    "double",
    "google",
    "int",
    "list",
    "map",
    "null_type",
    "optional",
    "string",
    "type",
    "uint",
  ],
];

/** The macros that bind their first argument, as in `list.map(item, …)`. */
const comprehensions = new Set(["all", "exists", "exists_one", "existsOne", "filter", "map"]);

/** Every use of a name that the expression does not bind itself, in the source's order. */
export function freeNames(root: CelNode): readonly FreeName[] {
  const found: FreeName[] = [];
  walk(root, new Set(), found);
  return found.sort((a, b) => a.start - b.start);
}

/** Calls of the method `from` become calls of `to`, in place. */
export function renameMethod(node: CelNode, from: string, to: string): void {
  if (node.op === "rcall" && Array.isArray(node.args) && node.args[0] === from) node.args[0] = to;
  for (const child of childrenOf(node.args)) renameMethod(child, from, to);
}

function walk(node: CelNode, bound: ReadonlySet<string>, found: FreeName[]): void {
  if (node.op === "id") {
    const name = String(node.args);
    if (!bound.has(name)) found.push({ name, start: node.start, end: node.end });
    return;
  }
  const binding = bindingOf(node);
  for (const child of binding?.outside ?? childrenOf(node.args)) walk(child, bound, found);
  if (binding === undefined) return;
  const inner = new Set([...bound, binding.name]);
  for (const child of binding.inside) walk(child, inner, found);
}

interface Binding {
  readonly name: string;
  /** Where the name is not seen, and where it is. */
  readonly outside: readonly CelNode[];
  readonly inside: readonly CelNode[];
}

function bindingOf(node: CelNode): Binding | undefined {
  if (node.op !== "rcall" || !Array.isArray(node.args)) return undefined;
  const [method, receiver, args] = node.args as readonly unknown[];
  const [variable, ...rest] = childrenOf(args);
  if (variable?.op !== "id" || !isNode(receiver)) return undefined;
  const name = String(variable.args);
  if (comprehensions.has(String(method))) return { name, outside: [receiver], inside: rest };
  if (method === "bind" && receiver.op === "id" && receiver.args === "cel") {
    return { name, outside: rest.slice(0, 1), inside: rest.slice(1) };
  }
  return undefined;
}

function childrenOf(args: unknown): readonly CelNode[] {
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.flatMap(childrenOf) : [];
}

export function isNode(value: unknown): value is CelNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
