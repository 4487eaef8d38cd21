/** What is known of a graph once its types have flowed, and what one use of something sees while they flow. */
import type { Expression, RowMode } from "../../runtime/plan/plan.js";
import type { Type } from "../../runtime/types/type.js";
import type { Report } from "../diagnostics/diagnostic.js";
import type { Path } from "../source/path.js";
import type { Workspace } from "../workspace.js";
import type { Dims } from "./dims.js";
import type { Graph, Node } from "./graph.js";
import type { Scope, Typed } from "./scope.js";

/** A graph with the type of everything in it. */
export interface TypedGraph {
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Type>;
  readonly nodes: ReadonlyMap<string, TypedNode>;
  readonly outputs: ReadonlyMap<string, Typed>;
  /** Files that its steps name, such as tokenizers. */
  readonly resources: readonly ResourceUse[];
  /** Of the graph as a step: its result, and how many parts that has; undefined for one above the limits. */
  readonly result: Type;
  readonly resultSize: number | undefined;
}

export interface TypedNode {
  readonly node: Node;
  readonly args: ReadonlyMap<string, Expression>;
  readonly when?: Expression;
  readonly each?: Expression;
  /** For models. */
  readonly rows?: RowMode;
  /** The result as others see it: a list with `each`, optional where it may be skipped. */
  readonly type: Type;
}

/** What one use of something needs to check what it is given. */
export interface UseContext {
  readonly node: Node;
  readonly scope: Scope;
  readonly graph: string;
  readonly inputs: ReadonlySet<string>;
  /** All of its graph. */
  readonly nodes: ReadonlyMap<string, Node>;
  readonly dims: Dims;
  readonly workspace: Workspace;
  readonly report: Report;
  /** How many parts the types of the graph may have yet. */
  readonly budget: { parts: number };
  /** Graphs that are typed already. */
  readonly typed: ReadonlyMap<string, TypedGraph>;
}

/** What a use gives: arguments as the Plan holds them, and the result for one item. */
export interface Used {
  readonly args: ReadonlyMap<string, Expression>;
  readonly type: Type;
  readonly rows?: RowMode;
  /** One of its arguments may be skipped, and then it is too. */
  readonly mayBeSkipped: boolean;
  readonly resources?: readonly ResourceUse[];
}

/** A file to look into once the graphs are typed: tokenizers load off this thread. */
export interface ResourceUse {
  readonly kind: "labels" | "tokenizer";
  readonly file: string;
  readonly path: Path;
}
