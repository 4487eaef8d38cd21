/** A cache as a whole, on a clock that the test holds. */

import type { CacheUse } from "../../../../runtime/engine/answers/answer-cache.js";
import { AnswerCaches } from "../../../../runtime/engine/answers/answer-caches.js";
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import { EkibenError } from "../../../../runtime/errors.js";
import { Stop } from "../../../../runtime/stop.js";
import { failureCode } from "../../../support/failure.js";
import { FakeClock } from "../../../support/fake-clock.js";

function setUp(ttlS = 10, maxBytes = 10_000) {
  const clock = new FakeClock();
  const events: EngineEvent[] = [];
  const caches = new AnswerCaches(clock, (event) => events.push(event));
  const lease = caches.ofEndpoint("POST /a", { maxBytes, ttlS });
  let runs = 0;
  const uses: CacheUse[] = [];
  const ask = (key: string, work = async () => ({ y: `${key} ${++runs}` })) =>
    lease.shared.answer(key, { signal: new Stop(), onUse: (use) => uses.push(use) }, work);
  return { clock, events, caches, lease, ask, uses };
}

test("an answer is made, shared, kept, and made anew when its time is up", async () => {
  const { clock, ask, uses } = setUp();
  const together = await Promise.all([ask("a"), ask("a"), ask("b")]);
  expect(together).toEqual([{ y: "a 1" }, { y: "a 1" }, { y: "b 2" }]);
  await clock.advance(9_999);
  expect(await ask("a")).toEqual({ y: "a 1" });
  await clock.advance(1);
  expect(await ask("a")).toEqual({ y: "a 3" });
  expect(uses).toEqual(["miss", "shared", "miss", "hit", "miss"]);
});

test("a failure is not kept", async () => {
  const { ask, uses } = setUp();
  const fail = () => Promise.reject(new EkibenError("model-failed", "it failed"));
  expect(await failureCode(ask("a", fail))).toBe("model-failed");
  expect(await ask("a")).toEqual({ y: "a 1" });
  expect(uses).toEqual(["miss", "miss"]);
});

test("what is kept and what had to go is told", async () => {
  const { ask, events, lease } = setUp(10, 1_000);
  for (const key of ["a", "b", "c", "d"]) await ask(key);
  const told = events.filter((event) => event.kind === "cache-kept");
  expect(told.reduce((sum, event) => sum + event.evicted, 0)).toBeGreaterThan(0);
  expect(told.at(-1)?.bytes).toBeLessThanOrEqual(1_000);
  expect(told.at(-1)?.answers).toBeGreaterThan(0);
  lease.release();
  expect(events.at(-1)).toEqual({ kind: "cache-closed", owner: { kind: "endpoint", name: "POST /a" } });
});

test("the next engine takes the cache over with its own limits; one that is given up leaves the old ones", async () => {
  const { caches, lease, ask, uses, clock } = setUp();
  await ask("a");
  const next = caches.ofEndpoint("POST /a", { maxBytes: 10_000, ttlS: 1 });
  expect(next.shared).toBe(lease.shared);
  await clock.advance(2_000);
  next.release();
  expect(await ask("a")).toEqual({ y: "a 1" });
  expect(uses).toEqual(["miss", "hit"]);
  lease.release();
  expect(caches.ofEndpoint("POST /a", { maxBytes: 1, ttlS: 1 }).shared).not.toBe(lease.shared);
});

test("a part of a batch's buffer is kept without the rest", async () => {
  const { lease } = setUp();
  const whole = new Uint8Array(1_000_000);
  const { y } = await lease.shared.answer("a", { signal: new Stop() }, async () => ({ y: whole.subarray(10, 14) }));
  expect(y instanceof Uint8Array && y.buffer.byteLength).toBe(4);
});
