/** Opens a model: its sessions on the first device that works, warmed up, behind one queue. */
import { dirname, relative } from "node:path/posix";
import { invariant } from "../../errors.js";
import type { DeviceName, PlanFile, PlanModel, PlanVersion } from "../../plan/plan.js";
import { newestVersion } from "../../plan/versions.js";
import type { Clock } from "../clock.js";
import type { ModelSource } from "../compiled/compiled-models.js";
import type { Kept } from "../compiled/kept.js";
import type { Chores } from "../group/household.js";
import { InstanceGroup } from "../group/instance-group.js";
import type { ModelGroup, Placement } from "../group/model-group.js";
import { canShare } from "../group/sharing.js";
import type { SpareMemory } from "../group/thread-share.js";
import { deviceNote, devices } from "../instances/devices.js";
import { type Instance, LaneInstance, openInstance } from "../instances/instance.js";
import type { Lanes } from "../instances/lanes.js";
import { MainInstance } from "../instances/main-instance.js";
import type { Processes } from "../instances/processes.js";
import type { SessionRequest } from "../instances/worker-messages.js";
import type { Observer } from "../observer.js";
import { ModelOpenError } from "./open-failure.js";
import { isQuick, mayBeQuick } from "./quickness.js";
import { fewerNotes, type Wanted, wantedInstances } from "./wanted-instances.js";
import { findOutputRows, warmUp } from "./warm-up.js";

export interface OpenGroupOptions {
  readonly name: string;
  /** Its settings resolved: no reference to the environment is left. */
  readonly model: PlanModel;
  /** The newest unless said otherwise. */
  readonly version?: PlanVersion;
  /** The absolute path of a file of the Plan. */
  readonly files: (name: string) => string;
  /** Whether they may be written to while they are served. */
  readonly filesMayChange?: boolean;
  /** What the Plan says of a file. */
  readonly fileOf?: (name: string) => PlanFile | undefined;
  /** Threads of an instance whose model does not say how many; all cores unless said otherwise. */
  readonly sharedThreads?: number;
  /** Memory for so many more instances; rejects where there is none. Absent: nobody counts. */
  readonly reserve?: (instances: number) => Promise<SpareMemory>;
  /** Compiled models and measurements, where they are kept. */
  readonly kept?: Kept;
  /** Whether the group does chores while nobody comes: measures batches, and has the model compiled for the next time. */
  readonly doesChores?: boolean;
  readonly lanes: Lanes;
  readonly processes: Processes;
  readonly observer: Observer;
  readonly clock: Clock;
}

/** Why a device is not used. */
type Notes = Map<DeviceName, string>;

interface Opened {
  readonly instance: Instance;
  readonly request: SessionRequest;
  /** Of the model as it was written, whatever form of it was opened. */
  readonly original: SessionRequest;
}

