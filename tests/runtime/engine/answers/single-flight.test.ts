/** The same question at the same time: asked once, for as long as somebody wants the answer. */
import { SingleFlight } from "../../../../runtime/engine/answers/single-flight.js";
import { EkibenError, type ErrorCode } from "../../../../runtime/errors.js";
import { Stop, type StopSignal } from "../../../../runtime/stop.js";
import { failureCode } from "../../../support/failure.js";

interface Work {
  readonly signal: StopSignal;
  resolve(answer: string): void;
  reject(error: unknown): void;
}

/** Work that ends when the test says so; like the engine's it fails as soon as nobody wants it. */
function byHand() {
  const works: Work[] = [];
  const work = (signal: StopSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      works.push({ signal, resolve, reject });
      signal.addEventListener("abort", () => reject(new EkibenError("cancelled", "nobody wants it")));
    });
  return { works, work };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const failed = (code: ErrorCode) => new EkibenError(code, code);

test("a hundred callers, one run", async () => {
  const flights = new SingleFlight<string>();
  const { works, work } = byHand();
  const asked = Array.from({ length: 100 }, () => flights.ask("k", new Stop(), work));
  expect(works).toHaveLength(1);
  works[0]?.resolve("answer");
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["answer"]));
  expect(flights.has("k")).toBe(false);
});

test("other questions run beside it", async () => {
  const flights = new SingleFlight<string>();
  const { works, work } = byHand();
  const asked = ["a", "b"].map((key) => flights.ask(key, new Stop(), work));
  works[1]?.resolve("of b");
  works[0]?.resolve("of a");
  expect(await Promise.all(asked)).toEqual(["of a", "of b"]);
});

test("the caller that asked first leaves, and the others get their answer from the same run", async () => {
  const flights = new SingleFlight<string>();
  const { works, work } = byHand();
  const first = new Stop();
  const asked = [flights.ask("k", first, work), flights.ask("k", new Stop(), work)] as const;
  const left = failureCode(asked[0]);
  first.abort();
  expect(await left).toBe("cancelled");
  expect(works[0]?.signal.aborted).toBe(false);
  works[0]?.resolve("answer");
  expect(await asked[1]).toBe("answer");
  expect(works).toHaveLength(1);
});

test("when all have left the run is called off, and whoever comes then has one of its own", async () => {
  const flights = new SingleFlight<string>();
  const { works, work } = byHand();
  const stops = [new Stop(), new Stop()];
  const left = stops.map((stop) => failureCode(flights.ask("k", stop, work)));
  for (const stop of stops) stop.abort();
  const late = flights.ask("k", new Stop(), work);
  await Promise.all(left);
  expect(works.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  works[1]?.resolve("its own");
  expect(await late).toBe("its own");
});

test("a failure of the question is everybody's; the next asks anew", async () => {
  const flights = new SingleFlight<string>();
  const { works, work } = byHand();
  const asked = [0, 1, 2].map(() => failureCode(flights.ask("k", new Stop(), work)));
  works[0]?.reject(failed("model-failed"));
  for (const each of await Promise.all(asked)) expect(each).toBe("model-failed");
  const again = flights.ask("k", new Stop(), work);
  works[1]?.resolve("now");
  expect(await again).toBe("now");
});

test.each(["deadline-exceeded", "queue-full", "cancelled"] as const)(
  "the first caller's own %s is not the others'",
  async (code) => {
    const flights = new SingleFlight<string>();
    const { works, work } = byHand();
    const first = failureCode(flights.ask("k", new Stop(), work));
    const others = [flights.ask("k", new Stop(), work), flights.ask("k", new Stop(), work)];
    works[0]?.reject(failed(code));
    expect(await first).toBe(code);
    await settle();
    expect(works).toHaveLength(2);
    works[1]?.resolve("answer");
    expect(await Promise.all(others)).toEqual(["answer", "answer"]);
  },
);

test("a caller that has left before it asks is told so, and nothing goes on for it", async () => {
  const flights = new SingleFlight<string>();
  const { works, work } = byHand();
  const gone = new Stop();
  gone.abort();
  expect(await failureCode(flights.ask("k", gone, work))).toBe("cancelled");
  expect(works.every(({ signal }) => signal.aborted)).toBe(true);
  expect(flights.has("k")).toBe(false);
});
