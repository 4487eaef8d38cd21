import { type EndedRun, gainsLittle, type Layout, LayoutChoice } from "../../../../runtime/engine/group/layout.js";

/** Runs one after the other; what is chosen is done at once. */
function setUp(threads = 4, isWorthwhile = true) {
  const choice = new LayoutChoice(threads, () => isWorthwhile);
  const chosen: Layout[] = [];
  let nowMs = 0;
  const runs = (count: number, run: Partial<EndedRun>, everyMs = run.runMs ?? 10): void => {
    for (let index = 0; index < count; index++) {
      nowMs += everyMs;
      const layout = choice.after({
        work: 1,
        runMs: 10,
        allowedMs: Number.POSITIVE_INFINITY,
        waiting: 0,
        others: 0,
        endedMs: nowMs,
        ...run,
      });
      if (layout === undefined) continue;
      chosen.push(layout);
      choice.changed(layout, nowMs);
    }
  };
  return { choice, chosen, runs };
}

const crowded = { waiting: 3 };

describe("threads go apart", () => {
  test("while requests wait, run after run, for a second", () => {
    const { chosen, runs } = setUp();
    runs(100, crowded);
    expect(chosen).toEqual([]);
    runs(1, crowded);
    expect(chosen).toEqual(["apart"]);
  });

  test.each<[string, Partial<EndedRun>, number]>([
    ["nobody waits", {}, 4],
    ["the runs are short", { ...crowded, runMs: 0.1 }, 4],
    ["there is one thread", crowded, 1],
    ["callers cannot wait for the longer runs", { ...crowded, allowedMs: 70 }, 4],
  ])("not where %s", (_, run, threads) => {
    const { chosen, runs } = setUp(threads);
    runs(2000, run, 10);
    expect(chosen).toEqual([]);
  });

  test("not where it is known that larger runs are worth more", () => {
    const { chosen, runs } = setUp(4, false);
    runs(2000, crowded);
    expect(chosen).toEqual([]);
  });

  test.each<[string, number | undefined, boolean, boolean]>([
    ["that shares runs and gains nothing by that", 1.1, true, true],
    ["that shares runs and gains by that", 1.2, true, false],
    ["that shares runs and was not measured", undefined, true, false],
    ["that gains little by runs of two rows", 1.2, false, true],
    ["that gains by runs of two rows", 1.4, false, false],
    ["that takes no rows, or was not measured", undefined, false, true],
  ])("for a model %s: %s", (_, gain, shares, isLittle) => {
    expect(gainsLittle(gain, shares)).toBe(isLittle);
  });

  test("also where callers could not be answered in time anyhow", () => {
    const { chosen, runs } = setUp();
    runs(101, { ...crowded, allowedMs: 15 });
    expect(chosen).toEqual(["apart"]);
  });

  test("not because of a moment: the second begins again with a run that nobody waited for", () => {
    const { chosen, runs } = setUp();
    for (let round = 0; round < 10; round++) {
      runs(90, crowded);
      runs(1, {});
    }
    expect(chosen).toEqual([]);
  });

  test("not again soon when it was refused", () => {
    const { choice, chosen, runs } = setUp();
    runs(50, crowded);
    choice.refused();
    runs(5000, crowded);
    expect(chosen).toEqual([]);
    runs(1100, crowded);
    expect(chosen).toEqual(["apart"]);
  });
});

describe("threads come together again", () => {
  const apart = () => {
    const parts = setUp();
    parts.runs(101, crowded);
    parts.chosen.length = 0;
    return parts;
  };

  test("for one who is alone for a second", () => {
    const { chosen, runs } = apart();
    runs(4, { ...crowded, runMs: 30 }, 8);
    runs(33, { runMs: 30 });
    expect(chosen).toEqual([]);
    runs(2, { runMs: 30 });
    expect(chosen).toEqual(["together"]);
  });

  test("not while two are there, though nobody waits", () => {
    const { chosen, runs } = apart();
    runs(1000, { runMs: 30, others: 1 });
    expect(chosen).toEqual([]);
  });

  test("at once for a caller who cannot wait for the longer runs", () => {
    const { chosen, runs } = apart();
    runs(10, { ...crowded, runMs: 30 }, 8);
    expect(chosen).toEqual([]);
    runs(1, { ...crowded, runMs: 30, allowedMs: 40 });
    expect(chosen).toEqual(["together"]);
  });

  test("where less was answered apart, and for ten minutes of such load then", () => {
    const { chosen, runs } = apart();
    runs(2000, { ...crowded, runMs: 41 }, 10);
    expect(chosen).toEqual(["together"]);
    runs(58_000, crowded);
    expect(chosen).toEqual(["together"]);
    runs(3000, crowded);
    expect(chosen).toEqual(["together", "apart"]);
  });

  test("but not where more was", () => {
    const { chosen, runs } = apart();
    runs(2000, { ...crowded, runMs: 39 }, 10);
    expect(chosen).toEqual([]);
  });

  test("ever more reluctantly apart, where they come and go", () => {
    const { chosen, runs } = apart();
    const goAway = (): void => runs(50, { runMs: 30 });
    goAway();
    runs(110, crowded);
    expect(chosen).toEqual(["together"]);
    runs(100, crowded);
    expect(chosen).toEqual(["together", "apart"]);
    runs(400, { ...crowded, runMs: 30 });
    goAway();
    runs(110, crowded);
    expect(chosen).toEqual(["together", "apart", "together", "apart"]);
  });
});
