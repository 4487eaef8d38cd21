/** A model that is loaded when somebody asks for it: on a clock that stands still, with loads that end when the test says so. */
import type { ModelGroup } from "../../../../runtime/engine/group/model-group.js";
import { MemoryBudget } from "../../../../runtime/engine/memory/memory-budget.js";
import { OnDemandGroup } from "../../../../runtime/engine/memory/on-demand-group.js";
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import { ModelOpenError } from "../../../../runtime/engine/open/open-failure.js";
import type { PlanModel } from "../../../../runtime/plan/plan.js";
import { Stop } from "../../../../runtime/stop.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { planModel } from "../../../support/plan-model.js";

const file = writeModel(identityModel("float32[batch, 2]"));
const feeds = () => ({ x: new Tensor("float32", [1, 2], Float32Array.of(1, 2)) });

interface Opening {
  finish(): void;
  fail(error: Error): void;
}

/** A loaded model that answers when it is told to. */
class Answers implements ModelGroup {
  readonly state = { kind: "ready" } as const;
  readonly placement = { device: "cpu", instances: 1, place: "thread", intraOpThreads: 1, notes: [] } as const;
  readonly measured = [];
  readonly asked: (() => void)[] = [];
  readonly shares: number[] = [];
  isClosed = false;
  private tellClosed: () => void = () => {};

  get waiting(): number {
    return this.asked.length;
  }

  outputRows(): "rows" {
    return "rows";
  }

  submit(given: Parameters<ModelGroup["submit"]>[0]): ReturnType<ModelGroup["submit"]> {
    if (this.isClosed) throw new Error("it takes nothing more");
    return new Promise((resolve) => this.asked.push(() => resolve(given)));
  }

  async useThreads(threads: number): Promise<void> {
    this.shares.push(threads);
  }

  answer(): void {
    for (const answer of this.asked.splice(0)) answer();
    if (this.isClosed) this.tellClosed();
  }

  close(): Promise<void> {
    this.isClosed = true;
    if (this.asked.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.tellClosed = resolve;
    });
  }
}

function setUp(settings: Partial<PlanModel> = {}, memory?: MemoryBudget) {
  const clock = new FakeClock();
  const events: EngineEvent[] = [];
  const openings: Opening[] = [];
  const groups: Answers[] = [];
  const shares: number[] = [];
  const budget = memory ?? new MemoryBudget((event) => events.push(event), 100);
  const group = new OnDemandGroup({
    name: "model",
    version: "1",
    model: planModel(file, settings),
    memory: budget,
    estimate: async () => 60,
    threads: 4,
    open: (_, threads) =>
      new Promise((resolve, reject) => {
        shares.push(threads);
        const finish = (): void => {
          const answers = new Answers();
          groups.push(answers);
          resolve(answers);
        };
        openings.push({ finish, fail: reject });
      }),
    observer: (event) => events.push(event),
    clock,
  });
  const submit = (options: { signal?: Stop; deadlineMs?: number } = {}) => {
    const answered = group.submit(feeds(), 1, { signal: new Stop(), ...options });
    answered.catch(() => {});
    return answered;
  };
  const load = async () => {
    const first = submit();
    await clock.settle();
    openings.at(-1)?.finish();
    await clock.settle();
    groups.at(-1)?.answer();
    await first;
  };
  return { clock, events, openings, shares, groups, budget, group, submit, load };
}

test("it is opened by the first request, once for all that wait, and they are answered in order", async () => {
  const { clock, openings, groups, group, submit, budget } = setUp();
  expect([group.state, group.placement, budget.reservedBytes]).toEqual([{ kind: "unloaded" }, undefined, 0]);
  const answers = [submit(), submit(), submit()];
  await clock.settle();
  expect([group.state, group.waiting, openings.length, budget.reservedBytes]).toEqual([{ kind: "loading" }, 3, 1, 60]);
  openings[0]?.finish();
  await clock.settle();
  expect([group.state, group.waiting]).toEqual([{ kind: "ready" }, 3]);
  groups[0]?.answer();
  expect((await Promise.all(answers)).length).toBe(3);
  expect([openings.length, group.residency]).toEqual([1, { loads: 1, evictions: 0 }]);
  expect(group.outputRows("y")).toBe("rows");
});

test("a request that is no input of it does not load it", async () => {
  const { openings, group } = setUp();
  const wrong = group.submit({}, 1, { signal: new Stop() });
  await expect(wrong).rejects.toMatchObject({ code: "invalid-input" });
  expect([openings.length, group.state]).toEqual([0, { kind: "unloaded" }]);
});

