/** The services of a bench: compiled, started or found, tried, and known by what they measured of their models. */
import type { CommandContext } from "../command.js";
import { type Loaded, loadDeployable } from "../deployable.js";
import { Failure } from "../failure.js";
import { callsOf, chosenEndpoint } from "./calls.js";
import { type BenchCall, Client } from "./client.js";
import type { Target } from "./measure.js";
import { untilMeasured } from "./served.js";
import { type ServerProcess, startServer } from "./server-process.js";
import type { Settings } from "./settings.js";

export interface Opened {
  readonly target: Target;
  /** For people. */
  readonly title: string;
  /** For programs. */
  readonly head: object;
  /** Throws when the server was lost meanwhile: what was measured says nothing. */
  check(): void;
  close(): Promise<void>;
}

interface Planned {
  readonly spec: string;
  readonly loaded: Loaded;
  readonly path: string;
  readonly calls: readonly BenchCall[];
}

export async function openSingle(context: CommandContext, settings: Settings, signal: AbortSignal): Promise<Opened> {
  const planned = await plan(context, context.positionals[0] ?? ".");
  return open(planned, context, settings, signal);
}

/** Both are called with what the first one's spec or the command line gives. */
export async function openCompared(
  context: CommandContext,
  settings: Settings,
  other: string,
  signal: AbortSignal,
  opened: Opened[],
): Promise<readonly [Opened, Opened]> {
  const first = await plan(context, context.positionals[0] ?? ".");
  const loaded = await loadDeployable(other, context);
  if (!loaded.deployable.plan.endpoints.some(({ path }) => path === first.path))
    throw new Failure(1, `"${other}" has no endpoint "${first.path}" to compare`, "both services must have it");
  const one = await open(first, context, settings, signal);
  opened.push(one);
  const two = await open({ ...first, spec: other, loaded }, context, settings, signal);
  opened.push(two);
  return [one, two];
}

async function plan(context: CommandContext, spec: string): Promise<Planned> {
  const loaded = await loadDeployable(spec, context);
  const { plan: compiled, pathOf } = loaded.deployable;
  const endpoint = chosenEndpoint(compiled, context.options.text("endpoint"));
  const calls = await callsOf(compiled, endpoint, context.options.list("input"), pathOf);
  if ([endpoint, ...Object.values(compiled.models)].some(({ cache }) => cache !== undefined))
    context.output.say(`${spec}: answers are kept (\`cache\`), so that few requests in turn measure the cache`);
  return { spec, loaded, path: endpoint.path, calls };
}

async function open(
  planned: Planned,
  context: CommandContext,
  { url, allowsFailures }: Settings,
  signal: AbortSignal,
): Promise<Opened> {
  const server = url === undefined ? await start(planned.spec, context) : undefined;
  const base = new URL(server?.url ?? url ?? "");
  const client = new Client(base, { connections: 1, timeoutMs: 120_000 });
  try {
    if (!allowsFailures) await tryCalls(client, planned);
    const ended = server === undefined ? signal : AbortSignal.any([signal, server.lost]);
    await untilMeasured(client, server === undefined ? [] : batchedOf(planned, context), ended);
    return {
      ...wordsOf(planned, base),
      target: targetOf(planned, base, ended),
      check: () => checkAlive(server, signal),
      close: async () => server?.stop(),
    };
  } catch (error) {
    await server?.stop();
    throw error;
  } finally {
    client.close();
  }
}

function start(spec: string, { options, environment }: CommandContext): Promise<ServerProcess> {
  return startServer({ spec, set: options.list("set"), envFile: options.text("env-file"), environment });
}

/** The models whose batches the server measures when it has started. */
function batchedOf({ spec, loaded }: Planned, { output }: CommandContext): readonly string[] {
  const models = Object.entries(loaded.deployable.plan.models);
  const batched = models.flatMap(([name, { batching }]) => (batching === undefined ? [] : [name]));
  if (batched.length > 0) output.say(`${spec}: waiting for its models to be measured …`);
  return batched;
}

function targetOf({ spec, loaded, calls }: Planned, url: URL, signal: AbortSignal): Target {
  return { name: spec, url, calls, metricsPath: loaded.deployable.plan.observability.metrics.path, signal };
}

function wordsOf({ loaded, path, calls }: Planned, { origin }: URL): Pick<Opened, "title" | "head"> {
  const { name } = loaded.deployable.plan.service;
  const count = `${calls.length} ${calls.length === 1 ? "request" : "requests in turn"}`;
  return {
    title: `${name} ${path}, ${count}, at ${origin}`,
    head: { service: name, endpoint: path, url: origin, requests_in_turn: calls.map((call) => call.name) },
  };
}

/** Each call once: a bench of refusals says nothing. */
async function tryCalls(client: Client, { spec, calls }: Planned): Promise<void> {
  for (const call of calls) {
    const problem = await client.problem(call);
    if (problem === undefined) continue;
    if (!problem.isAnswered)
      throw new Failure(
        1,
        `nothing answers at ${client.base.origin}: ${problem.text}`,
        `start the service with \`ekiben serve ${spec}\`, or leave --url out: the bench starts it then`,
      );
    throw new Failure(
      1,
      `the request "${call.name}" to ${call.path} fails: ${problem.text}`,
      "mend the example or the input, or count failures with --allow-failures",
    );
  }
}

function checkAlive(server: ServerProcess | undefined, signal: AbortSignal): void {
  if (server?.lost.aborted === true && !signal.aborted)
    throw new Failure(1, `the service ended under the load:\n${server.said()}`);
}
