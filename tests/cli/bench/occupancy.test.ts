import { instancesToTry, occupancyOf } from "../../../cli/bench/occupancy.js";
import type { ModelFigures } from "../../../cli/bench/scrape.js";

const figures: ModelFigures = { runs: 190, items: 190, rows: 190, batches: [], queueMs: 120, runMs: 50 };
const served = (instances: number, threads?: number) => ({ measured: [], instances, threads });
const inTenSeconds = (instances: number, threads?: number) => occupancyOf(figures, 10_000, served(instances, threads));

describe("how much of the time a model computed", () => {
  test("is the time of its runs, shared out over its instances", () => {
    expect(inTenSeconds(1, 2)).toEqual({ instances: 1, threads: 2, share: 0.95 });
    expect(inTenSeconds(2, 1)?.share).toBe(0.475);
  });

  test("is never more than all of it, and unknown where the server does not say", () => {
    expect(occupancyOf(figures, 9_000, served(1))?.share).toBe(1);
    expect(occupancyOf(figures, 10_000, undefined)).toBeUndefined();
  });
});

describe("more instances are worth a try", () => {
  const toTry = (instances: number, threads: number | undefined, seen: Partial<ModelFigures> = {}) => {
    const occupancy = occupancyOf({ ...figures, ...seen }, 10_000, served(instances, threads));
    return occupancy === undefined ? undefined : instancesToTry({ ...figures, ...seen }, occupancy);
  };

  test("as many as there are threads, where requests waited for runs that had them all", () => {
    expect(toTry(1, 2)).toBe(2);
    expect(toTry(2, 8, { runs: 390 })).toBe(16);
  });

  test("not where an instance has one thread, or the server does not say how many", () => {
    expect(toTry(1, 1)).toBeUndefined();
    expect(toTry(1, undefined)).toBeUndefined();
  });

  test("not where there was time left, or nobody waited: a lone caller would wait longer", () => {
    expect(toTry(1, 2, { runs: 100 })).toBeUndefined();
    expect(toTry(1, 2, { queueMs: 1 })).toBeUndefined();
  });
});
