/** From saving a changed label to serving it: the median of twenty, on the iris example as `dev` runs it. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpecSource } from "../../cli/plan-source.js";
import { Reloader } from "../../runtime/server/reloader.js";
import { type Service, startEmptyService } from "../../runtime/server/service.js";
import { rounds as lasting } from "../length.js";
import { type Measure, spread } from "../measure.js";
import { median } from "../process.js";
import { root } from "../service.js";

const times = lasting(20);
/** Between two questions, so that the asking does not take the processor from what it waits for. */
const pauseMs = 2;

export const reload: Measure = {
  name: "reload",
  run: async () => {
    const { measured, failed } = await measureReload();
    const ms = median(measured);
    return [
      {
        measure: "reload of a label, from save to served",
        wanted: "≤ 100 ms, no request failed",
        measured: `${ms.toFixed(0)} ms (${spread(measured)} in ${measured.length})`,
        ok: ms <= 100 && failed === 0,
        details: `failed ${failed}`,
      },
    ];
  },
};

interface ReloadTimes {
  readonly measured: readonly number[];
  /** Answers that were no 200, while it reloaded. */
  readonly failed: number;
}

async function measureReload(): Promise<ReloadTimes> {
  const folder = mkdtempSync(join(tmpdir(), "ekiben-reload-"));
  cpSync(join(root, "examples", "iris"), folder, { recursive: true });
  const path = join(folder, "bentofile.yaml");
  const text = readFileSync(path, "utf8");
  const options = {
    text: () => undefined,
    flag: () => false,
    list: () => ["observability.logging.level=error", "server.port=0", "server.host=127.0.0.1"],
  };
  const source = new SpecSource({ file: "bentofile.yaml", path }, { options, environment: {} });
  const { deployable } = await source.attempt();
  const service = await startEmptyService(deployable, { mode: "production" });
  const reloader = new Reloader({ source, host: service.host, listener: service.listener });
  await reloader.start();
  const measured: number[] = [];
  let failed = 0;
  const onFailure = (): void => void failed++;
  for (let time = 0; time < times; time++)
    measured.push(await saveAndWait(service, path, text, `setosa${time}`, onFailure));
  await reloader.close();
  await service.close();
  return { measured, failed };
}

/** Asks over and over, as the next caller would, until the answer has the label. */
async function saveAndWait(
  service: Service,
  path: string,
  text: string,
  label: string,
  onFailure: () => void,
): Promise<number> {
  const body = JSON.stringify({ sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 });
  const start = performance.now();
  writeFileSync(path, text.replaceAll(/\bsetosa\b/g, label));
  for (;;) {
    const response = await fetch(`${service.url}/classify`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    if (response.status !== 200) onFailure();
    const { species } = (await response.json()) as { readonly species: string };
    if (species === label) return performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
