/**
 * Instances that are processes, one of them killed in each of many seconds under an open load that the one left can carry: how
 * much of what was sent is still answered in the worst second, and what becomes of the rest.
 */
import { instancesOf } from "../../tests/support/process-list.js";
import { type Flooded, flood } from "../flood.js";
import { choresS, isShort, seconds } from "../length.js";
import { figures, type Measure, type Row } from "../measure.js";
import { tinyCall, tinyModel, tinySpecOf } from "../models.js";
import { type Running, settled } from "../process.js";
import { startOurs, writeService } from "../service.js";

const spec = tinySpecOf("instances: 2, isolation: process, batching: { max_batch_size: 16 }");

const kills = isShort ? 2 : 100;
const signals = ["SIGKILL", "SIGABRT"] as const;
const connections = 64;
/** Of what both instances can answer. */
const loadShare = 0.25;
/** Into the second in which it is killed. */
const killAfterMs = 200;
const leastShare = 0.8;

interface KilledSecond {
  readonly flooded: Flooded;
  readonly share: number;
}

export const killed: Measure = {
  name: "kills",
  run: async () => {
    const server = await startOurs(writeService("killed", tinyModel(), spec).folder, tinyCall);
    try {
      await settled(server.pid, choresS);
      const load = { port: server.port, call: tinyCall, connections };
      await flood({ ...load, seconds: seconds(3) });
      const full = await flood({ ...load, seconds: seconds(3) });
      const ratePerS = (loadShare * answered(full)) / full.seconds;
      const found: KilledSecond[] = [];
      for (let kill = 0; kill < kills; kill++) {
        const victims = await bothReady(server);
        const flooding = flood({ ...load, ratePerS, seconds: 1 });
        await pause(killAfterMs);
        process.kill(victims[kill % victims.length] ?? 0, signals[kill % signals.length] ?? "SIGKILL");
        const flooded = await flooding;
        found.push({ flooded, share: answered(flooded) / (flooded.sent + flooded.unsent) });
      }
      await bothReady(server);
      return [rowOf(found, ratePerS, await losses(server))];
    } finally {
      await server.stop();
    }
  },
};

function rowOf(found: readonly KilledSecond[], ratePerS: number, lost: number): Row {
  const least = Math.min(...found.map(({ share }) => share));
  const byStatus = new Map<number, number>();
  for (const { flooded } of found)
    for (const [status, of] of flooded.answers) byStatus.set(status, (byStatus.get(status) ?? 0) + of.count);
  const unsent = found.reduce((sum, { flooded }) => sum + flooded.unsent, 0);
  const onlyThese = [...byStatus.keys()].every((status) => status === 200 || status === 503);
  const slowest = found.map(({ flooded }) => flooded.answers.get(200)?.percentile(100) ?? 0);
  return {
    measure: `one of two process instances killed in each of ${found.length} seconds: answered of what was due, in the worst second`,
    wanted: `≥ ${leastShare}, the rest 503`,
    measured: least.toFixed(3),
    ok: least >= leastShare && onlyThese && lost === found.length,
    details: `${ratePerS.toFixed(0)}/s due, a quarter of the capacity; ${[...byStatus].map(([status, count]) => `${count} × ${status === 0 ? "lost" : status}`).join(", ")}; ${unsent} not sent; ${lost} instances lost; slowest answer of a second ${figures(slowest, "ms")}`,
  };
}

function answered({ answers }: Flooded): number {
  return answers.get(200)?.count ?? 0;
}

/** Waits until both live, and gives their processes. */
async function bothReady(server: Running): Promise<readonly number[]> {
  for (;;) {
    const pids = instancesOf(server.pid);
    if (pids.length === 2 && (await figure(server, /^ekiben_instances\{.*state="ready".*\} (\d+)/m)) === 2) return pids;
    await pause(20);
  }
}

function losses(server: Running): Promise<number> {
  return figure(server, /^ekiben_instance_losses_total\{.*\} (\d+)/m);
}

async function figure({ port }: Running, pattern: RegExp): Promise<number> {
  const page = await fetch(`http://127.0.0.1:${port}/metrics`);
  return Number(pattern.exec(await page.text())?.[1] ?? 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
