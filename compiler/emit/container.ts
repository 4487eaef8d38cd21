/** What the Dockerfile and those who run its image agree on: base images, the port, the variables. And what cannot be one. */
import { isEnvReference, resolveEnv } from "../../runtime/plan/env.js";
import type { Plan } from "../../runtime/plan/plan.js";
import type { Spec } from "../spec/spec.js";
import type { Docker } from "../spec/types.js";

export interface Container {
  readonly build: string;
  readonly base: string;
  /** The base has no Node.js: it is copied from the stage that builds. */
  readonly copiesNode: boolean;
  readonly port: number;
  readonly env: readonly (readonly [name: string, value: string])[];
}

const defaultPort = 3000;

/** Images of CUDA 12 with cuDNN 9, which onnxruntime-node's libraries are made for. */
const exactCuda: { readonly [version: string]: string } = { "12": "12.8.1", "12.6": "12.6.3", "12.8": "12.8.1" };

export function container(plan: Plan, docker: Docker): Container {
  const own = Object.entries(docker.env).map(([name, value]) => [name, String(value)] as const);
  const build = docker.base_image ?? `node:${docker.node_version}-bookworm-slim`;
  const copiesNode = docker.cuda_version !== undefined && docker.base_image === undefined;
  const cuda = exactCuda[docker.cuda_version ?? ""] ?? docker.cuda_version;
  const ownPort = Number(docker.env["PORT"]);
  const port = Number.isInteger(ownPort) && ownPort > 0 && ownPort < 65536 ? ownPort : plannedPort(plan);
  const fixed = new Map([["NODE_ENV", "production"], ["HOST", "0.0.0.0"], ...own, ["PORT", String(port)]]);
  return {
    build,
    base: copiesNode ? `nvidia/cuda:${cuda}-cudnn-runtime-ubuntu24.04` : build,
    copiesNode,
    port,
    env: [...fixed],
  };
}

/** The port without PORT; of a reference only what stands for an unset variable counts. */
export function plannedPort({ server: { port } }: Plan): number {
  const resolved = isEnvReference(port) ? resolveEnv(port.env, {}) : undefined;
  const number = Number(isEnvReference(port) ? (resolved?.ok === true ? resolved.value : "") : port);
  return Number.isInteger(number) && number > 0 && number < 65536 ? number : defaultPort;
}

/** Sentences about what no image can be made from. */
export function containerProblems({ docker }: Pick<Spec, "docker">): readonly string[] {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(docker.env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      problems.push(`${JSON.stringify(name)} under "docker.env" is no variable's name; it takes letters, digits and _`);
    if (/\p{Cc}/u.test(String(value)))
      problems.push(
        `the value of ${JSON.stringify(name)} under "docker.env" has a control character, which a Dockerfile cannot hold`,
      );
  }
  const { cuda_version: cuda, base_image: base } = docker;
  if (cuda !== undefined && !cuda.startsWith("12"))
    problems.push(`"docker.cuda_version" is "${cuda}", and onnxruntime-node has libraries for CUDA 12 only`);
  else if (cuda !== undefined && base === undefined && exactCuda[cuda] === undefined && cuda.split(".").length < 3)
    problems.push(
      `"docker.cuda_version" is "${cuda}", of which no image is known; write an exact version, such as "12.8.1"`,
    );
  return problems;
}
