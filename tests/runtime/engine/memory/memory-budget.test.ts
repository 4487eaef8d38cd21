/** Memory that is reserved, waited for, given back, and taken from whoever has not used it for longest. */
import { claimInTime } from "../../../../runtime/engine/memory/claim-in-time.js";
import {
  type Evictable,
  MemoryBudget,
  MemoryShortError,
  type Need,
  type Reservation,
} from "../../../../runtime/engine/memory/memory-budget.js";
import { silentObserver } from "../../../../runtime/engine/observer.js";
import { Stop } from "../../../../runtime/stop.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { seeded } from "../../../support/random.js";

const always = (model: string, bytes: number): Need => ({ model, version: "1", bytes, isEvictable: false });
const onDemand = (model: string, bytes: number): Need => ({ model, version: "1", bytes, isEvictable: true });

/** Goes when it is let. */
class Loaded implements Evictable {
  isIdle = true;
  isAsked = false;
  constructor(
    readonly lastUsedMs: number,
    readonly reservation: Reservation,
  ) {
    reservation.offer(this);
  }

  async evict(): Promise<void> {
    this.isAsked = true;
  }
}

async function load(budget: MemoryBudget, need: Need, usedMs: number): Promise<Loaded> {
  const [reservation] = await budget.claim([need]);
  if (reservation === undefined) throw new Error("nothing was reserved");
  return new Loaded(usedMs, reservation);
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("all of a claim is reserved or nothing", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const [first] = await budget.claim([always("a", 40), always("b", 40)]);
  expect([budget.reservedBytes, budget.reservedBy("a", "1"), budget.reservedBy("c", "1")]).toEqual([80, 40, 0]);
  await expect(budget.claim([always("c", 10), always("d", 20)])).rejects.toThrow(MemoryShortError);
  expect(budget.reservedBytes).toBe(80);
  first?.release();
  first?.release();
  expect(budget.reservedBytes).toBe(40);
});

test("what can never be had is refused, with what is needed, taken and there", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  await budget.claim([always("a", 60)]);
  const refused = await budget.claim([always("b", 50)]).catch((error: unknown) => error);
  expect(refused).toMatchObject({ needs: [always("b", 50)], takenBytes: 60, limitBytes: 100 });
});

test("who can be evicted waits for what stays to go, and is in nobody's way meanwhile", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const [old] = await budget.claim([always("old", 60)]);
  const waiting = budget.claim([onDemand("large", 50)]);
  await budget.claim([onDemand("small", 40)]);
  await expect(budget.claim([onDemand("too large", 101)])).rejects.toThrow(MemoryShortError);
  old?.release();
  expect((await waiting).map(({ model }) => model)).toEqual(["large"]);
});

test("the least recently used goes first, an idle one before one that is busy, and only as many as are needed", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const oldest = await load(budget, onDemand("oldest", 30), 1);
  const older = await load(budget, onDemand("older", 30), 2);
  const newest = await load(budget, onDemand("newest", 30), 3);
  oldest.isIdle = false;
  const claimed = budget.claim([onDemand("next", 40)]);
  expect([oldest, older, newest].map(({ isAsked }) => isAsked)).toEqual([false, true, false]);
  older.reservation.release();
  expect((await claimed).map(({ model }) => model)).toEqual(["next"]);
  expect(budget.reservedBytes).toBe(100);

  // Nobody idle is left but the one before last.
  newest.isIdle = false;
  const more = budget.claim([onDemand("more", 30)]);
  expect([oldest.isAsked, newest.isAsked]).toEqual([true, false]);
  oldest.reservation.release();
  await more;
});

test("who came first is served first, and one that is loading is waited for", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const [loading] = await budget.claim([onDemand("a", 80)]);
  const served: string[] = [];
  const large = budget.claim([onDemand("large", 90)]).then(() => served.push("large"));
  const small = budget.claim([onDemand("small", 10)]).then(() => served.push("small"));
  await settle();
  expect(served).toEqual([]);
  if (loading === undefined) throw new Error("nothing was reserved");
  const a = new Loaded(1, loading);
  expect(a.isAsked).toBe(true);
  loading.release();
  await Promise.all([large, small]);
  expect(served).toEqual(["large", "small"]);
});

