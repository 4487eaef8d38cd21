import { spawnSync } from "node:child_process";
import { inRepository } from "../../../support/paths.js";
import { planModel } from "../../../support/plan-model.js";

const good = inRepository("tests", "fixtures", "models", "faulty", "good.onnx");
const request = { file: good, device: "cpu", intraOpThreads: 2, options: planModel(good).session };

/** Runs a program that has an open lane with a session, and gives how it ended. */
function end(program: string): { readonly code: number | null; readonly output: string } {
  const script = `
    const { Lane } = require(${JSON.stringify(inRepository("dist", "runtime", "engine", "instances", "lane.js"))});
    const feed = () => ({ x: { dtype: "float32", shape: [1, 4], data: new Float32Array(4) } });
    (async () => {
      const lane = new Lane(() => console.log("died"));
      const session = await lane.open(${JSON.stringify(request)});
      await lane.run(session, feed());
      ${program}
    })();`;
  const { status, stdout } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8", timeout: 30_000 });
  return { code: status, output: stdout };
}

describe("a process with an open lane", () => {
  test("ends when it has nothing to do", () => {
    expect(end("")).toEqual({ code: 0, output: "" });
  });
  test("ends after what it asked for is answered", () => {
    const program =
      'for (let i = 0; i < 100; i++) lane.run(session, feed()).then(() => i === 99 && console.log("answered"));';
    expect(end(program)).toEqual({ code: 0, output: "answered\n" });
  });
  test("ends when it says so, while the lane is idle", () => {
    expect(end("process.exit(3);")).toEqual({ code: 3, output: "" });
  });
  test("ends once the lane is closed, which waits for what it does", () => {
    expect(
      end('lane.run(session, feed()).then(() => console.log("answered")); await lane.close(); process.exit(3);'),
    ).toEqual({
      code: 3,
      output: "answered\n",
    });
  });
});
