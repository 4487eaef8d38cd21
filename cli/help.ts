/** The pages that `--help` prints. */
import type { Command, Option } from "./command.js";
import { commonOptions } from "./command.js";

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return `ekiben: model serving from one YAML file

  ekiben COMMAND [options]

Commands
${commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`).join("\n")}

SPEC is a YAML file, or a folder that holds a bentofile.yaml, or a compiled service's folder; without one it is the
current folder. \`ekiben COMMAND --help\` shows a command's options and examples.

  ekiben init --model model.onnx my-service    a service from a model
  ekiben dev my-service                        serve it, and follow every change
  ekiben compile my-service -o out             write the server, its client and its Dockerfile
`;
}

export function commandHelp(command: Command): string {
  const own = Object.entries(command.options);
  return `ekiben ${command.name}: ${command.summary}

  ekiben ${command.name} ${command.usage}

${own.length === 0 ? "" : `Options\n${printOptions(own)}\n\n`}Everywhere\n${printOptions(Object.entries(commonOptions))}

Examples
${command.examples.map((example) => `  ${example}`).join("\n")}
`;
}

function printOptions(options: readonly (readonly [string, Option])[]): string {
  const heads = options.map(
    ([name, option]) =>
      `${option.short === undefined ? "    " : `-${option.short}, `}--${name}${option.value === undefined ? "" : ` ${option.value}`}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return options
    .map(([, option], index) => `  ${(heads[index] ?? "").padEnd(width)}  ${option.description}`)
    .join("\n");
}
