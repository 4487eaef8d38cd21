/** A model as a node of a graph: the version that the request has, and behind it the shadow where there is one. */
import { invariant } from "../../errors.js";
import type { NodeUse, PlanModel } from "../../plan/plan.js";
import { mainVersion } from "../../plan/versions.js";
import type { ValueRecord } from "../../values/value.js";
import type { RunContext } from "../graph/interpreter.js";
import { modelNode } from "../graph/model-node.js";
import type { ModelGroup } from "../group/model-group.js";
import type { Shadow } from "./shadow.js";

export type RunUse = (args: ValueRecord, context: RunContext) => Promise<ValueRecord>;

/** An open model: a group for each version. */
export interface OpenModel {
  readonly model: PlanModel;
  readonly groups: ReadonlyMap<string, ModelGroup>;
  readonly shadow?: Shadow;
}

/** Throws `bad-header` where the request asks for a version that is not served. */
export function modelRunner(id: string, use: NodeUse & { kind: "model" }, open: OpenModel): RunUse {
  const { model, groups, shadow } = open;
  const runs = new Map(
    [...groups].map(([version, group]) => {
      const answering = shadow === undefined || version === model.shadow ? group : shadow.behind(group);
      return [version, modelNode(use.model, model, use.rows, answering)] as const;
    }),
  );
  const main = mainVersion(model).version;
  return (args, context) => {
    const run = runs.get(context.versions?.of(use.model) ?? main);
    invariant(run, `the version of model "${use.model}" is open`);
    const { onModel } = context;
    if (onModel === undefined) return run(args, context);
    return run(args, { ...context, onRun: (batch, queueMs) => onModel(id, batch, queueMs) });
  };
}
