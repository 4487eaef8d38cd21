/** A rule looks at the whole typed program and reports what breaks one invariant. */
import type { Report } from "../../diagnostics/diagnostic.js";
import type { LoadedModel } from "../../models/load.js";
import type { Spec } from "../../spec/spec.js";
import type { Workspace } from "../../workspace.js";
import type { TypedGraph } from "../typed-graph.js";

export interface Program {
  readonly spec: Spec;
  readonly models: ReadonlyMap<string, LoadedModel | null>;
  readonly graphs: ReadonlyMap<string, TypedGraph>;
  readonly workspace: Workspace;
}

export type Rule = (program: Program, report: Report) => void;
