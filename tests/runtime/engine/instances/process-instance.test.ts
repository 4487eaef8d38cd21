import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemClock } from "../../../../runtime/engine/clock.js";
import type { Feeds } from "../../../../runtime/engine/group/check-feeds.js";
import { NotBegunError } from "../../../../runtime/engine/instances/ending.js";
import { openInstance } from "../../../../runtime/engine/instances/instance.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import { ProcessInstance } from "../../../../runtime/engine/instances/process-instance.js";
import { Processes } from "../../../../runtime/engine/instances/processes.js";
import { Tensor } from "../../../../runtime/values/value.js";
import { startChild } from "../../../support/child.js";
import { FakeClock } from "../../../support/fake-clock.js";
import { identityModel, type ModelSketch, writeModel } from "../../../support/onnx-model.js";
import { inRepository } from "../../../support/paths.js";
import { planModel } from "../../../support/plan-model.js";
import { gone, instancesOf, lookAt, openFiles, textOf } from "../../../support/process-list.js";
import { deadlyInput, dividingModel, eatingModel, loopModel } from "../../../support/troubled-models.js";

const whereProcTells = process.platform === "linux" ? describe : describe.skip;
/** Elsewhere the division has a result. */
const whereDivisionTraps = process.arch === "x64" ? test : test.skip;

function requestOf(file: string) {
  return { file, device: "cpu", intraOpThreads: 1, options: planModel(file).session } as const;
}

const opened: ProcessInstance[] = [];
afterEach(() => Promise.all(opened.splice(0).map((instance) => instance.close())));

async function open(model: ModelSketch, processes = new Processes()): Promise<ProcessInstance> {
  const instance = await processes.open(requestOf(writeModel(model)), "model");
  opened.push(instance);
  return instance;
}

function turns(count: bigint): Feeds {
  return {
    x: new Tensor("float32", [1, 1], Float32Array.of(2)),
    turns: new Tensor("int64", [], BigInt64Array.of(count)),
  };
}
const endless = turns(2n ** 62n);

function integer(x: number): Feeds {
  return { x: new Tensor("int32", [1, 1], Int32Array.of(x)) };
}

describe("an instance that is a process", () => {
  test.each<[string, Tensor]>([
    ["float32", new Tensor("float32", [2, 2], Float32Array.of(1, -0, Number.NaN, 3e38))],
    ["int64", new Tensor("int64", [2, 1], BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)))],
    ["float16", new Tensor("float16", [1, 2], Uint16Array.of(0x3c00, 0xffff))],
    ["bool", new Tensor("bool", [1, 2], Uint8Array.of(1, 0))],
    ["string", new Tensor("string", [1, 3], ["", "größer", "日本"])],
  ])("gives what a thread gives: %s", async (type, x) => {
    const model = identityModel(`${type}[batch, width]`);
    const lanes = new Lanes({ cores: 1 });
    const thread = await openInstance(lanes, requestOf(writeModel(model)), new Set());
    const instance = await open(model);
    const { outputs } = await instance.run({ x });
    expect(outputs).toEqual((await thread.run({ x: new Tensor(x.dtype, x.shape, x.data.slice()) })).outputs);
    await thread.close();
    await lanes.close();
  });

  test("gives large tensors as they are", async () => {
    const data = Float32Array.from({ length: 1_500_000 }, (_, index) => Math.sin(index));
    const instance = await open(identityModel("float32[batch, width]"));
    const { outputs } = await instance.run({ x: new Tensor("float32", [1000, 1500], data) });
    const given = outputs["y"]?.data;
    expect(ArrayBuffer.isView(given) && Buffer.from(given.buffer).equals(Buffer.from(data.buffer))).toBe(true);
  });

  test("answers in the order it was asked", async () => {
    const instance = await open(dividingModel());
    const answers = await Promise.all([1, 2, 3].map((x) => instance.run(integer(x))));
    expect(answers.map(({ outputs }) => outputs["y"]?.data[0])).toEqual([-1, -2, -3]);
  });

  test("fails with what onnxruntime says of an input, and goes on", async () => {
    const instance = await open(dividingModel());
    const wrong = instance.run({ x: new Tensor("float32", [1, 1], Float32Array.of(1)) });
    await expect(wrong).rejects.toMatchObject({ code: "model-failed", message: expect.stringContaining("Unexpected") });
    expect((await instance.run(integer(7))).outputs["y"]?.data).toEqual(Int32Array.of(-7));
  });

  test("does not open for the reasons for which a thread does not, and leaves no process", async () => {
    const processes = new Processes();
    const request = { ...requestOf(writeModel(dividingModel())), file: writeModel(Buffer.from("none")) };
    await expect(processes.open(request, "model")).rejects.toMatchObject({
      name: "ModelOpenError",
      code: "model-unreadable",
    });
    expect(process.platform === "linux" ? instancesOf() : []).toEqual([]);
  });
});

