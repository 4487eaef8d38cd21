/** `ekiben init`: a starter service, from an example or from a model. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { compile } from "../../compiler/compile.js";
import { Collector } from "../../compiler/diagnostics/collect.js";
import { starterSpec } from "../../compiler/emit/starter.js";
import { type LoadedModel, loadModel } from "../../compiler/models/load.js";
import { readSource } from "../../compiler/source/source.js";
import { Workspace } from "../../compiler/workspace.js";
import { didYouMean } from "../../runtime/suggest.js";
import type { Command, CommandContext } from "../command.js";
import { toDeployable } from "../deployable.js";
import { Failure } from "../failure.js";
import { openDeployable } from "../open.js";
import { isDirectory } from "../spec.js";

export const init: Command = {
  name: "init",
  usage: "[DIR] [--from NAME | --model FILE]",
  summary: "Writes a starter service: an example, or what a model's signature implies.",
  options: {
    from: { type: "string", value: "NAME", description: "The example to start from; iris by default." },
    model: { type: "string", value: "FILE", description: "An ONNX file: the spec is written that serves it." },
    force: { type: "boolean", description: "Writes over a bentofile.yaml that is there." },
  },
  examples: [
    "ekiben init",
    "ekiben init my-service --from digits",
    "ekiben init my-service --model model.onnx && ekiben dev my-service",
  ],
  positionals: { min: 0, max: 1 },
  async run(context) {
    const folder = context.positionals[0] ?? ".";
    const { options, output } = context;
    if (existsSync(join(folder, "bentofile.yaml")) && !options.flag("force"))
      throw new Failure(
        1,
        `there is a bentofile.yaml in "${folder}" already`,
        "choose another folder, or say --force to write over it",
      );
    const model = options.text("model");
    if (model !== undefined && options.text("from") !== undefined)
      throw new Failure(2, "--model and --from exclude each other", "give one of them");
    const written =
      model === undefined
        ? fromExample(options.text("from") ?? "iris", folder)
        : await fromModel(model, folder, context);
    if (output.json) output.result(JSON.stringify({ ok: true, dir: folder, files: written }));
    const where = folder === "." ? "" : ` ${folder}`;
    output.say(`wrote ${written.map((file) => join(folder, file)).join(", ")}\n\nnext: ekiben dev${where}`);
    return 0;
  },
};

/** Examples that come with the package. */
function examplesFolder(): string {
  return join(__dirname, "..", "..", "..", "examples");
}

function fromExample(name: string, folder: string): readonly string[] {
  const all = existsSync(examplesFolder())
    ? readdirSync(examplesFolder()).filter((each) => existsSync(join(examplesFolder(), each, "bentofile.yaml")))
    : [];
  if (!all.includes(name)) throw new Failure(2, `there is no example "${name}"`, didYouMean(name, all));
  cpSync(join(examplesFolder(), name), folder, { recursive: true });
  return readdirSync(join(examplesFolder(), name));
}

async function fromModel(file: string, folder: string, context: CommandContext): Promise<readonly string[]> {
  const name = modelName(file);
  const { model, externalData } = readModel(file, name);
  mkdirSync(join(folder, "models"), { recursive: true });
  const source = `models/${basename(file)}`;
  for (const data of [basename(file), ...externalData])
    copyInto(join(dirname(file), data), join(folder, "models", data));
  const service = serviceName(resolve(folder));
  const spec = starterSpec(service, name, source, model, true);
  const works = spec.example !== undefined && (await answers(spec.text, folder, spec.example, context));
  writeFileSync(
    join(folder, "bentofile.yaml"),
    works ? spec.text : starterSpec(service, name, source, model, false).text,
  );
  return ["bentofile.yaml", source, ...externalData.map((data) => `models/${data}`)];
}

function readModel(
  file: string,
  name: string,
): { readonly model: LoadedModel; readonly externalData: readonly string[] } {
  if (isDirectory(file)) throw new Failure(1, `"${file}" is a folder`, "name the ONNX file of one version");
  const collector = new Collector();
  const declared = {
    source: basename(file),
    devices: ["cpu"],
    instances: 1,
    session: {
      graph_optimization: "all",
      execution_mode: "sequential",
      memory_pattern: true,
      cpu_memory_arena: true,
      extra: {},
    },
    queue: { max_size: 256, on_timeout: "reject", priorities: 1 },
    residency: "always",
    isolation: "thread",
  } as const;
  const model = loadModel(name, declared, new Workspace(resolve(dirname(file))), collector.report);
  if (model !== null) return { model, externalData: model.versions.flatMap(({ externalData }) => externalData) };
  const [first] = collector.ordered(readSource(file, ""));
  throw new Failure(1, first?.message ?? `"${file}" cannot be read`, first?.help);
}

/** Whether the model answers zeros; what it does not answer is no example. */
async function answers(
  text: string,
  folder: string,
  inputs: Parameters<Awaited<ReturnType<typeof openDeployable>>["run"]>[1],
  context: CommandContext,
): Promise<boolean> {
  const path = resolve(folder, "bentofile.yaml");
  const compiled = await compile(path, path, text, { environment: context.environment });
  if (compiled.plan === undefined) return false;
  try {
    const service = await openDeployable(toDeployable(compiled, context.environment));
    try {
      await service.run("predict", inputs);
      return true;
    } finally {
      await service.close();
    }
  } catch {
    return false;
  }
}

function copyInto(from: string, to: string): void {
  if (resolve(from) === resolve(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function modelName(file: string): string {
  const name = basename(file)
    .replace(/\.onnx$/i, "")
    .replaceAll(/[^A-Za-z0-9_.-]+/g, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "");
  return name === "" || name === "predict" ? "model" : name;
}

function serviceName(folder: string): string {
  return (
    basename(folder)
      .replaceAll(/[^A-Za-z0-9_.-]+/g, "-")
      .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "") || "service"
  );
}