test("as many wait as the queue takes; more are told when to come again", async () => {
  const { clock, openings, groups, submit } = setUp({ queue: { maxSize: 2 } });
  const taken = [submit(), submit()];
  await expect(submit()).rejects.toMatchObject({ code: "queue-full", status: 429 });
  await clock.settle();
  openings[0]?.finish();
  await clock.settle();
  groups[0]?.answer();
  await Promise.all(taken);
});

test("who leaves, or whose time is up, leaves the wait; the others are answered", async () => {
  const { clock, openings, groups, group, submit } = setUp();
  const signal = new Stop();
  const leaver = submit({ signal });
  const late = submit({ deadlineMs: 50 });
  const patient = submit({ deadlineMs: 500 });
  await clock.settle();
  signal.abort();
  await expect(leaver).rejects.toMatchObject({ code: "cancelled" });
  await clock.advance(50);
  await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
  expect(group.waiting).toBe(1);
  openings[0]?.finish();
  await clock.settle();
  groups[0]?.answer();
  await patient;
  expect(clock.pending).toBe(0);
});

test("the queue's time holds while it is loaded too", async () => {
  const { clock, submit } = setUp({ queue: { maxSize: 8, timeoutMs: 20 } });
  const waiting = submit();
  await clock.advance(20);
  await expect(waiting).rejects.toMatchObject({ code: "deadline-exceeded" });
});

test("when all have left before there is memory for it, it is not loaded; who comes then is served", async () => {
  const memory = new MemoryBudget(() => {}, 100);
  const [other] = await memory.claim([{ model: "other", version: "1", bytes: 90, isEvictable: true }]);
  const { clock, openings, groups, group, submit } = setUp({}, memory);
  const signal = new Stop();
  const leaver = submit({ signal });
  await clock.settle();
  signal.abort();
  await expect(leaver).rejects.toMatchObject({ code: "cancelled" });
  await clock.settle();
  expect([group.state, openings.length]).toEqual([{ kind: "unloaded" }, 0]);
  const next = submit();
  await clock.settle();
  other?.release();
  await clock.settle();
  openings[0]?.finish();
  await clock.settle();
  groups[0]?.answer();
  await next;
});

test("one that cannot be opened says why, gives its memory back, and is tried again later and later", async () => {
  const { clock, events, openings, group, submit, budget } = setUp();
  const waits: number[] = [];
  for (let failure = 0; failure < 10; failure++) {
    const waiting = submit();
    await clock.settle();
    openings.at(-1)?.fail(new ModelOpenError("model-invalid", "its graph contradicts itself."));
    const error = await waiting.catch((reason: unknown) => reason);
    const message = 'Model "model" cannot be loaded: its graph contradicts itself.';
    expect(error).toMatchObject({ code: "not-ready", status: 503, message });
    expect(group.state).toEqual({ kind: "unloaded", problem: message });
    expect(budget.reservedBytes).toBe(0);
    // Until then nobody waits for it.
    const refused = await submit().catch((reason: unknown) => reason);
    expect(refused).toMatchObject({ code: "not-ready", message });
    const retryAfterS: unknown = Reflect.get(Object(refused), "retryAfterS");
    waits.push(Number(retryAfterS) * 1000);
    expect(openings.length).toBe(failure + 1);
    await clock.advance(Number(retryAfterS) * 1000);
  }
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
  expect(events.filter(({ kind }) => kind === "load-failed").length).toBe(10);

  const mended = submit();
  await clock.settle();
  openings.at(-1)?.finish();
  await clock.settle();
  expect(group.state).toEqual({ kind: "ready" });
  mended.catch(() => {});
});

test("one that fails to open after everybody has left is not tried again at once", async () => {
  const { clock, openings, group, submit } = setUp();
  const late = submit({ deadlineMs: 10 });
  await clock.settle();
  await clock.advance(10);
  await expect(late).rejects.toMatchObject({ code: "deadline-exceeded" });
  openings[0]?.fail(new ModelOpenError("model-invalid", "its graph contradicts itself."));
  await clock.settle();
  expect(group.state).toMatchObject({ kind: "unloaded", problem: expect.any(String) });
  await expect(submit()).rejects.toMatchObject({ code: "not-ready" });
  expect(openings.length).toBe(1);
});

test("it may be loaded before anybody asks, and answers at once then", async () => {
  const { clock, openings, groups, group, submit, budget } = setUp();
  const loading = group.load();
  await clock.settle();
  expect([group.state, budget.reservedBytes]).toEqual([{ kind: "loading" }, 60]);
  openings[0]?.finish();
  await loading;
  const answer = submit();
  groups[0]?.answer();
  await answer;
  expect([group.residency, clock.pending]).toEqual([{ loads: 1, evictions: 0 }, 0]);
});

