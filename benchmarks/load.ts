/** Load on a server: wrk where it is installed, else autocannon. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuMicros } from "./process.js";

export interface LoadCase {
  readonly url: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Instead of the one body: these, in turn. */
  readonly bodies?: readonly Buffer[];
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requestsPerS: number;
  readonly cpuMicrosPerRequest: number;
  readonly failed: number;
}

export const loadTool = hasWrk() ? "wrk" : "autocannon";

function hasWrk(): boolean {
  try {
    execFileSync("sh", ["-c", "command -v wrk"]);
    return true;
  } catch {
    return false;
  }
}

/** Drives a server with as many requests as it answers. */
export async function load(pid: number, loadCase: LoadCase): Promise<LoadResult> {
  const before = cpuMicros(pid);
  const { requests, seconds, failed } =
    loadTool === "wrk" ? driveWithWrk(loadCase) : await driveWithAutocannon(loadCase);
  return {
    requestsPerS: requests / seconds,
    cpuMicrosPerRequest: (cpuMicros(pid) - before) / Math.max(1, requests),
    failed,
  };
}

interface Driven {
  readonly requests: number;
  readonly seconds: number;
  readonly failed: number;
}

function driveWithWrk({ url, contentType, body, bodies = [body], connections, seconds }: LoadCase): Driven {
  const folder = mkdtempSync(join(tmpdir(), "ekiben-wrk-"));
  for (const [index, each] of bodies.entries()) writeFileSync(join(folder, `body${index}`), each);
  const script = join(folder, "post.lua");
  writeFileSync(script, scriptOf(join(folder, "body"), contentType, bodies.length));
  const printed = execFileSync(
    "wrk",
    ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "30s", "-s", script, url],
    { encoding: "utf8" },
  );
  rmSync(folder, { recursive: true });
  const [, requests = "0", micros = "1", failed = "0"] = /RESULT (\d+) (\d+) (\d+)/.exec(printed) ?? [];
  return { requests: Number(requests), seconds: Number(micros) / 1e6, failed: Number(failed) };
}

function scriptOf(bodyFile: string, contentType: string, count: number): string {
  return `wrk.method = "POST"
wrk.headers["Content-Type"] = ${JSON.stringify(contentType)}
local requests = {}
local at = 0
init = function(args)
  for index = 0, ${count - 1} do
    local file = io.open(${JSON.stringify(bodyFile)} .. index, "rb")
    requests[index] = wrk.format(nil, nil, nil, file:read("*all"))
    file:close()
  end
end
request = function()
  at = (at + 1) % ${count}
  return requests[at]
end
done = function(summary)
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
`;
}

async function driveWithAutocannon({
  url,
  contentType,
  body,
  bodies = [body],
  connections,
  seconds,
}: LoadCase): Promise<Driven> {
  const { default: autocannon } = await import("autocannon");
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    method: "POST",
    headers: { "content-type": contentType },
    requests: bodies.map((each) => ({ body: each })),
  });
  return { requests: result.requests.total, seconds: result.duration, failed: result.non2xx + result.errors };
}