/** Opens and warms up all instances. Throws `ModelOpenError`, with nothing left open. */
export async function openGroup(options: OpenGroupOptions): Promise<ModelGroup> {
  const notes: Notes = new Map();
  const opened: Opened[] = [];
  try {
    for (const wanted of wantedInstances(options.model, options.lanes.cores)) {
      const next = await openOne(options, wanted, opened, notes);
      if (next !== undefined) opened.push(next);
    }
    return await groupOf(options, opened, [
      ...notes.values(),
      ...fewerNotes(options.model, options.lanes.cores, opened.length),
    ]);
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

export function sourceOf(
  options: Pick<OpenGroupOptions, "name" | "model" | "files" | "fileOf" | "version">,
): ModelSource {
  const { name, model, files, fileOf } = options;
  const { file, externalData } = options.version ?? newestVersion(model);
  const names = [file, ...externalData];
  const known = names.flatMap((each) => {
    const planned = fileOf?.(each);
    return planned === undefined ? [] : [{ ...planned, path: files(each) }];
  });
  return { name, model, files: known };
}

/** In the form that is the best by now: it may have been compiled meanwhile. */
async function reopenLike(
  options: OpenGroupOptions,
  { original }: Opened,
  intraOpThreads: number,
  others: readonly Instance[],
): Promise<Instance> {
  return (await openPreferred(options, { ...original, intraOpThreads }, 1, others)).instance;
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

/** The first device that works; undefined where one session is all that the device takes and there is one. */
async function openOne(
  options: OpenGroupOptions,
  wanted: Wanted,
  opened: readonly Opened[],
  notes: Notes,
): Promise<Opened | undefined> {
  for (const device of wanted.devices) {
    if (sharesItsThread(options.model, device) && opened.some(({ request }) => request.device === device))
      return undefined;
    if (notes.has(device)) continue;
    try {
      return await openOn(options, device, wanted, opened);
    } catch (error) {
      if (!(error instanceof ModelOpenError) || isModelsFault(error, device)) throw error;
      notes.set(device, deviceNote(device, error.message));
    }
  }
  throw new ModelOpenError("model-no-device", wanted.devices.map((device) => notes.get(device)).join(" "));
}

async function openOn(
  options: OpenGroupOptions,
  device: DeviceName,
  wanted: Wanted,
  opened: readonly Opened[],
): Promise<Opened> {
  const { model, files, lanes, version = newestVersion(model) } = options;
  const original: SessionRequest = {
    file: files(version.file),
    weights: options.filesMayChange === true ? weightsOf(version, options) : [],
    device,
    ...(wanted.deviceId !== undefined && { deviceId: wanted.deviceId }),
    intraOpThreads: model.session.intraOpThreads ?? options.sharedThreads ?? lanes.cores,
    options: model.session,
  };
  const others = opened.map(({ instance }) => instance);
  return openPreferred(options, original, wantedInstances(model, lanes.cores).length, others);
}

/** One of so many sessions, in the form that is the best for them; as the model was written where that cannot be opened. */
async function openPreferred(
  options: OpenGroupOptions,
  original: SessionRequest,
  sessions: number,
  others: readonly Instance[],
): Promise<Opened> {
  const compiled = (await options.kept?.prefer(original, sourceOf(options), sessions)) ?? original;
  for (const request of compiled === original ? [original] : [compiled, original]) {
    try {
      return { instance: await openWarm(options, request, others), request, original };
    } catch (error) {
      if (request === original) throw error;
    }
  }
  throw new Error("invariant: the last form that is tried is the original");
}

/** Opens an instance and lets it run once. Throws `ModelOpenError`, with nothing left open. */
async function openWarm(
  { name, model, lanes, processes }: OpenGroupOptions,
  request: SessionRequest,
  others: readonly Instance[],
): Promise<Instance> {
  const taken = others.flatMap((other) => (other instanceof LaneInstance ? [other.lane] : []));
  const instance =
    model.isolation === "process"
      ? await processes.open(request, name)
      : await openInstance(lanes, request, new Set(taken));
  try {
    await warmUp(instance, name, model);
    return instance;
  } catch (error) {
    await instance.close();
    throw error;
  }
}

/** What bears one thread in a process gets one session in this one; processes may have one each. */
function sharesItsThread(model: PlanModel, device: DeviceName): boolean {
  return model.isolation !== "process" && devices[device].oneThread;
}

/**
 * onnxruntime maps files of weights into memory: one that is written over changes the model that runs, and one that is
 * cut ends the process. Where that may happen they are read instead, but for those that Node.js cannot read at once.
 */
function weightsOf(
  { file, externalData }: PlanVersion,
  { files, fileOf }: OpenGroupOptions,
): NonNullable<SessionRequest["weights"]> {
  const small = externalData.filter((name) => (fileOf?.(name)?.bytes ?? 0) < 2 ** 31);
  return small.map((name) => ({ name: relative(dirname(file), name), file: files(name) }));
}

/** What the CPU refuses is wrong with the model; another device may only lack an operator. */
function isModelsFault(error: ModelOpenError, device: DeviceName): boolean {
  return devices[device].usesCores && error.code !== "model-no-device";
}
