/**
 * A service with as many cores as it is told, so that so many instances are opened on a machine that has fewer. argv: `open`, folder,
 * cores: prints how long opening its models took. `serve`, folder, cores, port: serves it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toDeployable } from "../../cli/deployable.js";
import { compile } from "../../compiler/compile.js";
import { overrideFields } from "../../compiler/source/override.js";
import { cacheFolder } from "../../runtime/engine/compiled/cache-folder.js";
import { createMachine, openEngine } from "../../runtime/engine/engine.js";
import { Lanes } from "../../runtime/engine/instances/lanes.js";
import type { Deployable } from "../../runtime/server/host.js";
import { startService } from "../../runtime/server/service.js";
import { resolvePlan } from "../../runtime/server/settings.js";

const [action = "", folder = "", cores = "1", port = "0"] = process.argv.slice(2);
const quiet = ["observability.logging.access=false", "observability.logging.level=error"];

async function main(): Promise<void> {
  const path = join(folder, "bentofile.yaml");
  const text = overrideFields(readFileSync(path, "utf8"), quiet);
  const deployable = toDeployable(await compile("bentofile.yaml", path, text, { environment: {} }), {});
  const lanes = new Lanes({ cores: Number(cores) });
  if (action === "open") await open(deployable, lanes);
  else await startService(deployable, { mode: "production", host: "127.0.0.1", port: Number(port), lanes });
}

async function open({ plan, pathOf }: Deployable, lanes: Lanes): Promise<void> {
  const kept = cacheFolder(process.env);
  const machine = createMachine({ lanes, ...(kept === undefined ? {} : { cacheFolder: kept }) });
  const start = performance.now();
  const engine = await openEngine(resolvePlan(plan, {}), pathOf, machine);
  console.log(performance.now() - start);
  await engine.close();
  await machine.close();
}

void main();