describe("the end of a process", () => {
  test("while it is idle is told with its signal; what comes later fails at once", async () => {
    const instance = await open(dividingModel());
    process.kill(instance.pid ?? 0, "SIGABRT");
    expect(await instance.ended).toEqual({ cause: "crashed", reason: "SIGABRT ended it" });
    expect(instance.alive).toBe(false);
    await expect(instance.run(integer(1))).rejects.toMatchObject({ code: "instance-lost", retryAfterS: 1 });
  });

  test("while it runs fails what is inside", async () => {
    const instance = await open(loopModel());
    const inside = [instance.run(endless), instance.run(turns(1n))];
    process.kill(instance.pid ?? 0, "SIGKILL");
    for (const run of inside)
      await expect(run).rejects.toMatchObject({
        code: "instance-lost",
        cause: expect.stringMatching(/^SIGKILL ended it/),
      });
    const [begun, behind] = await Promise.allSettled(inside);
    expect([begun, behind].map((run) => run?.status === "rejected" && run.reason instanceof NotBegunError)).toEqual([
      false,
      true,
    ]);
  });

  test("while it opens is why the model does not open", async () => {
    const instance = new ProcessInstance("cpu", systemClock, "model");
    const opening = instance.open(requestOf(writeModel(dividingModel())));
    process.kill(instance.pid ?? 0, "SIGSEGV");
    await expect(opening).rejects.toMatchObject({ code: "instance-lost", cause: "SIGSEGV ended it" });
  });

  whereDivisionTraps("comes from an input that the processor traps", async () => {
    const instance = await open(dividingModel());
    await expect(instance.run(integer(deadlyInput))).rejects.toMatchObject({
      code: "instance-lost",
      cause: "SIGFPE ended it",
    });
  });

  test("is told with what it said last, and by that as a want of memory", async () => {
    const script = join(dirname(writeModel(dividingModel())), "dying.js");
    writeFileSync(script, 'console.error("first\\nwhat(): std::bad_alloc"); process.kill(process.pid, "SIGABRT");');
    const instance = new ProcessInstance("cpu", systemClock, "model", { script });
    expect(await instance.ended).toEqual({
      cause: "out-of-memory",
      reason: "SIGABRT ended it, saying: what(): std::bad_alloc",
    });
  });

  test("that was ordered is told by its order", async () => {
    const instance = await open(dividingModel());
    instance.kill({ cause: "hung", reason: "it was told to" });
    expect(await instance.ended).toEqual({ cause: "hung", reason: "it was told to" });
  });
});

describe("a run that does not come back", () => {
  test("is ended with its process at its deadline, and not before", async () => {
    const clock = new FakeClock();
    const instance = await open(loopModel(), new Processes({ clock }));
    const lost = expect(instance.run(endless, 500)).rejects.toMatchObject({ code: "instance-lost" });
    await clock.advance(499);
    expect(instance.alive).toBe(true);
    await clock.advance(1);
    await lost;
    expect(await instance.ended).toEqual({
      cause: "hung",
      reason: "it was ended because its run was not back at its deadline",
    });
  });

  test("is given as long as another instance would take to open", async () => {
    const clock = new FakeClock();
    const instance = new ProcessInstance("cpu", clock, "model");
    opened.push(instance);
    const opening = instance.open(requestOf(writeModel(loopModel())));
    await clock.advance(300);
    await opening;
    void instance.run(endless, 310).catch(() => {});
    await clock.advance(299);
    expect(instance.alive).toBe(true);
    await clock.advance(1);
    expect(instance.alive).toBe(false);
  });

  test("does not count against the one behind it before that has begun", async () => {
    const clock = new FakeClock();
    const instance = await open(loopModel(), new Processes({ clock }));
    const first = instance.run(turns(100_000n), 1000);
    const second = instance.run(endless, 100);
    const lost = expect(second).rejects.toMatchObject({ code: "instance-lost" });
    await first;
    expect(clock.pending).toBeGreaterThan(0);
    await clock.advance(100);
    await lost;
  });

  test("leaves no timer when it does", async () => {
    const clock = new FakeClock();
    const instance = new ProcessInstance("cpu", clock, "model");
    opened.push(instance);
    await instance.open(requestOf(writeModel(loopModel())));
    await instance.run(turns(3n), 500);
    expect(clock.pending).toBe(0);
  });
});

