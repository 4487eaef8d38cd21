import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mostATurn, Turns } from "../../../runtime/server/turns.js";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what comes alone is begun at once", async () => {
  const turns = new Turns();
  const begun: number[] = [];
  for (let each = 0; each < 3; each++) {
    turns.begin(() => begun.push(each));
    expect(begun).toHaveLength(each + 1);
    await nextTurn();
  }
});

test("of many that come at once so many are begun a turn, in the order of their coming", async () => {
  const turns = new Turns();
  const begun: number[] = [];
  const count = 3 * mostATurn + 5;
  for (let each = 0; each < count; each++) turns.begin(() => begun.push(each));
  const after: number[] = [begun.length];
  while (begun.length < count) {
    await nextTurn();
    after.push(begun.length);
  }
  expect(after).toEqual([mostATurn, 2 * mostATurn, 3 * mostATurn, count]);
  expect(begun).toEqual(Array.from({ length: count }, (_, each) => each));
});

test("who comes while others wait comes after them", async () => {
  const turns = new Turns();
  const begun: string[] = [];
  for (let each = 0; each < 2 * mostATurn; each++) turns.begin(() => begun.push("early"));
  await nextTurn();
  turns.begin(() => begun.push("late"));
  while (begun.length < 2 * mostATurn + 1) await nextTurn();
  expect(begun.indexOf("late")).toBe(2 * mostATurn);
});

test("what is begun may bring more", async () => {
  const turns = new Turns();
  let left = 5 * mostATurn;
  const again = (): void => {
    if (--left > 0) turns.begin(again);
  };
  turns.begin(again);
  while (left > 0) await nextTurn();
  expect(left).toBe(0);
});

test("what was begun is let go of, though others always wait", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const turns = new Turns();
  let begun = 0;
  const bring = (): WeakRef<object> => {
    const request = { begun: 0 };
    turns.begin(() => {
      request.begun = ++begun;
    });
    return new WeakRef(request);
  };
  for (let each = 0; each < mostATurn; each++) bring();
  const waited = bring();
  for (let turn = 0; turn < 5; turn++) {
    for (let each = 0; each < 2 * mostATurn; each++) bring();
    await nextTurn();
  }
  expect(begun).toBeGreaterThan(mostATurn + 1);
  collect();
  expect(waited.deref()).toBeUndefined();
});
