import { EkibenError } from "../../../runtime/errors.js";
import { type Arrival, RouteLoad } from "../../../runtime/server/route-load.js";
import { seeded } from "../../support/random.js";

/** A request whose body is there at once. */
function enter(load: RouteLoad, arrival: Arrival): number {
  const number = load.enter(arrival);
  load.begin(arrival.maxConcurrency);
  return number;
}

function leave(load: RouteLoad, number: number, nowMs: number, tookMs: number): void {
  load.leave(number, { nowMs, tookMs, hasBegun: true, isAnswered: true });
}

/**
 * A route that answers so many at a time, each in so many milliseconds, one after the other; so many come a second. Gives
 * what became of them.
 */
function serve({ places, runMs, perS, timeoutMs, seconds = 20 }: Record<string, number> & { timeoutMs: number }) {
  const load = new RouteLoad();
  const random = seeded(3);
  const waiting: { readonly number: number; readonly arrivedMs: number }[] = [];
  const running: { readonly number: number; readonly arrivedMs: number; readonly endMs: number }[] = [];
  const tally = { answered: 0, late: 0, refused: 0 };
  let owed = 0;
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs++) {
    for (const run of running.filter(({ endMs }) => endMs <= nowMs)) {
      running.splice(running.indexOf(run), 1);
      leave(load, run.number, nowMs, nowMs - run.arrivedMs);
      if (nowMs - run.arrivedMs > timeoutMs) tally.late++;
      else tally.answered++;
    }
    for (owed += (perS ?? 0) / 1000; owed >= 1; owed--) {
      try {
        waiting.push({ number: enter(load, { nowMs, timeoutMs, maxConcurrency: undefined }), arrivedMs: nowMs });
      } catch (error) {
        expect(error).toBeInstanceOf(EkibenError);
        tally.refused++;
      }
    }
    while (running.length < (places ?? 1)) {
      const next = waiting.shift();
      if (next === undefined) break;
      running.push({ ...next, endMs: nowMs + (runMs ?? 1) * (0.9 + random.next() / 5) });
    }
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
    const number = enter(load, { nowMs, timeoutMs: 1000, maxConcurrency: undefined });
    leave(load, number, nowMs + 5, 5);
  }
  for (let request = 0; request < 500; request++)
    enter(load, { nowMs: 2000, timeoutMs: 1000, maxConcurrency: undefined });
});

test("above its bound it says when to come again, by how long answers take", () => {
  const load = new RouteLoad();
  for (let request = 0; request < 200; request++) {
    const number = enter(load, { nowMs: request * 3000, timeoutMs: 60_000, maxConcurrency: 1 });
    leave(load, number, request * 3000 + 2999, 2999);
  }
  enter(load, { nowMs: 600_000, timeoutMs: 60_000, maxConcurrency: 1 });
  expect(() => enter(load, { nowMs: 600_000, timeoutMs: 60_000, maxConcurrency: 1 })).toThrow(
    expect.objectContaining({ code: "queue-full", retryAfterS: expect.closeTo(3, 1) }),
  );
});

test("requests that fail at once neither hide those who wait nor count as answers", () => {
  const load = new RouteLoad();
  const anyone = { timeoutMs: 500, maxConcurrency: undefined };
  const fail = (nowMs: number): void => {
    const number = enter(load, { ...anyone, nowMs });
    load.leave(number, { nowMs, tookMs: 0, hasBegun: true, isAnswered: false });
  };
  const numbers = Array.from({ length: 300 }, () => enter(load, { ...anyone, nowMs: 0 }));
  for (const [index, number] of numbers.slice(0, 100).entries()) {
    if (index < 20) fail(10 * index);
    leave(load, number, 10 * index, 10 * index);
  }
  expect(() => fail(1000)).toThrow(expect.objectContaining({ code: "queue-full" }));
  for (const [index, number] of numbers.slice(100).entries()) leave(load, number, 1000 + 10 * index, 1000 + 10 * index);
  for (let nowMs = 3000; nowMs < 9000; nowMs += 3) fail(nowMs);
});

describe("requests that linger", () => {
  const anyone = { timeoutMs: 500, maxConcurrency: undefined };

  test.each([1, 100])("%d of them turn nobody away who comes seldom", (lingering) => {
    const load = new RouteLoad();
    for (let each = 0; each < lingering; each++) enter(load, { ...anyone, nowMs: 0 });
    for (let nowMs = 1000; nowMs < 60_000; nowMs += 300) {
      const number = enter(load, { ...anyone, nowMs });
      leave(load, number, nowMs + 20, 20);
    }
  });

  test("two who come at once are no crowd, though few come beside one that lingers", () => {
    const load = new RouteLoad();
    enter(load, { ...anyone, nowMs: 0 });
    for (let nowMs = 1000; nowMs < 60_000; nowMs += 300) {
      const both = [enter(load, { ...anyone, nowMs }), enter(load, { ...anyone, nowMs: nowMs + 1 })];
      for (const number of both) leave(load, number, nowMs + 20, 20);
    }
  });

  test("and came last, after a crowd, turn others away for a moment and no longer", () => {
    const load = new RouteLoad();
    const numbers = Array.from({ length: 200 }, () => enter(load, { ...anyone, nowMs: 0 }));
    for (let each = 0; each < 300; each++) numbers.push(enter(load, { ...anyone, nowMs: 0 }));
    for (const [index, number] of numbers.slice(0, 200).entries()) leave(load, number, 10 * index, 10 * index);
    expect(() => enter(load, { ...anyone, nowMs: 2000 })).toThrow(expect.objectContaining({ code: "queue-full" }));
    for (let nowMs = 3100; nowMs < 10_000; nowMs += 100) {
      const number = enter(load, { ...anyone, nowMs });
      leave(load, number, nowMs + 20, 20);
    }
  });
});
