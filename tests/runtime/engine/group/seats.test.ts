import { type Life, nextRestart, type Restart } from "../../../../runtime/engine/group/back-off.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { handDrivenGroup } from "../../../support/hand-driven-group.js";

const forever = new AbortController().signal;

describe("an instance that ends", () => {
  test("fails what it ran with 503; what waits runs on the one that is opened at once in its place", async () => {
    const { clock, instances, open, die, submit, kinds } = handDrivenGroup(1);
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
    const { clock, instances, open, die, submit } = handDrivenGroup(1);
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
    const { clock, instances, group, submit } = handDrivenGroup(1);
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
    const { instances, opening, die } = handDrivenGroup(2);
    await die(instances[1]);
    expect(opening.map(({ seat }) => seat)).toEqual([1]);
  });

  test("leaves the others working, and the group ready", async () => {
    const { clock, instances, group, die, submit } = handDrivenGroup(2);
    await die(instances[0]);
    const answer = submit(3);
    await clock.settle();
    instances[1]?.finish();
    expect(await answer).toBe(6);
    expect(group.state).toEqual({ kind: "ready" });
  });

  test("is told of as it goes from state to state", async () => {
    const { clock, instances, events, fail, open, die, group } = handDrivenGroup(1);
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
    const { clock, instances, group, open, die, submit } = handDrivenGroup(1);
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
    const { clock, instances, group, kinds, fail, open, die, submit } = handDrivenGroup(1);
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
    const { clock, instances, group, opening, open, die, submit } = handDrivenGroup(1);
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
    const { clock, instances, group, opening, fail, die } = handDrivenGroup(1);
    await die(instances[0]);
    await fail();
    await group.close();
    await clock.advance(60_000);
    expect([opening, clock.pending]).toEqual([[], 0]);
  });

  test("that closes while one is being opened closes that too", async () => {
    const { instances, group, open, die } = handDrivenGroup(1);
    await die(instances[0]);
    const closing = group.close();
    const late = await open();
    await closing;
    expect(late.closed).toBe(true);
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
