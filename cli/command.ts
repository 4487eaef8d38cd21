/** What a command is: its words for `--help`, its options, and its work. */
import type { ParseArgsConfig } from "node:util";
import type { Output } from "./output.js";

export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** How its value is called in the help, such as `DIR`. */
  readonly value?: string;
  readonly description: string;
}

export interface Command {
  readonly name: string;
  /** What follows the name, such as `SPEC -o DIR`. */
  readonly usage: string;
  /** A sentence. */
  readonly summary: string;
  readonly options: { readonly [name: string]: Option };
  /** At least one; shown by `--help`. */
  readonly examples: readonly string[];
  /** How many words it takes besides options. */
  readonly positionals: { readonly min: number; readonly max: number };
  /** Its work; gives the exit status. */
  run(context: CommandContext): Promise<number>;
}

export interface CommandContext {
  readonly positionals: readonly string[];
  readonly options: Values;
  readonly output: Output;
  readonly environment: NodeJS.ProcessEnv;
}

export interface Values {
  text(name: string): string | undefined;
  flag(name: string): boolean;
  list(name: string): readonly string[];
}

/** Options that mean the same everywhere. */
export const commonOptions: { readonly [name: string]: Option } = {
  help: { type: "boolean", short: "h", description: "Shows this." },
  json: {
    type: "boolean",
    description: "Prints one JSON document, or lines of JSON, on stdout and nothing else there.",
  },
  quiet: { type: "boolean", short: "q", description: "Says only what went wrong." },
  verbose: { type: "boolean", description: "Says more." },
  "no-color": { type: "boolean", description: "Prints without colours; the variable NO_COLOR does the same." },
};

/** Options of the commands that read a spec. */
export const specOptions: { readonly [name: string]: Option } = {
  "env-file": {
    type: "string",
    value: "FILE",
    description: "Reads environment variables from a file of NAME=value lines.",
  },
  set: {
    type: "string",
    multiple: true,
    value: "PATH=VALUE",
    description: "Overrides a field, such as models.reader.instances=2; checked like the spec.",
  },
};

export const listenOptions: { readonly [name: string]: Option } = {
  port: { type: "string", short: "p", value: "PORT", description: "The port to listen on; 0 picks a free one." },
  "grpc-port": {
    type: "string",
    value: "PORT",
    description: "The port for gRPC, where a protocol with gRPC is served.",
  },
  host: { type: "string", value: "HOST", description: "The address to listen on." },
};

export function parseConfig(command: Command): ParseArgsConfig["options"] {
  const all = { ...command.options, ...commonOptions };
  return Object.fromEntries(
    Object.entries(all).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
    ]),
  );
}
