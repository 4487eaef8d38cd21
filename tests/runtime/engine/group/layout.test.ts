import { type EndedRun, type Layout, LayoutChoice } from "../../../../runtime/engine/group/layout.js";

interface Settings {
  readonly threads?: number;
  readonly mayPart?: boolean;
}

/** Runs one after the other; what is chosen is done at once. */
function setUp({ threads = 4, mayPart = true }: Settings = {}) {
  const choice = new LayoutChoice(threads, () => mayPart);
  const chosen: Layout[] = [];
  let nowMs = 0;
  const runs = (count: number, run: Partial<EndedRun>, everyMs = run.runMs ?? 10): void => {
    for (let index = 0; index < count; index++) {
      nowMs += everyMs;
      const layout = choice.after({
        rows: 1,
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

  test.each<[string, Partial<EndedRun>, Settings]>([
    ["nobody waits", {}, {}],
    ["the runs are short", { ...crowded, runMs: 0.1 }, {}],
    ["there is one thread", crowded, { threads: 1 }],
    ["the model may not", crowded, { mayPart: false }],
    ["callers cannot wait for the longer runs", { ...crowded, allowedMs: 70 }, {}],
  ])("not where %s", (_, run, settings) => {
    const { chosen, runs } = setUp(settings);
    runs(2000, run, 10);
    expect(chosen).toEqual([]);
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
  const apart = (settings?: Settings) => {
    const parts = setUp(settings);
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
