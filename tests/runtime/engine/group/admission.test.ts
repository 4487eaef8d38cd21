import { type Arrival, judge } from "../../../../runtime/engine/group/admission.js";
import { Throughput } from "../../../../runtime/engine/group/throughput.js";
import type { PlanQueue } from "../../../../runtime/plan/plan.js";

/** Runs of one row have taken 100 ms. */
function measured(): Throughput {
  const throughput = new Throughput();
  for (let run = 0; run < 50; run++) throughput.record(1, 100);
  return throughput;
}

const queue = { maxSize: 8 };
const arrival: Arrival = {
  rows: 1,
  priority: 0,
  leftMs: Number.POSITIVE_INFINITY,
  waitingItems: 0,
  rowsBefore: 0,
  busy: 0,
  longestRunMs: 0,
  instances: 1,
};
const verdict = (given: Partial<Arrival>, throughput = measured(), settings: PlanQueue = queue) => {
  const found = judge({ ...arrival, ...given }, settings, throughput);
  return found.kind === "admitted" ? "admitted" : `${found.why}, in ${found.retryAfterS.toFixed(2)} s`;
};

test.each<[string, Partial<Arrival>, string]>([
  ["who finds an idle instance is run, however late", { leftMs: 1 }, "admitted"],
  ["who has time enough waits", { busy: 1, rowsBefore: 2, waitingItems: 2, leftMs: 500 }, "admitted"],
  ["who has not is told at once", { busy: 1, rowsBefore: 5, waitingItems: 5, leftMs: 500 }, "too-late, in 0.30 s"],
  ["a run that is nearly done delays nobody much", { busy: 1, longestRunMs: 90, leftMs: 130 }, "admitted"],
  ["one that has just begun does", { busy: 1, longestRunMs: 5, leftMs: 130 }, "too-late, in 0.09 s"],
  ["two instances work off twice as much", { busy: 2, instances: 2, rowsBefore: 4, leftMs: 500 }, "admitted"],
  ["an item of many rows takes longer itself", { rows: 6, busy: 1, leftMs: 500 }, "too-late, in 0.30 s"],
  ["a full queue takes nobody", { waitingItems: 8, rowsBefore: 8 }, "full, in 0.80 s"],
])("%s", (_, given, expected) => expect(verdict(given)).toBe(expected));

test("before anything was measured nobody is turned away for the time it would take", () => {
  expect(verdict({ busy: 1, rowsBefore: 7, waitingItems: 7, leftMs: 1 }, new Throughput())).toBe("admitted");
});

test("the last places are kept for the most urgent", () => {
  const places = [0, 1, 2, 3].map((priority) => {
    let waitingItems = 0;
    while (verdict({ priority, waitingItems, busy: 1 }, new Throughput(), { ...queue, priorities: 4 }) === "admitted")
      waitingItems++;
    return waitingItems;
  });
  expect(places).toEqual([8, 6, 4, 2]);
});
