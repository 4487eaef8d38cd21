/** `README.md`: how to install, start, call and ship this very service. */
import { isEnvReference } from "../../runtime/plan/env.js";
import type { Plan } from "../../runtime/plan/plan.js";
import { operationNames } from "../../runtime/protocols/names.js";
import { clientName } from "./client-name.js";
import { container, plannedPort } from "./container.js";
import { curlCommand, hasExample } from "./curl.js";
import { type Emission, type EmittedFile, textFile } from "./emitted-file.js";
import { packageName } from "./project-files.js";

export function readmeFile({ plan, docker }: Emission): EmittedFile {
  const name = packageName(plan);
  const port = plannedPort(plan);
  const imagePort = container(plan, docker).port;
  const first = plan.endpoints.find((endpoint) => hasExample(plan, endpoint)) ?? plan.endpoints[0];
  const method = first === undefined ? undefined : operationNames(plan.endpoints).get(first);
  const sections = [
    `# ${plan.service.name}`,
    ...(plan.service.description === undefined ? [] : [quoted(plan.service.description)]),
    "A service that `ekiben compile` wrote. It is an ordinary TypeScript project: read `src/server.ts` first.",
    `## Start

${fence("sh", `npm ci\nnpm run build\nnpm start`)}

It listens on port ${port}; the environment variables PORT and HOST say otherwise.${variables(plan)}${gpu(plan)}`,
    `## Call

${first === undefined ? "It has no endpoints." : fence("sh", curlCommand(plan, first, port))}

<http://localhost:${port}/docs> shows every endpoint and tries it out; \`openapi.json\` is the same for programs.`,
    ...(method === undefined
      ? []
      : [
          `From TypeScript, with \`src/client.ts\` (it needs \`src/types.ts\`, and no package):

${fence("ts", `const client = new ${clientName(plan)}("http://localhost:${port}");\nconst answer = await client.${method}(input);`)}`,
        ]),
    `## Ship

${fence("sh", `docker build -t ${name} .\ndocker run --rm -p ${imagePort}:${imagePort}${runFlags(plan, docker.cuda_version !== undefined)} ${name}`)}

\`/livez\` and \`/readyz\` are for whoever watches it, \`/metrics\` is for Prometheus. On SIGTERM it answers what it accepted,
and ends.`,
    `## Change

Routes and middleware of your own go into \`src/server.ts\`. \`ekiben compile\` refuses to overwrite a file that you have
changed, unless it is told to with \`--force\`; files that you added, it leaves alone.`,
  ];
  return textFile("README.md", `${sections.join("\n\n")}\n`);
}

/** A code block whose fence is longer than any inside it. */
function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const mark = "`".repeat(longest + 1);
  return `${mark}${language}\n${text}\n${mark}`;
}

/** A user's words as a quotation on one line, with nothing that Markdown or HTML would act on. */
function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return `> ${line.replaceAll(/[\\`*_{}[\]<>#|~!&]/g, "\\$&").replaceAll("\\<", "&lt;")}`;
}

function variables(plan: Plan): string {
  const needed = plan.envs.filter((env) => env.value === undefined).map(({ name }) => `\`${name}\``);
  const others = plan.envs.filter((env) => env.value !== undefined).map(({ name }) => `\`${name}\``);
  const words = [
    ...(needed.length === 0 ? [] : [`These must be set: ${needed.join(", ")}.`]),
    ...(others.length === 0 ? [] : [`These may be set: ${others.join(", ")}.`]),
    ...(isEnvReference(plan.server.port)
      ? ["Without PORT, its port comes from the environment as its spec says."]
      : []),
  ];
  return words.length === 0 ? "" : ` ${words.join(" ")}`;
}

/** What a model that wants a GPU of NVIDIA's needs besides. */
function gpu({ models }: Plan): string {
  const devices = Object.values(models).flatMap((model) => model.devices);
  if (!devices.includes("cuda") && !devices.includes("tensorrt")) return "";
  return `

For its models on a GPU, onnxruntime-node's install script must download its libraries for CUDA 12, which it has for Linux on
x64; CUDA 12 and cuDNN 9 must be there already:

${fence("sh", "npm ci --onnxruntime-node-install=cuda12")}`;
}

function runFlags(plan: Plan, hasGpu: boolean): string {
  const needed = plan.envs.filter((env) => env.value === undefined).map(({ name }) => ` -e ${name}`);
  return `${hasGpu ? " --gpus all" : ""}${needed.join("")}`;
}
