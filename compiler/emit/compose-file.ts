/** `compose.yaml`: the image built and run by Docker Compose, with no more rights than it needs. */
import { isEnvReference } from "../../runtime/plan/env.js";
import type { Plan } from "../../runtime/plan/plan.js";
import { container } from "./container.js";
import { type Emission, type EmittedFile, textFile } from "./emitted-file.js";
import { packageName } from "./project-files.js";

export function composeFile({ plan, docker }: Emission): EmittedFile {
  const name = packageName(plan);
  const { port } = container(plan, docker);
  return textFile(
    "compose.yaml",
    `# docker compose up --build
name: ${JSON.stringify(name)}
services:
  ${JSON.stringify(name)}:
    build: .
    image: ${JSON.stringify(`${name}:latest`)}
    ports:
      - "${port}:${port}"
${environment(plan)}    restart: unless-stopped
    stop_grace_period: ${graceS(plan)}s
    read_only: true
    tmpfs:
      - /tmp
    cap_drop:
      - ALL
    security_opt:
      - no-new-privileges:true
${docker.cuda_version === undefined ? "" : gpu}`,
  );
}

/** Variables that must be set, taken from where compose runs. */
function environment(plan: Plan): string {
  const needed = plan.envs.filter((env) => env.value === undefined);
  if (needed.length === 0) return "";
  return `    environment:\n${needed.map(({ name }) => `      ${name}: "\${${name}:?set ${name}}"\n`).join("")}`;
}

/** A little more than the service takes at most. */
function graceS({ server: { shutdownGraceS } }: Plan): number {
  return Math.ceil(isEnvReference(shutdownGraceS) ? 60 : shutdownGraceS) + 5;
}

const gpu = `    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: 1
              capabilities: [gpu]
`;
