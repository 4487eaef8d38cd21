/** A compiled spec with what its targets need from the disk: the runtime's package, and the files of its `docker` block. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Compiled } from "../compiler/compile.js";
import type { Emission } from "../compiler/emit/emitted-file.js";
import { withoutReferredTexts } from "../compiler/emit/environment.js";
import { readRuntimePackage } from "../compiler/emit/runtime-package.js";
import { Failure } from "./failure.js";

export function emissionOf({ plan, spec, folder, diagnostics }: Compiled): Emission {
  if (plan === undefined || spec === undefined) throw new Error("invariant: a spec without errors has a Plan");
  const refused = diagnostics.find(({ code }) => code === "env-not-kept");
  if (refused !== undefined) throw new Failure(1, refused.message, refused.help);
  const { setup_script: setup, dockerfile_template: template } = spec.docker;
  return {
    plan: withoutReferredTexts(plan),
    wholePlan: plan,
    docker: spec.docker,
    runtime: readRuntimePackage(),
    ...(setup === undefined ? {} : { setupScript: read(folder, setup, "docker.setup_script") }),
    ...(template === undefined
      ? {}
      : { dockerfileEnd: read(folder, template, "docker.dockerfile_template").toString("utf8") }),
  };
}

/** That it is there was checked; whether it may be read was not. */
function read(folder: string, name: string, field: string): Buffer {
  try {
    return readFileSync(resolve(folder, name));
  } catch {
    throw new Failure(1, `the file "${name}" that "${field}" names cannot be read`, "look at its permissions");
  }
}
