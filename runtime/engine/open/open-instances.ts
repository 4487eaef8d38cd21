/** Opens the sessions of a model, warmed up, on the first device that works. */
import { dirname, relative } from "node:path/posix";
import type { DeviceName, PlanModel, PlanVersion } from "../../plan/plan.js";
import { newestVersion } from "../../plan/versions.js";
import type { SpareMemory } from "../group/thread-share.js";
import { deviceNote, devices } from "../instances/devices.js";
import { type Instance, LaneInstance, openInstance } from "../instances/instance.js";
import type { Lane } from "../instances/lane.js";
import type { SessionRequest } from "../instances/worker-messages.js";
import { ModelOpenError } from "./open-failure.js";
import { type OpenGroupOptions, sourceOf } from "./open-options.js";
import { countOf, fewerNotes, type Wanted, wantedInstances } from "./wanted-instances.js";
import { warmUp } from "./warm-up.js";

/** Why a device is not used. */
type Notes = Map<DeviceName, string>;

export interface Opened {
  readonly instance: Instance;
  readonly request: SessionRequest;
  /** Of the model as it was written, whatever form of it was opened. */
  readonly original: SessionRequest;
}

export interface OpenedInstances {
  readonly opened: readonly Opened[];
  /** Sentences on what could not be had. */
  readonly notes: readonly string[];
}

/** What the instances of a model have come to while they are opened. */
interface Opening {
  readonly options: OpenGroupOptions;
  readonly opened: Opened[];
  readonly notes: Notes;
  /** Lanes that hold one of them, or will. */
  readonly taken: Set<Lane>;
}

/** Opens and warms up all that the spec asks for. Throws `ModelOpenError`, with nothing left open. */
export async function openInstances(options: OpenGroupOptions): Promise<OpenedInstances> {
  const { model, lanes } = options;
  const opening: Opening = { options, opened: [], notes: new Map(), taken: new Set() };
  const { opened, notes } = opening;
  try {
    for (const wanted of wantedInstances(model, lanes.cores)) {
      await openSome(opening, wanted, 1);
      for (let left = wanted.count - 1; left > 0; ) left -= await openBeside(opening, wanted, left);
    }
  } catch (error) {
    await Promise.all(opened.map(({ instance }) => instance.close()));
    throw error;
  }
  return { opened, notes: [...notes.values(), ...fewerNotes(model, lanes.cores, opened.length)] };
}

/**
 * Some of those that are left, side by side where no lane that works has to wait for that, and there is memory: while it opens
 * each takes as much again as it keeps. Gives how many.
 */
async function openBeside(opening: Opening, wanted: Wanted, left: number): Promise<number> {
  const { lanes, reserve = nobodyCounts } = opening.options;
  const most = Math.min(left, lanes.room);
  const spare = most > 1 ? await reserve(most - 1).catch(() => undefined) : undefined;
  const count = spare === undefined ? 1 : most;
  try {
    await openSome(opening, wanted, count);
  } finally {
    spare?.release();
  }
  return count;
}

const nobodyCounts = async (): Promise<Pick<SpareMemory, "release">> => ({ release: () => {} });

/** So many of the same. Rejects with what the first of them threw that failed, once all have ended. */
async function openSome(opening: Opening, wanted: Wanted, count: number): Promise<void> {
  const all = await Promise.allSettled(Array.from({ length: count }, () => openOne(opening, wanted)));
  for (const one of all) if (one.status === "fulfilled" && one.value !== undefined) opening.opened.push(one.value);
  for (const one of all) if (one.status === "rejected") throw one.reason;
}

/** In the form that is the best by now: it may have been compiled meanwhile. */
export async function reopenLike(
  options: OpenGroupOptions,
  { original }: Opened,
  intraOpThreads: number,
  others: readonly Instance[],
): Promise<Instance> {
  const taken = new Set(others.flatMap((other) => (other instanceof LaneInstance ? [other.lane] : [])));
  return (await openPreferred(options, { ...original, intraOpThreads }, 1, taken)).instance;
}

/** The first device that works; undefined where one session is all that the device takes and there is one. */
async function openOne(opening: Opening, wanted: Wanted): Promise<Opened | undefined> {
  const { options, opened, notes } = opening;
  for (const device of wanted.devices) {
    if (sharesItsThread(options.model, device) && opened.some(({ request }) => request.device === device))
      return undefined;
    if (notes.has(device)) continue;
    try {
      return await openOn(opening, device, wanted);
    } catch (error) {
      if (!(error instanceof ModelOpenError) || isModelsFault(error, device)) throw error;
      notes.set(device, deviceNote(device, error.message));
    }
  }
  throw new ModelOpenError("model-no-device", wanted.devices.map((device) => notes.get(device)).join(" "));
}

async function openOn({ options, taken }: Opening, device: DeviceName, wanted: Wanted): Promise<Opened> {
  const { model, files, lanes, version = newestVersion(model) } = options;
  const original: SessionRequest = {
    file: files(version.file),
    weights: options.filesMayChange === true ? weightsOf(version, options) : [],
    device,
    ...(wanted.deviceId !== undefined && { deviceId: wanted.deviceId }),
    intraOpThreads: model.session.intraOpThreads ?? options.sharedThreads ?? lanes.cores,
    options: model.session,
  };
  return openPreferred(options, original, countOf(wantedInstances(model, lanes.cores)), taken);
}

/** One of so many sessions, in the form that is the best for them; as the model was written where that cannot be opened. */
async function openPreferred(
  options: OpenGroupOptions,
  original: SessionRequest,
  sessions: number,
  taken: Set<Lane>,
): Promise<Opened> {
  const compiled = (await options.kept?.prefer(original, sourceOf(options), sessions)) ?? original;
  for (const request of compiled === original ? [original] : [compiled, original]) {
    try {
      return { instance: await openWarm(options, request, taken), request, original };
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
  taken: Set<Lane>,
): Promise<Instance> {
  const instance =
    model.isolation === "process" ? await processes.open(request, name) : await openInstance(lanes, request, taken);
  try {
    await warmUp(instance, name, model);
    return instance;
  } catch (error) {
    if (instance instanceof LaneInstance) taken.delete(instance.lane);
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
