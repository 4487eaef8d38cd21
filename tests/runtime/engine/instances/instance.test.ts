import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LaneInstance } from "../../../../runtime/engine/instances/instance.js";
import { Lane } from "../../../../runtime/engine/instances/lane.js";
import { Lanes } from "../../../../runtime/engine/instances/lanes.js";
import { temporaryFolder } from "../../../support/temp.js";

/** A worker that ends when it is asked to release a session. */
const dying = `
const { parentPort } = require("node:worker_threads");
parentPort.on("message", ({ kind, id }) => {
  if (kind === "release") process.exit(1);
  parentPort.postMessage({ kind: "opened", id });
});
`;

test("an instance whose thread ends while it is being closed is closed", async () => {
  const script = join(temporaryFolder(), "worker.js");
  writeFileSync(script, dying);
  const deaths: string[] = [];
  const lane = new Lane((_, reason) => deaths.push(reason), script);
  const instance = new LaneInstance(new Lanes(), lane, 0, "cpu");
  await instance.close();
  expect(deaths).toEqual(["it ended with code 1"]);
});
