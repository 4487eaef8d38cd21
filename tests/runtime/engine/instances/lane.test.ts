import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Lane } from "../../../../runtime/engine/instances/lane.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import type { EngineEvent } from "../../../../runtime/engine/observer.js";
import { silentObserver } from "../../../../runtime/engine/observer.js";
import { identityModel, writeModel } from "../../../support/onnx-model.js";
import { inRepository } from "../../../support/paths.js";
import { planModel } from "../../../support/plan-model.js";

const good = inRepository("tests", "fixtures", "models", "faulty", "good.onnx");
const { session: options } = planModel(good);

function request(file: string) {
  return { file, device: "cpu", intraOpThreads: 1, options } as const;
}

function feed(elements: number) {
  return { x: { dtype: "float32", shape: [elements / 4, 4], data: new Float32Array(elements).fill(2) } } as const;
}

describe("a lane", () => {
  const lane = new Lane(() => {});
  afterAll(() => lane.close());

  test("holds sessions of several models", async () => {
    const multiply = await lane.open(request(good));
    const same = await lane.open(request(writeModel(identityModel("float32[batch, 4]"))));
    const [product, identity] = await Promise.all([lane.run(multiply, feed(4)), lane.run(same, feed(4))]);
    expect(product.outputs["y"]?.data).toEqual(Float32Array.of(2, 4, 6, 8));
    expect(identity.outputs["y"]?.data).toEqual(Float32Array.of(2, 2, 2, 2));
    expect(lane.load).toBe(0);
  });

  test("is handed the buffers of large feeds, and a copy of small ones", async () => {
    const session = await lane.open(request(good));
    const [small, large] = [feed(8), feed(4096)];
    await Promise.all([lane.run(session, small), lane.run(session, large)]);
    expect([small.x.data.length, large.x.data.length]).toEqual([8, 0]);
  });

  test("answers in the order it was asked", async () => {
    const session = await lane.open(request(good));
    const order: number[] = [];
    await Promise.all([0, 1, 2, 3].map((index) => lane.run(session, feed(4)).then(() => order.push(index))));
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test("runs a step's kernel", async () => {
    expect(await lane.step("text.join", { texts: ["a", "b"], separator: "-" })).toBe("a-b");
  });

  test("passes a kernel's error on with its code", async () => {
    const failing = lane.step("text.replace", { text: "a", pattern: "(", with: "b", all: true });
    await expect(failing).rejects.toMatchObject({ name: "EkibenError", code: "invalid-input" });
  });

  test("answers for an unknown session and an unknown step", async () => {
    await expect(lane.run(99, feed(4))).rejects.toThrow("session 99 is open");
    await expect(lane.step("text.nothing", {})).rejects.toMatchObject({ code: "internal" });
  });
});

describe("the end of a lane", () => {
  test("comes when what it was asked is done; nothing more is taken", async () => {
    const lane = new Lane(() => {
      throw new Error("it did not die");
    });
    const session = await lane.open(request(good));
    const last = lane.run(session, feed(4));
    const closed = lane.close();
    await expect(lane.run(session, feed(4))).rejects.toMatchObject({ code: "internal" });
    expect((await last).outputs["y"]?.shape).toEqual([1, 4]);
    await closed;
    expect(lane.alive).toBe(false);
    await lane.close();
  });

  test("by an exception fails what it was asked, and is reported", async () => {
    const script = join(writeModel(Buffer.alloc(0)), "..", "broken.js");
    writeFileSync(
      script,
      'require("node:worker_threads").parentPort.on("message", () => { throw new Error("broken"); });',
    );
    const reasons: string[] = [];
    const lane = new Lane((_, reason) => reasons.push(reason), script);
    const [first, second] = [lane.open(request(good)), lane.step("text.join", {})];
    const lost = { code: "instance-lost", cause: "broken" };
    await Promise.all([first, second].map((asked) => expect(asked).rejects.toMatchObject(lost)));
    expect(await new Promise((resolve) => lane.watch(resolve))).toEqual({ cause: "crashed", reason: "broken" });
    expect(reasons).toEqual(["broken"]);
    expect(lane.alive).toBe(false);
    await lane.close();
  });
});

describe("the lanes of a process", () => {
  test("are no more than cores; each session gets the one with the fewest", async () => {
    const lanes = new Lanes({ cores: 2, observer: silentObserver });
    const placed = [lanes.place("cpu"), lanes.place("cpu"), lanes.place("cpu")];
    expect(new Set(placed).size).toBe(2);
    await lanes.close();
  });

  test("WebGPU has one of its own", async () => {
    const lanes = new Lanes({ cores: 4, observer: silentObserver });
    const [cpu, first, second] = [lanes.place("cpu"), lanes.place("webgpu"), lanes.place("webgpu")];
    expect(second).toBe(first);
    expect([cpu, lanes.place("cpu")]).not.toContain(first);
    await lanes.close();
  });

  test("take kernels where there is least to do", async () => {
    const events: EngineEvent[] = [];
    const lanes = new Lanes({ cores: 2, observer: (event) => events.push(event) });
    const results = ["a", "b", "c"].map((text) => lanes.step("text.join", { texts: [text, text], separator: "" }));
    expect(await Promise.all(results)).toEqual(["aa", "bb", "cc"]);
    await lanes.close();
    expect(events).toEqual([]);
  });
});
