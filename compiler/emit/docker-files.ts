/** `Dockerfile` and `.dockerignore`: built in one stage, run in another that holds only what runs. */
import { container } from "./container.js";
import { quoteEnv, quoteShell } from "./docker-quote.js";
import { bytesFile, type Emission, type EmittedFile, textFile } from "./emitted-file.js";
import { startCommand } from "./start-command.js";

const setupPath = "docker/setup";

export function dockerFiles(emission: Emission): readonly EmittedFile[] {
  const { setupScript } = emission;
  return [
    textFile("Dockerfile", dockerfile(emission)),
    textFile(".dockerignore", dockerignore),
    ...(setupScript === undefined ? [] : [bytesFile(setupPath, setupScript)]),
  ];
}

function dockerfile({ plan, docker, dockerfileEnd, setupScript }: Emission): string {
  const { build, base, copiesNode, port, env } = container(plan, docker);
  const install = docker.cuda_version === undefined ? "npm ci" : "npm ci --onnxruntime-node-install=cuda12";
  const folders = Object.keys(plan.files).length === 0 ? [] : ["models", ...(hasFiles(plan) ? ["files"] : [])];
  const sections = [
    `# Builds the server. Nothing of this stage is kept but what the next one copies.
FROM ${build} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY vendor ./vendor
${docker.cuda_version === undefined ? "" : "# onnxruntime-node's install script downloads its libraries for CUDA 12 and TensorRT (x64 only).\n"}RUN ${install}
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev
# onnxruntime-node brings its libraries for every system.
RUN rm -rf node_modules/onnxruntime-node/bin/napi-v*/darwin node_modules/onnxruntime-node/bin/napi-v*/win32`,
    `# Runs it: ${copiesNode ? "CUDA and cuDNN, with Node.js from the stage above" : "Node.js"}, the server, its models.
FROM ${base}
${copiesNode ? "COPY --from=build /usr/local/bin/node /usr/local/bin/node\n" : ""}${env.map(([name, value]) => `ENV ${name}=${quoteEnv(value)}`).join("\n")}`,
    ...aptInstall(docker.system_packages),
    ...(setupScript === undefined ? [] : [setup]),
    `WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json plan.json openapi.json ./
${folders.map((folder) => `COPY ${folder} ./${folder}\n`).join("")}`.trimEnd(),
    `# By its number, so that a cluster can see that it is not root.
USER 1000:1000
EXPOSE ${port}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "-e", "${probe}"]
CMD ${JSON.stringify(startCommand)}`,
    ...(dockerfileEnd === undefined ? [] : [dockerfileEnd.trimEnd()]),
  ];
  return `${sections.join("\n\n")}\n`;
}

const probe =
  "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))";

const setup = `COPY ${setupPath} /tmp/setup
RUN chmod +x /tmp/setup && /tmp/setup && rm /tmp/setup`;

function aptInstall(packages: readonly string[]): readonly string[] {
  if (packages.length === 0) return [];
  return [
    `RUN apt-get update \\
 && apt-get install -y --no-install-recommends -- ${packages.map(quoteShell).join(" ")} \\
 && rm -rf /var/lib/apt/lists/*`,
  ];
}

/** Whether something else than models is read at run time. */
function hasFiles({ models, files }: Emission["plan"]): boolean {
  const ofModels = new Set(
    Object.values(models).flatMap(({ versions }) => versions.flatMap((each) => [each.file, ...each.externalData])),
  );
  return Object.keys(files).some((name) => !ofModels.has(name));
}

const dockerignore = `node_modules
dist
.git
.env
.env.*
*.log
.ekiben.json
Dockerfile
.dockerignore
compose.yaml
README.md
`;
