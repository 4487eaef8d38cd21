/**
 * Process instances killed under load, again and again: only what is inside them fails, with 503, and everybody gets one
 * answer. EKIBEN_KILLS says how often; 20 times unless it does.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { systemClock } from "../../../runtime/engine/clock.js";
import type { ModelGroup } from "../../../runtime/engine/group/model-group.js";
import { Lanes } from "../../../runtime/engine/instances/lanes.js";
import { Processes } from "../../../runtime/engine/instances/processes.js";
import type { EngineEvent } from "../../../runtime/engine/observer.js";
import { openGroup } from "../../../runtime/engine/open/open-group.js";
import { EkibenError } from "../../../runtime/errors.js";
import { Tensor } from "../../../runtime/values/value.js";
import { writeModel } from "../../support/onnx-model.js";
import { planModel } from "../../support/plan-model.js";
import { instancesOf } from "../../support/process-list.js";
import { deadlyInput, dividingModel, loopModel } from "../../support/troubled-models.js";

const kills = Number(process.env["EKIBEN_KILLS"] ?? 20);
const onLinux = process.platform === "linux" ? describe : describe.skip;
const forever = new AbortController().signal;
const lanes = new Lanes({ cores: 3 });
afterAll(() => lanes.close());

type Settings = Parameters<typeof planModel>[1];
async function open(file: string, settings: Settings, events: EngineEvent[]): Promise<ModelGroup> {
  const model = planModel(file, { isolation: "process", ...settings });
  return openGroup({
    name: "model",
    model,
    files: (name) => name,
    lanes,
    processes: new Processes(),
    observer: (event) => events.push(event),
    clock: systemClock,
  });
}

function divide(group: ModelGroup, x: number): Promise<string> {
  return group.submit({ x: new Tensor("int32", [1, 1], Int32Array.of(x)) }, 1, { signal: forever }).then(
    ({ y }) => (y?.data[0] === -x ? "right" : `${x} gave ${y?.data[0]}`),
    (error: unknown) => (error instanceof EkibenError ? error.code : String(error)),
  );
}

/** Callers that ask one question after the other, until they are told to stop. */
function load(group: ModelGroup, callers: number) {
  const outcomes = new Map<string, number>();
  let isOver = false;
  let x = 0;
  const caller = async (): Promise<void> => {
    while (!isOver) {
      const outcome = await divide(group, ++x);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  const done = Promise.all(Array.from({ length: callers }, caller));
  const stop = async (): Promise<void> => {
    isOver = true;
    await done;
  };
  return { outcomes, stop };
}

function count(events: readonly EngineEvent[], kind: EngineEvent["kind"]): number {
  return events.filter((event) => event.kind === kind).length;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

onLinux("instances that are processes, under load", () => {
  test(`are killed ${kills} times: only what is inside fails, with 503`, async () => {
    const events: EngineEvent[] = [];
    const batching = { maxBatchSize: 4, maxQueueDelayMs: 0 };
    const others = new Set(instancesOf());
    const group = await open(writeModel(dividingModel()), { instances: [{ count: 3 }], batching }, events);
    const { outcomes, stop } = load(group, 16);
    const signals = ["SIGKILL", "SIGABRT", "SIGSEGV"] as const;
    for (let kill = 0; kill < kills; kill++) {
      const pids = instancesOf().filter((pid) => !others.has(pid));
      const answered = outcomes.get("right") ?? 0;
      process.kill(pids[kill % pids.length] ?? 0, signals[kill % signals.length] ?? "SIGKILL");
      await until(() => count(events, "instance-lost") > kill && (outcomes.get("right") ?? 0) > answered + 100);
      await until(() => count(events, "instance-restarted") > kill);
    }
    await stop();
    expect(group.state).toEqual({ kind: "ready" });
    expect(instancesOf().filter((pid) => !others.has(pid))).toHaveLength(3);
    await group.close();
    // Each was running one batch of four at most; what had been sent behind it ran elsewhere.
    expect(outcomes.get("instance-lost") ?? 0).toBeLessThanOrEqual(kills * 4);
    expect([...outcomes.keys()].filter((outcome) => outcome !== "instance-lost")).toEqual(["right"]);
    expect(events.filter((event) => event.kind === "batch-done" && event.failed).length).toBeLessThanOrEqual(kills);
    expect([count(events, "instance-lost"), count(events, "model-failed")]).toEqual([kills, 0]);
  });

  (process.arch === "x64" ? test : test.skip)(
    "an input that kills does so for itself and its batch alone",
    async () => {
      const events: EngineEvent[] = [];
      const group = await open(writeModel(dividingModel()), { instances: [{ count: 2 }] }, events);
      const { outcomes, stop } = load(group, 4);
      for (let kill = 0; kill < 5; kill++) {
        expect(await divide(group, deadlyInput)).toBe("instance-lost");
        await until(() => count(events, "instance-restarted") > kill);
      }
      await stop();
      await group.close();
      expect([...outcomes.keys()].filter((outcome) => outcome !== "instance-lost")).toEqual(["right"]);
      expect(events.filter((event) => event.kind === "instance-lost")).toEqual(
        Array(5).fill(expect.objectContaining({ cause: "crashed", reason: "SIGFPE ended it" })),
      );
    },
  );

  test("a run without end is ended at its deadline, and its model answers again", async () => {
    const events: EngineEvent[] = [];
    const group = await open(writeModel(loopModel()), {}, events);
    const turn = (turns: bigint, deadlineMs?: number) =>
      group
        .submit(
          {
            x: new Tensor("float32", [1, 1], Float32Array.of(7)),
            turns: new Tensor("int64", [], BigInt64Array.of(turns)),
          },
          1,
          { signal: forever, ...(deadlineMs !== undefined && { deadlineMs }) },
        )
        .then(
          ({ y }) => Number(y?.data[0]),
          (error: unknown) => (error instanceof EkibenError ? error.code : String(error)),
        );
    expect(await turn(2n ** 62n, systemClock.now() + 300)).toBe("deadline-exceeded");
    await until(() => count(events, "instance-restarted") === 1);
    expect(await turn(1n)).toBe(7);
    expect(events.filter(({ kind }) => kind === "instance-lost")).toEqual([expect.objectContaining({ cause: "hung" })]);
    await group.close();
  });

  test("a model whose instances cannot be opened any more is not ready, and answers 503 at once; the others go on", async () => {
    const events: EngineEvent[] = [];
    const file = writeModel(dividingModel());
    const [group, other] = [await open(file, {}, events), await open(writeModel(loopModel()), {}, [])];
    const bytes = readFileSync(file);
    writeFileSync(file, "replaced by garbage");
    const [pid = 0] = instancesOf();
    process.kill(pid, "SIGKILL");
    await until(() => group.state.kind === "failed");
    await expect(
      group.submit({ x: new Tensor("int32", [1, 1], Int32Array.of(1)) }, 1, { signal: forever }),
    ).rejects.toMatchObject({ code: "not-ready", retryAfterS: expect.any(Number) });
    expect(other.state).toEqual({ kind: "ready" });
    writeFileSync(file, bytes);
    await until(() => group.state.kind === "ready");
    expect(await divide(group, 3)).toBe("right");
    expect([count(events, "model-failed"), count(events, "model-recovered")]).toEqual([1, 1]);
    await Promise.all([group.close(), other.close()]);
  });
});