test("one that is loaded before anybody asks and does not open says so to whoever loads it, and to nobody else", async () => {
  const { clock, events, openings, group, budget } = setUp();
  const loading = group.load();
  await clock.settle();
  const error = new ModelOpenError("model-invalid", "its graph contradicts itself.");
  openings[0]?.fail(error);
  await expect(loading).rejects.toBe(error);
  expect([group.state, budget.reservedBytes]).toEqual([{ kind: "unloaded" }, 0]);
  expect(events.filter(({ kind }) => kind === "load-failed")).toEqual([]);
  await group.close();
});

test.each([
  ["there is no memory", false],
  ["nobody makes room within a minute", true],
])("where %s it is not loaded before anybody asks", async (_, isEvictable) => {
  const memory = new MemoryBudget(() => {}, 100);
  const [other] = await memory.claim([{ model: "other", version: "1", bytes: 90, isEvictable }]);
  const { clock, openings, groups, group, submit } = setUp({}, memory);
  const loading = group.load();
  await clock.settle();
  await clock.advance(60_000);
  await loading;
  expect([group.state, openings.length, clock.pending]).toEqual([{ kind: "unloaded" }, 0, 0]);
  other?.release();
  const answer = submit();
  await clock.settle();
  openings[0]?.finish();
  await clock.settle();
  groups[0]?.answer();
  await answer;
});

test("where there is never room for it, callers are told so", async () => {
  const memory = new MemoryBudget(() => {}, 50);
  const { submit } = setUp({}, memory);
  await expect(submit()).rejects.toMatchObject({ code: "not-ready", message: expect.stringContaining("of memory") });
});

test("when another needs its memory it answers what it has, goes, and comes back for those who asked meanwhile", async () => {
  const { clock, openings, groups, group, submit, budget, load } = setUp();
  await load();
  const running = submit();
  const claimed = budget.claim([{ model: "other", version: "1", bytes: 80, isEvictable: true }]);
  const meanwhile = submit();
  await clock.settle();
  expect([group.state, group.waiting, openings.length]).toEqual([{ kind: "unloaded" }, 1, 1]);
  groups[0]?.answer();
  await running;
  const [other] = await claimed;
  await clock.settle();
  expect([group.state, openings.length, budget.reservedBytes]).toEqual([{ kind: "loading" }, 1, 80]);
  expect(group.outputRows("y")).toBe("rows");
  other?.release();
  await clock.settle();
  openings[1]?.finish();
  await clock.settle();
  groups[1]?.answer();
  await meanwhile;
  expect(group.residency).toEqual({ loads: 2, evictions: 1 });
});

test("closing answers those who wait, takes nobody more, and gives the memory back", async () => {
  const { clock, openings, groups, group, submit, budget } = setUp();
  const waiting = submit();
  await clock.settle();
  const closed = group.close();
  await expect(submit()).rejects.toMatchObject({ code: "not-ready" });
  openings[0]?.finish();
  await clock.settle();
  groups[0]?.answer();
  await waiting;
  await closed;
  expect([group.state, groups[0]?.isClosed, budget.reservedBytes]).toEqual([{ kind: "closed" }, true, 0]);
});

test("its states are told, and sum up to nothing once it is closed", async () => {
  const { events, group, load } = setUp();
  await load();
  await group.evict();
  await load();
  await Promise.all([group.close(), group.evict(), group.close()]);
  const counts = new Map<string, number>();
  const add = (state: string | null, by: number) => state !== null && counts.set(state, (counts.get(state) ?? 0) + by);
  for (const event of events)
    if (event.kind === "residency-state") {
      add(event.from, -1);
      add(event.to, 1);
    }
  expect([...counts]).toEqual([
    ["unloaded", 0],
    ["loading", 0],
    ["ready", 0],
    ["unloading", 0],
  ]);
  expect(events.filter(({ kind }) => kind === "model-closed").length).toBe(1);
});

test("it is opened with its share of the cores as that is then, and told when it changes", async () => {
  const { clock, openings, groups, shares, group, submit } = setUp();
  await group.useThreads(2);
  void submit();
  await clock.settle();
  await group.useThreads(1);
  openings[0]?.finish();
  await clock.settle();
  await group.useThreads(3);
  expect([shares, groups[0]?.shares]).toEqual([[2], [1, 3]]);
});
