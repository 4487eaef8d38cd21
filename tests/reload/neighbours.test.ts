/** What lies beside a broken spec may be what it lacks. It may also be a log that is written all the time. */
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { type EditedService, edition, startEdited } from "../support/edited-service.js";

let edited: EditedService;
beforeEach(async () => {
  edited = await startEdited();
});
afterEach(() => edited.close());

const broken = edition(1).replace("labels: labels.txt", "labels: left.txt");

async function save(text: string, end: "deployed" | "reload-failed"): Promise<void> {
  const { events, path } = edited;
  const ended = events.next("deployed", "reload-failed");
  writeFileSync(path("bentofile.yaml"), text);
  expect((await ended).kind).toBe(end);
}

test("a file that it lacks mends it as soon as it is there", async () => {
  const { events, path } = edited;
  await save(broken, "reload-failed");
  const deployed = events.next("deployed");
  writeFileSync(path("new"), "left\nright\n");
  renameSync(path("new"), path("left.txt"));
  await deployed;
});

test("a log that never rests keeps no edit from being seen", async () => {
  const { path } = edited;
  writeFileSync(path("server.log"), "");
  let isWritten = true;
  const write = (): void => {
    appendFileSync(path("server.log"), "a request\n");
    if (isWritten) setTimeout(write, 2);
  };
  write();
  await save(broken, "reload-failed");
  await save(edition(2), "deployed");
  await save(broken, "reload-failed");
  await save(edition(3), "deployed");
  isWritten = false;
});
