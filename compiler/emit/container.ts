/** What the Dockerfile and those who run its image agree on: base images, the port, the variables. */
import { isEnvReference, resolveEnv } from "../../runtime/plan/env.js";
import type { Plan } from "../../runtime/plan/plan.js";
import { cudaImage } from "../spec/cuda-images.js";
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

export function container(plan: Plan, docker: Docker): Container {
  const own = Object.entries(docker.env).map(([name, value]) => [name, String(value)] as const);
  const build = docker.base_image ?? `node:${docker.node_version}-bookworm-slim`;
  const copiesNode = docker.cuda_version !== undefined && docker.base_image === undefined;
  const cuda = cudaImage(docker.cuda_version ?? "");
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
