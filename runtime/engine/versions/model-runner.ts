/** A model as a node of a graph: the version that the request has, and behind it the shadow where there is one. */
import { invariant } from "../../errors.js";
import type { NodeUse, PlanModel } from "../../plan/plan.js";
import { withoutState } from "../../plan/state.js";
import { mainVersion } from "../../plan/versions.js";
import type { ValueRecord } from "../../values/value.js";
import type { AnswerCache } from "../answers/answer-cache.js";
import { cachedGroup, scopeOfVersion } from "../answers/cached-group.js";
import type { RunContext } from "../graph/interpreter.js";
import { type AnsweringGroup, modelNode } from "../graph/model-node.js";
import type { Feeds } from "../group/check-feeds.js";
import type { ModelGroup } from "../group/model-group.js";
import type { SequenceStore } from "../sequences/sequence-store.js";
import { sequencedGroup } from "../sequences/sequenced-group.js";
import type { Shadow } from "./shadow.js";

export type RunUse = (args: ValueRecord, context: RunContext) => Promise<ValueRecord>;

/** An open model: a group for each version. */
export interface OpenModel {
  readonly model: PlanModel;
  readonly groups: ReadonlyMap<string, ModelGroup>;
  readonly shadow?: Shadow;
  /** The answers of all its versions, where they are kept. */
  readonly answers?: AnswerCache<Feeds>;
  /** Its sequences, where it keeps state. */
  readonly sequences?: SequenceStore;
}

/** Throws `bad-header` where the request asks for a version that is not served. */
export function modelRunner(id: string, use: NodeUse & { kind: "model" }, open: OpenModel): RunUse {
  const { model, groups, sequences } = open;
  const visible = { ...model, ...withoutState(model, model.sequence?.state ?? []) };
  const runs = new Map(
    [...groups].map(
      ([version, group]) =>
        [version, modelNode(use.model, visible, use.rows, answering(use.model, open, version, group))] as const,
    ),
  );
  const main = mainVersion(model).version;
  return (args, context) => {
    const run = runs.get(versionFor(use.model, context, sequences, groups) ?? context.versions?.of(use.model) ?? main);
    invariant(run, `the version of model "${use.model}" is open`);
    const { onModel } = context;
    if (onModel === undefined) return run(args, context);
    return run(args, { ...context, onRun: (batch, queueMs) => onModel(id, batch, queueMs) });
  };
}

/** The version that a request's sequence began with, where that is still open; none for one that begins. */
function versionFor(
  name: string,
  { sequence, versions }: RunContext,
  sequences: SequenceStore | undefined,
  groups: OpenModel["groups"],
): string | undefined {
  if (sequence === undefined || sequence.start) return undefined;
  const version = sequences?.versionOf(sequence);
  if (version === undefined || !groups.has(version)) return undefined;
  versions?.keep(name, version);
  return version;
}

/** A version's group with what stands before and behind it. A shadow gets a copy of what is run, not of what was kept. */
function answering(
  name: string,
  { model, shadow, answers, sequences }: OpenModel,
  version: string,
  group: ModelGroup,
): AnsweringGroup {
  if (version === model.shadow) return group;
  const shadowed = shadow === undefined ? group : shadow.behind(group);
  const planned = model.versions.find((each) => each.version === version);
  if (planned === undefined) return shadowed;
  if (sequences !== undefined && model.sequence !== undefined)
    return sequencedGroup({ name, model, sequence: model.sequence, version: planned, group, store: sequences });
  if (answers === undefined) return shadowed;
  return cachedGroup(name, scopeOfVersion(model, planned), shadowed, answers);
}
