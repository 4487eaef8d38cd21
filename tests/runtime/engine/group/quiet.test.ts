import { quiet } from "../../../../runtime/engine/group/quiet.js";
import { FakeClock } from "../../../support/fake-clock.js";

test("it waits until nobody is served", async () => {
  const clock = new FakeClock();
  const states = [false, false, true];
  const waited = quiet(clock, 100, () => states.shift());
  await clock.settle();
  await clock.advance(200);
  expect([await waited, clock.now(), states]).toEqual([true, 200, []]);
});

test("it gives up with the group", async () => {
  expect(await quiet(new FakeClock(), 100, () => undefined)).toBe(false);
});
