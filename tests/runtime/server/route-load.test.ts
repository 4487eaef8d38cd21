import { EkibenError } from "../../../runtime/errors.js";
import { RouteLoad } from "../../../runtime/server/route-load.js";
import { seeded } from "../../support/random.js";

/**
 * A route that answers so many at a time, each in so many milliseconds, one after the other; so many come a second. Gives
 * what became of them.
 */
function serve({ places, runMs, perS, timeoutMs, seconds = 20 }: Record<string, number> & { timeoutMs: number }) {
  const load = new RouteLoad();
  const random = seeded(3);
  const waiting: number[] = [];
  const running: { readonly arrivedMs: number; readonly endMs: number }[] = [];
  const tally = { answered: 0, late: 0, refused: 0 };
  let owed = 0;
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs++) {
    for (const run of running.filter(({ endMs }) => endMs <= nowMs)) {
      running.splice(running.indexOf(run), 1);
      load.leave(nowMs, nowMs - run.arrivedMs);
      if (nowMs - run.arrivedMs > timeoutMs) tally.late++;
      else tally.answered++;
    }
    for (owed += (perS ?? 0) / 1000; owed >= 1; owed--) {
      try {
        load.enter({ nowMs, timeoutMs, maxConcurrency: undefined });
        waiting.push(nowMs);
      } catch (error) {
        expect(error).toBeInstanceOf(EkibenError);
        tally.refused++;
      }
    }
    while (running.length < (places ?? 1) && waiting.length > 0)
      running.push({ arrivedMs: waiting.shift() ?? 0, endMs: nowMs + (runMs ?? 1) * (0.9 + random.next() / 5) });
  }
  return tally;
}

test("below its capacity a route refuses nobody", () => {
  expect(serve({ places: 1, runMs: 10, perS: 80, timeoutMs: 200 })).toMatchObject({ late: 0, refused: 0 });
});

test("a model that takes nearly as long as callers wait is not taken for crowded", () => {
  expect(serve({ places: 4, runMs: 180, perS: 15, timeoutMs: 250 })).toMatchObject({ late: 0, refused: 0 });
});

test("at twice the capacity as many are answered in time as can be, and the others are told at once", () => {
  const { answered, late, refused } = serve({ places: 1, runMs: 10, perS: 200, timeoutMs: 300 });
  // A run of 9 to 11 ms ends at the next whole millisecond.
  const capacity = 20_000 / 10.5;
  expect(answered).toBeGreaterThan(0.95 * capacity);
  expect(late).toBeLessThan(0.02 * capacity);
  expect(refused).toBeGreaterThan(1500);
});

test("a burst that fits into the time is taken", () => {
  const load = new RouteLoad();
  for (let nowMs = 0; nowMs < 2000; nowMs += 100) {
    load.enter({ nowMs, timeoutMs: 1000, maxConcurrency: undefined });
    load.leave(nowMs + 5, 5);
  }
  for (let request = 0; request < 500; request++)
    load.enter({ nowMs: 2000, timeoutMs: 1000, maxConcurrency: undefined });
});

test("above its bound it says when to come again, by how long answers take", () => {
  const load = new RouteLoad();
  for (let request = 0; request < 200; request++) {
    load.enter({ nowMs: request * 3000, timeoutMs: 60_000, maxConcurrency: 1 });
    load.leave(request * 3000 + 2999, 2999);
  }
  load.enter({ nowMs: 600_000, timeoutMs: 60_000, maxConcurrency: 1 });
  expect(() => load.enter({ nowMs: 600_000, timeoutMs: 60_000, maxConcurrency: 1 })).toThrow(
    expect.objectContaining({ code: "queue-full", retryAfterS: expect.closeTo(3, 1) }),
  );
});
