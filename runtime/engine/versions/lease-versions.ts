/** The versions of a Plan's models: taken over where they are open, else opened once there is memory for them, or when they are asked for. */
import { counted } from "../../counted.js";
import { invariant } from "../../errors.js";
import type { Plan, PlanModel, PlanVersion } from "../../plan/plan.js";
import type { GroupPool, Lease, WantedGroup } from "../group/group-pool.js";
import { claimInTime } from "../memory/claim-in-time.js";
import { checkFits, noRoomBeside } from "../memory/fits.js";
import { type MemoryBudget, MemoryShortError, type Need, type Reservation } from "../memory/memory-budget.js";
import { needOf } from "../memory/need-of.js";
import { OnDemandGroup } from "../memory/on-demand-group.js";
import { SameFiles } from "../memory/same-files.js";
import { ofVersion } from "../observer.js";
import { ModelOpenError } from "../open/open-failure.js";
import { openGroup } from "../open/open-group.js";
import { type OpenGroupOptions, sourceOf } from "../open/open-options.js";
import { triedOut } from "./tried-out.js";

interface VersionOf {
  readonly name: string;
  readonly model: PlanModel;
  readonly version: PlanVersion;
}

export interface Leased extends VersionOf {
  readonly lease: Lease;
}

interface LeaseParts extends Omit<OpenGroupOptions, "name" | "model" | "version"> {
  readonly groups: GroupPool;
  readonly memory: MemoryBudget;
  /** What the Plan's models may take together, though what was live before may take more for now. */
  readonly limitBytes: number;
}

interface Wanted extends WantedGroup {
  readonly need: Need;
}

export function versionsOf(plan: Plan): readonly VersionOf[] {
  return Object.entries(plan.models).flatMap(([name, model]) =>
    model.versions.map((version) => ({ name, model, version })),
  );
}

/**
 * All of them, once there is memory for them, those on demand that must show that they open loaded once. Throws `ModelOpenError` with the model's name; then none is kept.
 */
export async function leaseVersions(plan: Plan, parts: LeaseParts): Promise<readonly Leased[]> {
  const wanted = await Promise.all(versionsOf(plan).map((version) => withNeed(version, parts)));
  checkFits(
    wanted.map(({ need }) => need),
    parts.limitBytes,
  );
  const isThere = (each: Wanted) => each.need.isEvictable || parts.groups.has(each);
  const there = wanted.filter(isThere);
  const missing = wanted.filter((each) => !there.includes(each));
  const tried = triedOut(wanted, parts.groups, parts.lanes.cores);
  // What is there is held before anything is waited for, so that it stays.
  const held = there.map((each) => leaseVersion(each, parts));
  try {
    const reservations = await claimInTime(
      missing.map(({ need }) => need),
      parts,
    );
    held.push(...missing.map((each, index) => leaseVersion(each, parts, reservations[index])));
    const leases = await allOf(held);
    // One after the other: what is live needs its turns for memory meanwhile.
    for (const leased of leases) if (tried.some(({ version }) => version === leased.version)) await tryOut(leased);
    return leases;
  } catch (error) {
    await releaseAll(held);
    if (!(error instanceof MemoryShortError)) throw error;
    throw noRoomBeside(error.needs, error.takenBytes, error.limitBytes);
  }
}

/** Throws what one of them has thrown, once all have ended. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

async function tryOut(leased: Leased): Promise<void> {
  const { group } = leased.lease;
  if (group instanceof OnDemandGroup) await group.load().catch(failWithName(leased));
}

async function withNeed({ name, model, version }: VersionOf, parts: LeaseParts): Promise<Wanted> {
  const bytes = await needOf({ ...parts, name, model, version });
  const isEvictable = model.residency === "on_demand";
  return { name, model, version, need: { model: name, version: version.version, bytes, isEvictable } };
}

async function releaseAll(leases: readonly Promise<Leased>[]): Promise<void> {
  const settled = await Promise.allSettled(leases);
  await Promise.all(
    settled.map((result) => (result.status === "fulfilled" ? result.value.lease.release() : undefined)),
  );
}

async function leaseVersion(
  { need: _, ...wanted }: Wanted,
  parts: LeaseParts,
  reservation?: Reservation,
): Promise<Leased> {
  const { name, model, version } = wanted;
  const observer = ofVersion(parts.observer, version.version);
  const reserve = (instances: number) => spareFor(instances, { ...parts, name, model, version });
  const options: OpenGroupOptions = { ...parts, name, model, version, observer, reserve };
  const open =
    model.residency === "on_demand"
      ? async () => onDemand(options, parts.memory)
      : () => openReserved(options, reservation);
  const leasing = parts.groups.lease(wanted, open, () => reservation?.release());
  return { name, model, version, lease: await leasing.catch(failWithName(wanted)) };
}

/** Says which model's version an error is about. */
function failWithName({ name, model, version }: VersionOf): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ModelOpenError)) throw error;
    const which = model.versions.length === 1 ? "" : `version ${version.version}: `;
    throw new ModelOpenError(error.code, `${which}${error.message}`, name);
  };
}

/** Memory for so many more of its instances, where nobody else needs it. */
async function spareFor(instances: number, parts: LeaseParts & VersionOf): Promise<Reservation> {
  const { name, version, memory } = parts;
  const bytes = (await needOf(parts, instances)) - (await needOf(parts));
  const reservation = memory.spare({ model: name, version: version.version, bytes });
  if (reservation === undefined)
    throw new Error(`there is no memory to open ${counted(instances, "instance")} beside those that are there`);
  return reservation;
}

async function openReserved(options: OpenGroupOptions, reservation: Reservation | undefined) {
  invariant(reservation, "a group that is opened has its memory");
  const group = await openGroup(options);
  // It may have been compiled to be opened.
  reservation.shrinkTo(await needOf(options));
  return group;
}

function onDemand(options: OpenGroupOptions, memory: MemoryBudget): OnDemandGroup {
  const { name, model, version, observer, clock } = options;
  const files = new SameFiles(sourceOf(options).files);
  return new OnDemandGroup({
    name,
    version: version?.version ?? "1",
    model,
    memory,
    estimate: () => needOf(options),
    threads: options.sharedThreads ?? options.lanes.cores,
    open: async (residencyObserver, sharedThreads) => {
      await files.check();
      return openGroup({ ...options, sharedThreads, observer: residencyObserver });
    },
    observer,
    clock,
  });
}
