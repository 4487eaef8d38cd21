/** Opens a model: its sessions on the first device that works, warmed up, behind one queue. */
import { invariant } from "../../errors.js";
import type { PlanModel } from "../../plan/plan.js";
import { newestVersion } from "../../plan/versions.js";
import type { ModelSource } from "../compiled/compiled-models.js";
import type { Kept } from "../compiled/kept.js";
import type { Chores } from "../group/household.js";
import { InstanceGroup } from "../group/instance-group.js";
import type { ModelGroup, Placement } from "../group/model-group.js";
import { canShare } from "../group/sharing.js";
import { devices } from "../instances/devices.js";
import { MainInstance } from "../instances/main-instance.js";
import type { SessionRequest } from "../instances/worker-messages.js";
import { type Opened, openInstances, reopenLike } from "./open-instances.js";
import { type OpenGroupOptions, sourceOf } from "./open-options.js";
import { isQuick, mayBeQuick } from "./quickness.js";
import { findOutputRows } from "./warm-up.js";

/** Opens and warms up all instances. Throws `ModelOpenError`, with nothing left open. */
export async function openGroup(options: OpenGroupOptions): Promise<ModelGroup> {
  const { opened, notes } = await openInstances(options);
  try {
    return await groupOf(options, opened, notes);
  } catch (error) {
    await Promise.all(opened.map(({ instance }) => instance.close()));
    throw error;
  }
}

async function groupOf(
  options: OpenGroupOptions,
  warm: readonly Opened[],
  notes: readonly string[],
): Promise<ModelGroup> {
  const { name, model, kept, observer, clock } = options;
  const [opened] = warm;
  invariant(opened, "a model has an instance");
  const outputRows = await findOutputRows(opened.instance, model);
  const seated = await moveIfQuick(options, warm, canShare(model, outputRows));
  const [first = opened] = seated;
  const { device, intraOpThreads } = first.request;
  const placement: Placement = {
    device,
    instances: seated.length,
    place: first.instance.place,
    intraOpThreads,
    notes,
  };
  observer({ kind: "model-opened", model: name, ...placement });
  const instances = seated.map(({ instance }) => instance);
  const source = sourceOf(options);
  const measured = await kept?.measured(first.original, source, placement);
  const chores = options.doesChores === true ? choresOf(kept, first.original, source) : undefined;
  return new InstanceGroup({
    name,
    model,
    instances,
    placement,
    outputRows,
    sharesCores: sharesCores(options.model, placement),
    ...(options.reserve === undefined ? {} : { reserve: options.reserve }),
    reopen: (index, threads, others) => reopenLike(options, seated[index] ?? first, threads, others),
    ...(measured === undefined ? {} : { measured }),
    ...(chores === undefined ? {} : { chores }),
    observer,
    clock,
  });
}

function choresOf(kept: Kept | undefined, request: SessionRequest, source: ModelSource): Chores {
  return {
    recall: async (placement) => kept?.measured(request, source, placement),
    keep: (placement, measured) => void kept?.keepMeasured(request, source, placement, measured),
    prepare: async () => kept?.prepare(request, source),
  };
}

/** On the main thread there is one. */
function sharesCores({ session }: PlanModel, { device, place }: Placement): boolean {
  return session.intraOpThreads === undefined && devices[device].usesCores && place !== "main-thread";
}

/** A model of microseconds goes to the main thread, and leaves its lane. */
async function moveIfQuick(
  options: OpenGroupOptions,
  opened: readonly Opened[],
  shares: boolean,
): Promise<readonly Opened[]> {
  const { model, doesChores = false } = options;
  const [first] = opened;
  invariant(first, "a model has an instance");
  const { instance, request, original } = first;
  if (!doesChores || instance.place !== "thread" || instance.device !== "cpu") return opened;
  if (
    !mayBeQuick(model, options.version ?? newestVersion(model), original.file, shares) ||
    !(await isQuick(instance, model))
  )
    return opened;
  const alone = { ...request, intraOpThreads: 1 };
  const moved = await MainInstance.open(alone);
  await instance.close();
  return [{ instance: moved, request: alone, original: { ...original, intraOpThreads: 1 } }];
}
