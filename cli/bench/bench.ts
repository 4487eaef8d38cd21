/** The work of `ekiben bench`: the services started, loaded, compared, and told of. */
import { systemClock } from "../../runtime/engine/clock.js";
import type { CommandContext } from "../command.js";
import { type Compared, compareServices, ratiosOf } from "./compare.js";
import { ratioDocument, runDocument } from "./document.js";
import type { Load } from "./load.js";
import { joinRuns, measure, type Run, type RunOptions } from "./measure.js";
import { describeLoad, describeRatios, describeRun, latencyTable } from "./report.js";
import { type Opened, openCompared, openSingle } from "./services.js";
import { type Settings, settingsOf } from "./settings.js";
import type { Tally } from "./tally.js";

/** Of the open loop's schedule: each bench has the same. */
const seed = 1;
/** Longer than any service may take for an answer unless it says so. */
const timeoutMs = 120_000;
const progressMs = 2_000;

export async function benchSpec(context: CommandContext): Promise<number> {
  const settings = settingsOf(context.options);
  const stop = new AbortController();
  const status = endedBy(stop);
  const opened: Opened[] = [];
  try {
    const failed =
      settings.compare === undefined
        ? await benchOne(context, settings, stop.signal, opened)
        : await benchBoth(context, settings, settings.compare, stop.signal, opened);
    if (status.code !== undefined) return status.code;
    return failed > 0 && !settings.allowsFailures ? 1 : 0;
  } finally {
    status.forget();
    await Promise.all(opened.map((each) => each.close()));
  }
}

/** Gives how many answers failed. */
async function benchOne(
  context: CommandContext,
  settings: Settings,
  signal: AbortSignal,
  opened: Opened[],
): Promise<number> {
  const { output } = context;
  const service = await openSingle(context, settings, signal);
  opened.push(service);
  const runs: Run[] = [];
  for (const load of settings.loads) {
    output.say(`${describeLoad(load)} …`);
    const run = await withProgress(context, (watch) => measure(service.target, runOptions(settings, load), watch));
    service.check();
    runs.push(run);
    if (signal.aborted) break;
  }
  if (output.json) {
    const { head } = service;
    output.result(JSON.stringify({ ...head, runs: runs.map(runDocument) }));
  } else {
    const details = runs.map((run) => `── ${describeLoad(run.load)} ──\n${describeRun(run)}`);
    output.result(
      [service.title, latencyTable(runs.map((run) => [describeLoad(run.load), run])), ...details].join("\n\n"),
    );
  }
  return runs.reduce((sum, { tally }) => sum + tally.failed, 0);
}

/** The rounds share the duration and the requests. */
async function benchBoth(
  context: CommandContext,
  settings: Settings,
  other: string,
  signal: AbortSignal,
  opened: Opened[],
): Promise<number> {
  const { output } = context;
  const { rounds } = settings;
  const [load] = settings.loads;
  if (load === undefined) throw new Error("invariant: there is a load");
  const [first, second] = await openCompared(context, settings, other, signal, opened);
  const share = { durationMs: settings.durationMs / rounds, requests: Math.ceil(settings.requests / rounds) };
  const options = runOptions({ ...settings, ...share }, load);
  const compared = await compareServices(first.target, second.target, rounds, options, (round) =>
    output.say(`round ${round + 1} of ${rounds}: ${describeLoad(load)} on each …`),
  );
  first.check();
  second.check();
  const both = [joinRuns(compared.first), joinRuns(compared.second)] as const;
  output.result(
    output.json ? comparedDocument(first, second, both, compared) : describeCompared(first, second, both, compared),
  );
  return both[0].tally.failed + both[1].tally.failed;
}

type Both = readonly [Run, Run];

function comparedDocument(first: Opened, second: Opened, [one, two]: Both, compared: Compared): string {
  return JSON.stringify({
    ...first.head,
    compared_with: second.head,
    runs: [runDocument(one)],
    compared_runs: [runDocument(two)],
    ratios: ratiosOf(compared).map(ratioDocument),
  });
}

function describeCompared(first: Opened, second: Opened, [one, two]: Both, compared: Compared): string {
  const [name, other] = [first.target.name, second.target.name];
  return [
    `${first.title}\n${describeLoad(one.load)}, ${compared.first.length} rounds of both in turn`,
    latencyTable([
      [name, one],
      [other, two],
    ]),
    describeRatios(ratiosOf(compared), name, other),
    `── ${name} ──\n${describeRun(one)}`,
    `── ${other} ──\n${describeRun(two)}`,
  ].join("\n\n");
}

function runOptions({ durationMs, requests, warmupMs }: Settings, load: Load): RunOptions {
  return { load, limits: { ms: durationMs, requests }, warmupMs, clock: systemClock, seed, timeoutMs };
}

/** Says every so often how far a run is. */
async function withProgress<T>(
  { output }: CommandContext,
  run: (watch: (tally: Tally) => void) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await run((tally) => {
      const startMs = performance.now();
      timer = setInterval(() => {
        const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
        output.say(`  ${seconds} s: ${tally.succeeded} answered, ${tally.failed} failed`);
      }, progressMs);
    });
  } finally {
    clearInterval(timer);
  }
}

/** A signal ends the load; what was measured until then is told all the same. */
function endedBy(stop: AbortController): { code: number | undefined; forget(): void } {
  const end = (code: number) => () => {
    status.code = code;
    stop.abort();
  };
  const [interrupted, terminated] = [end(130), end(143)];
  const status = {
    code: undefined as number | undefined,
    forget: () => {
      process.off("SIGINT", interrupted);
      process.off("SIGTERM", terminated);
    },
  };
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", terminated);
  return status;
}
