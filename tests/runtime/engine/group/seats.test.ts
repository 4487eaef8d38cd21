import { type Life, nextRestart, type Restart } from "../../../../runtime/engine/group/back-off.js";
import { type GroupParts, InstanceGroup } from "../../../../runtime/engine/group/instance-group.js";
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import { EkibenError } from "../../../../runtime/errors.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { HandDrivenInstance } from "../../../support/hand-driven.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

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

/** A group of so many instances; what is opened in their place comes when the test lets it. */
function setUp(count: number, settings: Partial<PlanModel> = {}, parts: Partial<GroupParts> = {}) {
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

describe("an instance that ends", () => {
  test("fails what it ran with 503; what waits runs on the one that is opened at once in its place", async () => {
    const { clock, instances, open, die, submit, kinds } = setUp(1);
    const inside = submit(1);
    const waiting = submit(2);
    await clock.settle();
    await die(instances[0]);
    expect(await inside).toBe("instance-lost");
    const next = await open();
    next.finish();
    expect(await waiting).toBe(4);
    expect(kinds()).toEqual(["instance-lost", "instance-restarted"]);
  });

  test("fails nothing that had been handed to it and not begun: that is the first to run elsewhere", async () => {
    const { clock, instances, open, die, submit } = setUp(1);
    const quick = submit(1);
    await clock.settle();
    instances[0]?.finish(0.1);
    await quick;
    const [inside, behind] = [submit(2), submit(3)];
    await clock.settle();
    const waiting = submit(4);
    await clock.settle();
    expect(instances[0]?.batches).toEqual([1, 1]);
    await die(instances[0]);
    expect(await inside).toBe("instance-lost");
    const next = await open();
    next.finish();
    expect(await behind).toBe(6);
    await clock.settle();
    next.finish();
    expect(await waiting).toBe(8);
  });

  test("is sent nothing behind a run that has gone on for long", async () => {
    const { clock, instances, group, submit } = setUp(1);
    const quick = submit(1);
    await clock.settle();
    instances[0]?.finish(0.1);
    await quick;
    void submit(2);
    await clock.advance(11);
    void submit(3);
    await clock.settle();
    expect([instances[0]?.batches, group.waiting]).toEqual([[1], 1]);
  });

  test("while it is idle is replaced without being asked for anything", async () => {
    const { instances, opening, die } = setUp(2);
    await die(instances[1]);
    expect(opening.map(({ seat }) => seat)).toEqual([1]);
  });

  test("leaves the others working, and the group ready", async () => {
    const { clock, instances, group, die, submit } = setUp(2);
    await die(instances[0]);
    const answer = submit(3);
    await clock.settle();
    instances[1]?.finish();
    expect(await answer).toBe(6);
    expect(group.state).toEqual({ kind: "ready" });
  });

  test("is told of as it goes from state to state", async () => {
    const { clock, instances, events, fail, open, die, group } = setUp(1);
    await die(instances[0]);
    await fail();
    await clock.advance(100);
    await open();
    await group.close();
    const states = events.flatMap((event) => (event.kind === "instance-state" ? [`${event.from} ${event.to}`] : []));
    expect(states).toEqual([
      "null ready",
      "ready restarting",
      "restarting quarantined",
      "quarantined restarting",
      "restarting ready",
      "ready null",
    ]);
  });
});

describe("a group without a living instance", () => {
  test("keeps its callers waiting for one that is opened, for two seconds", async () => {
    const { clock, instances, group, open, die, submit } = setUp(1);
    await die(instances[0]);
    expect(group.state).toEqual({ kind: "restarting" });
    const patient = submit(1);
    await clock.advance(1999);
    expect(group.waiting).toBe(1);
    await clock.advance(1);
    expect(await patient).toBe("not-ready");
    expect(group.state).toEqual({ kind: "failed", message: "SIGSEGV ended it" });
    const next = await open();
    expect(group.state).toEqual({ kind: "ready" });
    const answer = submit(2);
    await clock.settle();
    next.finish();
    expect(await answer).toBe(4);
  });

  test("turns its callers away at once when none is being opened, and says when to come back", async () => {
    const { clock, instances, group, kinds, fail, open, die, submit } = setUp(1);
    await die(instances[0]);
    const waiting = submit(1);
    for (const delayMs of [100, 200, 400]) {
      await fail();
      await clock.advance(delayMs);
    }
    await fail();
    expect(await waiting).toBe("not-ready");
    const error = await group
      .submit({ x: new Tensor("float32", [1, 1], Float32Array.of(1)) }, 1, { signal: forever })
      .catch((e) => e);
    expect(error).toMatchObject({ code: "not-ready", retryAfterS: 0.8 });
    expect(group.state).toEqual({ kind: "failed", message: "no memory" });
    await clock.advance(800);
    await open();
    expect(group.state).toEqual({ kind: "ready" });
    expect(kinds().slice(-3)).toEqual(["restart-failed", "instance-restarted", "model-recovered"]);
    expect(kinds().filter((kind) => kind === "model-failed")).toHaveLength(1);
  });

  test("keeps them waiting, too, for one that is opened in a moment because the last one had been of use", async () => {
    const { clock, instances, group, opening, open, die, submit } = setUp(1);
    await die(instances[0]);
    await clock.advance(400);
    const second = await open();
    const answer = submit(1);
    await clock.settle();
    second.finish();
    await answer;
    await clock.advance(100);
    await die(second);
    expect([group.state, opening]).toEqual([{ kind: "restarting" }, []]);
    const patient = submit(2);
    await clock.advance(300);
    (await open()).finish();
    expect(await patient).toBe(4);
  });

  test("closes without opening another", async () => {
    const { clock, instances, group, opening, fail, die } = setUp(1);
    await die(instances[0]);
    await fail();
    await group.close();
    await clock.advance(60_000);
    expect([opening, clock.pending]).toEqual([[], 0]);
  });

  test("that closes while one is being opened closes that too", async () => {
    const { instances, group, open, die } = setUp(1);
    await die(instances[0]);
    const closing = group.close();
    const late = await open();
    await closing;
    expect(late.closed).toBe(true);
  });
});

describe("another share of the cores", () => {
  const shares = { sharesCores: true };

  test("has the instances opened anew, one by one; each before answers what it runs, and is then closed", async () => {
    const { clock, instances, group, opening, open, submit, kinds } = setUp(2, {}, shares);
    const inside = submit(1);
    await clock.settle();
    const changed = group.useThreads(3);
    await clock.settle();
    expect(opening).toMatchObject([{ seat: 0, threads: 3, others: 1 }]);
    const first = await open();
    expect([instances[0]?.closed, opening]).toMatchObject([false, [{ seat: 1, threads: 3, others: 1 }]]);
    const next = submit(2);
    await clock.settle();
    expect([first.batches, instances[1]?.batches]).toEqual([[1], []]);
    instances[0]?.finish();
    expect(await inside).toBe(2);
    expect(instances[0]?.closed).toBe(true);
    first.finish();
    expect(await next).toBe(4);
    await open();
    await changed;
    expect([instances[1]?.closed, group.placement?.intraOpThreads, group.state.kind]).toEqual([true, 3, "ready"]);
    expect(kinds()).toEqual(["threads-changed"]);
    await group.close();
    expect(first.closed).toBe(true);
  });

  test("that is the same as before changes nothing; neither does one that is taken back at once", async () => {
    const { clock, group, opening, open } = setUp(1, {}, shares);
    await group.useThreads(1);
    const changes = [group.useThreads(2), group.useThreads(1)];
    await clock.settle();
    if (opening.length > 0) await open();
    await Promise.all(changes);
    expect(group.placement?.intraOpThreads).toBe(1);
  });

  test("matters to no model that does not share", async () => {
    const { group, opening } = setUp(1);
    await group.useThreads(3);
    expect([opening, group.placement?.intraOpThreads]).toEqual([[], 1]);
  });

  test("is let be where an instance cannot be opened: those that are there go on, and it is tried again the next time", async () => {
    const { clock, instances, group, fail, open, submit, kinds, events } = setUp(1, {}, shares);
    const changed = group.useThreads(2);
    await clock.settle();
    await fail();
    await changed;
    expect(group.placement?.intraOpThreads).toBe(1);
    expect(events).toContainEqual({ kind: "threads-kept", model: "doubler", intraOpThreads: 1, message: "no memory" });
    const answer = submit(1);
    await clock.settle();
    instances[0]?.finish();
    expect(await answer).toBe(2);
    const again = group.useThreads(2);
    await clock.settle();
    await open();
    await again;
    expect([kinds(), group.placement?.intraOpThreads]).toEqual([["threads-kept", "threads-changed"], 2]);
  });

  test("is let be, too, where there is no memory for one instance more", async () => {
    const besideOneMore = () => Promise.reject(new Error("there is none"));
    const { group, opening, kinds } = setUp(1, {}, { ...shares, besideOneMore });
    await group.useThreads(2);
    expect([opening, kinds()]).toEqual([[], ["threads-kept"]]);
  });

  test("comes with the instance that is opened for one that died meanwhile", async () => {
    const { clock, instances, group, opening, open, die } = setUp(1, {}, shares);
    const changed = group.useThreads(2);
    await clock.settle();
    await die(instances[0]);
    expect(opening).toMatchObject([
      { seat: 0, threads: 2 },
      { seat: 0, threads: 2 },
    ]);
    const [unneeded, next] = [await open(), await open()];
    await changed;
    expect([unneeded.closed, next.closed, group.state.kind, group.placement?.intraOpThreads]).toEqual([
      true,
      false,
      "ready",
      2,
    ]);
  });

  test("opens nothing for a group that is closed", async () => {
    const { group, opening } = setUp(1, {}, shares);
    await group.close();
    await group.useThreads(2);
    expect(opening).toEqual([]);
  });

  test("does not keep a group from closing: it waits for what is being opened", async () => {
    const { clock, instances, group, open } = setUp(1, {}, shares);
    void group.useThreads(2);
    await clock.settle();
    const closing = group.close();
    const late = await open();
    await closing;
    expect([instances[0]?.closed, late.closed]).toEqual([true, true]);
  });
});

describe("the next instance is opened", () => {
  const used = { livedMs: 300, hasAnswered: true, openMs: 300 };
  const useless = { livedMs: 5, hasAnswered: false, openMs: 300 };
  test.each<[string, Life, Restart]>([
    ["at once after one that was of use", { ...used, failures: 0 }, { failures: 0, delayMs: 0 }],
    ["at once after one that lived on, idle", { ...useless, livedMs: 300, failures: 3 }, { failures: 0, delayMs: 0 }],
    [
      "so that opening takes half the time at most",
      { ...used, livedMs: 100, failures: 2 },
      { failures: 0, delayMs: 200 },
    ],
    ["later after one that ended right away", { ...useless, failures: 0 }, { failures: 1, delayMs: 100 }],
    ["later still after another", { ...useless, failures: 3 }, { failures: 4, delayMs: 800 }],
    [
      "later when it could not be opened",
      { ...useless, livedMs: undefined, failures: 1 },
      { failures: 2, delayMs: 200 },
    ],
    ["after half a minute at most", { ...useless, failures: 4000 }, { failures: 4001, delayMs: 30_000 }],
  ])("%s", (_, life, restart) => {
    expect(nextRestart(life)).toEqual(restart);
  });
});
