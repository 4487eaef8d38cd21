import type { GroupParts } from "../../../../runtime/engine/group/group-parts.js";
import type { HandDrivenInstance } from "../../../support/hand-driven.js";
import { handDrivenGroup } from "../../../support/hand-driven-group.js";

describe("another share of the cores", () => {
  const shares = { sharesCores: true };

  test("has the instances opened anew, one by one; each before answers what it runs, and is then closed", async () => {
    const { clock, instances, group, opening, open, submit, kinds } = handDrivenGroup(2, {}, shares);
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
    const { clock, group, opening, open } = handDrivenGroup(1, {}, shares);
    await group.useThreads(1);
    const changes = [group.useThreads(2), group.useThreads(1)];
    await clock.settle();
    if (opening.length > 0) await open();
    await Promise.all(changes);
    expect(group.placement?.intraOpThreads).toBe(1);
  });

  test("matters to no model that does not share", async () => {
    const { group, opening } = handDrivenGroup(1);
    await group.useThreads(3);
    expect([opening, group.placement?.intraOpThreads]).toEqual([[], 1]);
  });

  test("is let be where an instance cannot be opened: those that are there go on, and it is tried again the next time", async () => {
    const { clock, instances, group, fail, open, submit, kinds, events } = handDrivenGroup(1, {}, shares);
    const changed = group.useThreads(2);
    await clock.settle();
    await fail();
    await changed;
    expect(group.placement?.intraOpThreads).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "threads-kept", intraOpThreads: 1, message: "no memory" }),
    );
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
    const reserve = () => Promise.reject(new Error("there is none"));
    const { group, opening, kinds } = handDrivenGroup(1, {}, { ...shares, reserve });
    await group.useThreads(2);
    expect([opening, kinds()]).toEqual([[], ["threads-kept"]]);
  });

  test("comes with the instance that is opened for one that died meanwhile", async () => {
    const { clock, instances, group, opening, open, die } = handDrivenGroup(1, {}, shares);
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
    const { group, opening } = handDrivenGroup(1, {}, shares);
    await group.close();
    await group.useThreads(2);
    expect(opening).toEqual([]);
  });

  test("does not keep a group from closing: it waits for what is being opened", async () => {
    const { clock, instances, group, open } = handDrivenGroup(1, {}, shares);
    void group.useThreads(2);
    await clock.settle();
    const closing = group.close();
    const late = await open();
    await closing;
    expect([instances[0]?.closed, late.closed]).toEqual([true, true]);
  });
});

describe("threads that wait for each other", () => {
  const placement = { device: "cpu", instances: 1, place: "thread", intraOpThreads: 2, notes: [] } as const;
  const setUp = (parts: Partial<GroupParts> = {}) => {
    const driven = handDrivenGroup(1, {}, { sharesCores: true, placement, ...parts });
    const { clock, instances, submit } = driven;
    const [together] = instances;
    if (together === undefined) throw new Error("there is one instance");
    /** So many runs of an instance, one after the other, of callers of whom one more waits each time. */
    const crowd = async (instance: HandDrivenInstance, runs: number, runMs: number): Promise<void> => {
      void submit(1);
      for (let run = 0; run < runs; run++) {
        void submit(1);
        await clock.advance(runMs);
        instance.finish(runMs);
        await clock.settle();
      }
    };
    return { ...driven, together, crowd };
  };

  test("go apart, an instance each; the one before answers what it runs, and is then closed", async () => {
    const { clock, group, together, crowd, submit, opening, open, events } = setUp();
    await crowd(together, 52, 20);
    expect(opening).toMatchObject([{ seat: 0, threads: 1, others: 1 }]);
    expect(group.placement).toMatchObject({ instances: 1, intraOpThreads: 2 });
    const first = await open();
    expect(opening).toMatchObject([{ seat: 1, threads: 1, others: 2 }]);
    expect(first.batches).toEqual([]);
    const second = await open();
    expect(group.placement).toMatchObject({ instances: 2, intraOpThreads: 1 });
    void submit(3);
    await clock.settle();
    expect([together.closed, first.batches, second.batches]).toEqual([false, [1], []]);
    together.finish();
    await clock.settle();
    expect(together.closed).toBe(true);
    expect(events).toContainEqual({
      kind: "threads-changed",
      model: "doubler",
      why: "load",
      instances: 2,
      intraOpThreads: 1,
    });
    expect(events.filter(({ kind }) => kind === "instance-state")).toMatchObject([
      { from: null, to: "ready" },
      { from: null, to: "ready" },
      { from: null, to: "ready" },
      { from: "ready", to: null },
    ]);
  });

  test("come together again for one who is alone", async () => {
    const { clock, group, together, crowd, submit, opening, open } = setUp();
    await crowd(together, 52, 20);
    const [first, second] = [await open(), await open()];
    together.finish();
    for (const instance of [first, second, first]) {
      await clock.settle();
      if (instance.runs.length > 0) instance.finish(40);
    }
    for (let run = 0; run < 30; run++) {
      const answer = submit(1);
      await clock.settle();
      await clock.advance(40);
      first.finish(40);
      await answer;
    }
    expect(opening).toMatchObject([{ seat: 0, threads: 2 }]);
    await open();
    expect(group.placement).toMatchObject({ instances: 1, intraOpThreads: 2 });
    expect([first.closed, second.closed]).toEqual([true, true]);
  });

  test("stay together where another instance cannot be opened, and are not tried again soon", async () => {
    const { clock, group, together, crowd, opening, open, fail, events } = setUp();
    await crowd(together, 52, 20);
    const first = await open();
    await fail();
    expect([first.closed, together.closed, opening]).toEqual([true, false, []]);
    expect(group.placement).toMatchObject({ instances: 1, intraOpThreads: 2 });
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: "threads-kept",
        why: "load",
        instances: 1,
        intraOpThreads: 2,
        message: "no memory",
      }),
    );
    await crowd(together, 52, 20);
    await clock.settle();
    expect(opening).toEqual([]);
  });

  test("have memory of their own meanwhile, and come together where others need it", async () => {
    const reserved: number[] = [];
    let evict = async (): Promise<void> => {};
    const reserve = async (instances: number) => {
      reserved.push(instances);
      return {
        offer: (evictable: { evict(): Promise<void> }) => {
          evict = () => evictable.evict();
        },
        release: () => void reserved.pop(),
      };
    };
    const { clock, group, together, crowd, open } = setUp({ reserve });
    await crowd(together, 52, 20);
    expect(reserved).toEqual([2]);
    await open();
    await open();
    const evicted = evict();
    await clock.settle();
    expect(reserved).toEqual([2]);
    await open();
    await evicted;
    expect([reserved, group.placement?.instances]).toEqual([[], 1]);
  });

  test("come together with another share of the cores", async () => {
    const { clock, group, together, crowd, opening, open } = setUp();
    await crowd(together, 52, 20);
    await open();
    await open();
    const same = group.useThreads(2);
    await same;
    expect([opening, group.placement?.instances]).toEqual([[], 2]);
    const changed = group.useThreads(3);
    await clock.settle();
    expect(opening).toMatchObject([{ seat: 0, threads: 3 }]);
    await open();
    await changed;
    expect(group.placement).toMatchObject({ instances: 1, intraOpThreads: 3 });
  });

  test("that a spec has asked for stay as they are", async () => {
    const { together, crowd, opening } = setUp({ sharesCores: false });
    await crowd(together, 52, 20);
    expect(opening).toEqual([]);
  });
});
