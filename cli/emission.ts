/** A compiled spec with what its targets need from the disk: the runtime's package, and the files of its `docker` block. */
import { readFileSync, realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Compiled } from "../compiler/compile.js";
import { containerProblems } from "../compiler/emit/container.js";
import type { Emission } from "../compiler/emit/emitted-file.js";
import { environmentProblems } from "../compiler/emit/environment.js";
import { readRuntimePackage } from "../compiler/emit/runtime-package.js";
import { Failure } from "./failure.js";

export function emissionOf({ plan, spec, folder }: Compiled): Emission {
  if (plan === undefined || spec === undefined) throw new Error("invariant: a spec without errors has a Plan");
  const [problem] = [...environmentProblems(spec), ...containerProblems(spec)];
  if (problem !== undefined) throw new Failure(1, problem);
  const { setup_script: setup, dockerfile_template: template } = spec.docker;
  return {
    plan,
    docker: spec.docker,
    runtime: readRuntimePackage(),
    ...(setup === undefined ? {} : { setupScript: readInside(folder, setup, "docker.setup_script") }),
    ...(template === undefined
      ? {}
      : { dockerfileEnd: readInside(folder, template, "docker.dockerfile_template").toString("utf8") }),
  };
}

/** A file of the spec's folder; links do not lead out of it. */
function readInside(folder: string, name: string, field: string): Buffer {
  let path: string;
  let text: Buffer;
  try {
    path = realpathSync(resolve(folder, name));
    text = readFileSync(path);
  } catch {
    throw new Failure(
      1,
      `the file "${name}" that "${field}" names cannot be read`,
      "paths are relative to the spec's folder",
    );
  }
  const inside = relative(realpathSync(folder), path);
  if (inside.startsWith("..") || resolve(inside) === inside)
    throw new Failure(1, `the file "${name}" that "${field}" names lies outside the spec's folder`, "move it inside");
  return text;
}
