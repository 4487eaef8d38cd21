/** A group of hand-driven instances: those that are opened in their places come when the test lets them. */
import type { GroupParts } from "../../runtime/engine/group/group-parts.js";
import { InstanceGroup } from "../../runtime/engine/group/instance-group.js";
import type { EngineEvent } from "../../runtime/engine/observer.js";
import { EkibenError } from "../../runtime/errors.js";
import type { PlanModel } from "../../runtime/plan/plan.js";
import { Tensor } from "../../runtime/values/value.js";
import { FakeClock } from "./fake-clock.js";
import { HandDrivenInstance } from "./hand-driven.js";
import { identityModel, writeModel } from "./onnx-model.js";
import { planModel } from "./plan-model.js";

const file = writeModel(identityModel("float32[batch, width]"));
const forever = new AbortController().signal;

interface Opening {
  readonly seat: number;
  readonly threads: number;
  /** How many others there are. */
  readonly others: number;
  readonly resolve: (instance: HandDrivenInstance) => void;
  readonly reject: (error: Error) => void;
}

/** So many instances, of a model that doubles one number a row. */
export function handDrivenGroup(count: number, settings: Partial<PlanModel> = {}, parts: Partial<GroupParts> = {}) {
  const clock = new FakeClock();
  const instances = Array.from({ length: count }, () => new HandDrivenInstance());
  const events: EngineEvent[] = [];
  const opening: Opening[] = [];
  const group = new InstanceGroup({
    placement: { device: "cpu", instances: count, place: "thread", intraOpThreads: 1, notes: [] },
    name: "doubler",
    model: planModel(file, settings),
    instances,
    outputRows: new Map([["y", "rows"]]),
    reopen: (seat, threads, { length: others }) =>
      new Promise((resolve, reject) => opening.push({ seat, threads, others, resolve, reject })),
    observer: (event) => events.push(event),
    clock,
    ...parts,
  });
  const kinds = (): readonly string[] =>
    events.map(({ kind }) => kind).filter((kind) => /^(instance-(lost|restarted)|restart-|model-|threads-)/.test(kind));
  const open = async (): Promise<HandDrivenInstance> => {
    const instance = new HandDrivenInstance();
    opening.shift()?.resolve(instance);
    await clock.settle();
    return instance;
  };
  const fail = async (): Promise<void> => {
    opening.shift()?.reject(new Error("no memory"));
    await clock.settle();
  };
  const die = async (instance: HandDrivenInstance | undefined): Promise<void> => {
    instance?.die();
    await clock.settle();
  };
  const submit = (value: number) =>
    group.submit({ x: new Tensor("float32", [1, 1], Float32Array.of(value)) }, 1, { signal: forever }).then(
      ({ y }) => Number(y?.data[0]),
      (error: unknown) => (error instanceof EkibenError ? error.code : String(error)),
    );
  return { clock, instances, group, events, kinds, opening, open, fail, die, submit };
}
