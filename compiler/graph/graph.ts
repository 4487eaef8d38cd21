/** A graph with its names resolved: what each step uses, what each expression refers to. Types are found by `infer`. */
import type { Expression } from "../../runtime/plan/plan.js";
import type { Step } from "../../runtime/steps/step.js";
import type { Type } from "../../runtime/types/type.js";
import type { Json } from "../../runtime/values/value.js";
import type { LoadedModel } from "../models/load.js";
import type { Path } from "../source/path.js";
import type { Input } from "../spec/types.js";

export interface Graph {
  readonly name: string;
  readonly path: Path;
  readonly description?: string;
  readonly inputs: ReadonlyMap<string, GraphInput>;
  /** In the order of the text. */
  readonly nodes: ReadonlyMap<string, Node>;
  readonly outputs: ReadonlyMap<string, Argument>;
}

export interface GraphInput {
  readonly name: string;
  readonly path: Path;
  readonly type: Type;
  /** Null when it is declared wrongly. */
  readonly declared: Input | null;
}

export interface Node {
  readonly id: string;
  readonly path: Path;
  readonly use: Use;
  readonly args: ReadonlyMap<string, Argument>;
  /** One expression in place of the arguments: its record's fields. */
  readonly spread?: Argument;
  readonly when?: Argument;
  readonly each?: Argument;
  /** Ids of the steps that its expressions refer to. */
  readonly needs: ReadonlySet<string>;
}

export type Use =
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "model"; readonly name: string; readonly model: LoadedModel }
  | { readonly kind: "graph"; readonly name: string }
  /** Something that is wrong in itself: compatible with everything. */
  | { readonly kind: "unknown" };

/** A value of the spec where an expression may stand. */
export interface Argument {
  readonly path: Path;
  readonly value: Json;
  readonly expression: Expression;
}

/** How a use is named in a sentence: `step "text.join"`, `model "reader"`, `graph "encode"`. */
export function printUse(use: Use): string {
  switch (use.kind) {
    case "step":
      return `step "${use.step.name}"`;
    case "model":
      return `model "${use.name}"`;
    case "graph":
      return `graph "${use.name}"`;
    case "unknown":
      return "the step";
  }
}