whereProcTells("what a process takes", () => {
  test("of memory is bounded: the one that has grown is ended, not the one beside it", async () => {
    const processes = new Processes({ memoryBytes: process.memoryUsage.rss() + 600 * 2 ** 20 });
    const [idle, eater] = [await open(eatingModel(), processes), await open(eatingModel(), processes)];
    const sum = (size: bigint): Feeds => ({
      x: new Tensor("float32", [1], Float32Array.of(1)),
      size: new Tensor("int64", [1], BigInt64Array.of(size)),
    });
    await expect(eater.run(sum(3_000_000_000n))).rejects.toMatchObject({ code: "instance-lost" });
    expect(await eater.ended).toEqual({
      cause: "out-of-memory",
      reason: expect.stringMatching(/^it was ended because it took \d+ MB, and all together have \d+ MB$/),
    });
    expect((await idle.run(sum(1000n))).outputs["y"]?.data[0]).toBe(1000);
  });

  test("of the environment is what libraries look at, and no secret", async () => {
    process.env["API_TOKEN"] = "secret";
    process.env["OMP_NUM_THREADS"] = "1";
    const instance = await open(dividingModel());
    delete process.env["API_TOKEN"];
    delete process.env["OMP_NUM_THREADS"];
    const names = textOf(instance.pid ?? 0, "environ")
      .split("\0")
      .map((entry) => entry.replace(/=.*/s, ""));
    expect(names).toContain("OMP_NUM_THREADS");
    expect(names).not.toContain("API_TOKEN");
  });

  test("of a terminal is nothing: it has a group of its own; where memory is short it goes first", async () => {
    const instance = await open(dividingModel());
    expect(lookAt(instance.pid ?? 0)?.group).toBe(instance.pid);
    expect(textOf(instance.pid ?? 0, "oom_score_adj")).toBe("500\n");
  });
});

whereProcTells("closing", () => {
  test("lets what was asked be finished, and leaves nothing behind, again and again", async () => {
    const file = writeModel(dividingModel());
    const processes = new Processes();
    const cycle = async (): Promise<void> => {
      const instance = await processes.open(requestOf(file), "model");
      const last = instance.run(integer(4));
      await instance.close();
      expect((await last).outputs["y"]?.data).toEqual(Int32Array.of(-4));
    };
    await cycle();
    const before = openFiles().length;
    for (let n = 0; n < Number(process.env["EKIBEN_CYCLES"] ?? 10); n++) await cycle();
    expect([instancesOf(), openFiles().length]).toEqual([[], before]);
  });

  test("kills a process that does not end in time", async () => {
    const clock = new FakeClock();
    const instance = await open(dividingModel(), new Processes({ clock }));
    process.kill(instance.pid ?? 0, "SIGSTOP");
    const closing = instance.close();
    await clock.advance(5000);
    await closing;
    expect(lookAt(instance.pid ?? 0)).toBeUndefined();
  });
});

whereProcTells("when whoever started it is killed", () => {
  test.each([
    ["idle", ""],
    ["running without end", "instance.run(endless).catch(() => {});"],
  ])("a process that is %s ends too", async (_, program) => {
    const from = (name: string): string => JSON.stringify(inRepository("dist", ...name.split("/")));
    const file = writeModel(loopModel());
    const parent = startChild([
      "-e",
      `
      const { Processes } = require(${from("runtime/engine/instances/processes.js")});
      const { Tensor } = require(${from("runtime/values/value.js")});
      const endless = { x: new Tensor("float32", [1, 1], Float32Array.of(2)), turns: new Tensor("int64", [], BigInt64Array.of(2n ** 62n)) };
      (async () => {
        const instance = await new Processes().open(${JSON.stringify(requestOf(file))}, "model");
        ${program}
        setTimeout(() => console.error("instance", instance.pid), 100);
        setInterval(() => {}, 1000);
      })();`,
    ]);
    const [, pid] = /instance (\d+)/.exec(await parent.said(/instance \d+/)) ?? [];
    expect(lookAt(Number(pid))).toBeDefined();
    parent.process.kill("SIGKILL");
    await gone(Number(pid));
  });
});
