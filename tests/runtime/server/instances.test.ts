/** What callers and operators see of instances that are lost, over real connections. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "../../../runtime/server/service.js";
import { type Answer, call } from "../../support/http.js";
import { onnxModel } from "../../support/onnx-model.js";
import { gone, instancesOf } from "../../support/process-list.js";
import { folderOf, serveFolder } from "../../support/service.js";
import { dividingModel, loopModel } from "../../support/troubled-models.js";

const spec = `service: guarded
models:
  guarded: { source: guarded.onnx, isolation: process }
  quick: { source: quick.onnx, batching: { max_batch_size: 16 } }
  turns_of: { source: loop.onnx, isolation: process }
graphs:
  run_guarded: { inputs: { x: { type: "int32[1]" } }, steps: [{ id: y, use: guarded, with: { x: $x } }], outputs: { y: $y } }
  run_quick: { inputs: { x: { type: "int32[1]" } }, steps: [{ id: y, use: quick, with: { x: $x } }], outputs: { y: $y } }
  run_turns:
    inputs: { x: { type: "float32[1]" }, turns: { type: "int64[]" } }
    steps: [{ id: y, use: turns_of, with: { x: $x, turns: $turns } }]
    outputs: { y: $y }
endpoints: [{ path: /guarded, graph: run_guarded }, { path: /quick, graph: run_quick }, { path: /loop, graph: run_turns }]
`;

(process.platform === "linux" ? describe : describe.skip)("a service with models in processes", () => {
  const folder = folderOf({
    "bentofile.yaml": spec,
    "guarded.onnx": onnxModel(dividingModel()),
    "quick.onnx": onnxModel(dividingModel()),
    "loop.onnx": onnxModel(loopModel()),
  });
  let service: Service;
  beforeAll(async () => {
    service = await serveFolder(folder);
  });
  afterAll(() => service.close());

  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    call(`${service.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const get = async (path: string): Promise<Answer> => call(`${service.url}${path}`);
  const until = async (path: string, text: string): Promise<Answer> => {
    for (;;) {
      const answer = await get(path);
      if (answer.text.includes(text)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  test("says in /version where each runs", async () => {
    expect(JSON.parse((await get("/version")).text).models).toMatchObject({
      guarded: { state: "ready", place: "process", instances: 1, intraOpThreads: expect.any(Number) },
      turns_of: { place: "process" },
    });
  });

  test("answers 504 for a run without end, which is ended, and the next request gets its answer", async () => {
    const endless = await post("/loop", { x: [1], turns: "4000000000000000000" }, { "x-ekiben-deadline-ms": "100" });
    expect([endless.status, JSON.parse(endless.text).code]).toEqual([504, "deadline-exceeded"]);
    await until("/metrics", 'ekiben_runs_killed_total{model="turns_of",version="1"} 1');
    await until("/readyz", '"ready":true');
    expect((await post("/loop", { x: [3], turns: 2 })).text).toBe('{"y":[3]}');
  });

  test("says that a model has no instance, while the others answer; and that it has one again", async () => {
    const file = join(folder, "guarded.onnx");
    const bytes = readFileSync(file);
    const before = new Set(instancesOf());
    writeFileSync(file, "garbage");
    for (const pid of before) process.kill(pid, "SIGKILL");
    const readiness = await until("/readyz", "guarded");
    expect([readiness.status, JSON.parse(readiness.text).missing]).toEqual([
      503,
      expect.arrayContaining(['model "guarded"']),
    ]);
    await until("/metrics", 'ekiben_instances{model="guarded",version="1",state="quarantined"} 1');
    const refused = await post("/guarded", { x: [1] });
    expect([refused.status, JSON.parse(refused.text).code]).toEqual([503, "not-ready"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect((await post("/quick", { x: [5] })).text).toBe('{"y":[-5]}');
    writeFileSync(file, bytes);
    expect((await until("/readyz", '"ready":true')).status).toBe(200);
    expect((await post("/guarded", { x: [7] })).text).toBe('{"y":[-7]}');
  });

  test("gives many callers at once each its own, whatever place the model runs in", async () => {
    for (const path of ["/quick", "/guarded"]) {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, x) => post(path, { x: [-x - 1] })));
      expect(answers.map(({ text }) => JSON.parse(text).y[0])).toEqual(answers.map((_, x) => x + 1));
    }
  });

  test("leaves no process when it closes", async () => {
    const pids = instancesOf();
    expect(pids).toHaveLength(2);
    await service.close();
    await Promise.all(pids.map(gone));
  });
});