test("who waits a minute for models that do not go is told so", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const busy = await load(budget, onDemand("busy", 60), 1);
  const clock = new FakeClock();
  const claimed = claimInTime([always("next", 50)], { memory: budget, clock });
  claimed.catch(() => {});
  await clock.advance(60_000);
  await expect(claimed).rejects.toMatchObject({ code: "model-memory", model: "next" });
  expect(busy.isAsked).toBe(true);
  busy.reservation.release();
  expect((await claimInTime([always("next", 50)], { memory: budget, clock })).length).toBe(1);
  expect(clock.pending).toBe(0);
});

test("a claim that is called off makes room for the next", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  await budget.claim([onDemand("a", 80)]);
  const stop = new Stop();
  const large = budget.claim([onDemand("large", 90)], stop);
  const small = budget.claim([onDemand("small", 20)]);
  stop.abort();
  await expect(large).rejects.toMatchObject({ code: "cancelled" });
  expect((await small)[0]?.bytes).toBe(20);
});

test("a lower limit counts once the others are called off, and lets models on demand go then", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const end = budget.limit(80);
  const a = await load(budget, onDemand("a", 60), 1);
  const lower = budget.limit(40);
  expect([budget.limitBytes, a.isAsked]).toEqual([80, false]);
  const waiting = budget.claim([onDemand("too large", 45)]);
  end();
  expect([budget.limitBytes, a.isAsked]).toEqual([40, true]);
  await expect(waiting).rejects.toThrow(MemoryShortError);
  lower();
  lower();
  expect(budget.limitBytes).toBe(100);
});

test("a lower limit that is called off before the others has disturbed nobody", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  budget.limit(80);
  const busy = await load(budget, onDemand("busy", 70), 1);
  const lower = budget.limit(10);
  const waiting = budget.claim([onDemand("next", 60)]);
  lower();
  busy.reservation.release();
  expect((await waiting).map(({ model }) => model)).toEqual(["next"]);
});

test("a higher limit counts at once", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  budget.limit(50);
  await budget.claim([always("a", 50)]);
  budget.limit(80);
  expect((await budget.claim([always("b", 30)])).map(({ model }) => model)).toEqual(["b"]);
});

test("what turns out to need less gives back the rest", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const [a] = await budget.claim([always("a", 60)]);
  a?.shrinkTo(30);
  a?.shrinkTo(50);
  expect(budget.reservedBytes).toBe(30);
});

test("2,000 loads of random models at random times never reserve more than there is, and all are served", async () => {
  const random = seeded(3);
  let most = 0;
  const budget = new MemoryBudget((event) => {
    if (event.kind === "memory-reserved") most = Math.max(most, event.bytes);
  }, 100);
  let served = 0;
  const loads: Promise<void>[] = [];
  for (let round = 0; round < 2_000; round++) {
    const need = onDemand(`m${random.integer(20)}`, 1 + random.integer(60));
    loads.push(
      budget.claim([need]).then(([reservation]) => {
        served++;
        if (reservation === undefined) throw new Error("nothing was reserved");
        const release = () => setImmediate(() => reservation.release());
        reservation.offer({
          lastUsedMs: round,
          isIdle: random.next() < 0.5,
          evict: async () => void release(),
        });
      }),
    );
    if (round % 10 === 0) await settle();
  }
  await Promise.all(loads);
  expect(served).toBe(2_000);
  expect(most).toBeGreaterThan(60);
  expect(most).toBeLessThanOrEqual(100);
});

test("what nobody has or waits for can be had for a moment, and turns nobody away", async () => {
  const budget = new MemoryBudget(silentObserver, 100);
  const [first] = await budget.claim([always("first", 60)]);
  expect(budget.spare({ model: "first", version: "1", bytes: 41 })).toBeUndefined();
  const spare = budget.spare({ model: "first", version: "1", bytes: 40 });
  const waiting = budget.claim([always("second", 30)]);
  expect([budget.reservedBytes, budget.spare({ model: "first", version: "1", bytes: 0 })]).toEqual([100, undefined]);
  spare?.release();
  expect(await waiting).toHaveLength(1);
  first?.release();
  expect(budget.reservedBytes).toBe(30);
});
