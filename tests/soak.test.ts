/** A short form of `npm run soak`: reloads of every kind under load of every kind, and nothing that grows. */
import { type Sample, soak } from "./support/soak.js";

test("a hundred reloads under load: no call fails, and neither threads nor handles grow", async () => {
  const { failed, reloads, answered, left, samples } = await soak({ isOver: (done) => done >= 100 });
  expect({ failed: [...failed], reloads }).toEqual({ failed: [], reloads: 100 });
  expect(answered).toBeGreaterThan(reloads);
  expect(left).toBeGreaterThan(0);
  const most = (part: readonly Sample[], of: "threads" | "handles"): number =>
    Math.max(...part.map((each) => each[of]));
  const half = Math.floor(samples.length / 2);
  for (const held of ["threads", "handles"] as const)
    expect(most(samples.slice(half), held)).toBeLessThanOrEqual(most(samples.slice(0, half), held) + 5);
}, 300_000);
