#!/usr/bin/env -S node --max-semi-space-size=32 --initial-old-space-size=96 --heap-growing-percent=100
/** The command line: which command, which options, and what its end means. */
import { parseArgs } from "node:util";
import { outliveReader } from "../runtime/observe/outlive-reader.js";
import { didYouMean } from "../runtime/suggest.js";
import type { Command, Values } from "./command.js";
import { commonOptions, parseConfig } from "./command.js";
import { commands } from "./commands/index.js";
import { describeSystemError, Failure } from "./failure.js";
import { commandHelp, overview } from "./help.js";
import { createOutput } from "./output.js";

/** Runs a command line; gives the exit status. */
export async function main(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [name, ...rest] = argv;
  const isAsked = name === undefined || name === "help" || name === "--help" || name === "-h";
  const output = createOutput(flagsOf(argv), environment);
  if (name === "--version" || name === "-V") {
    output.result((await import("../runtime/server/status.js")).packageVersion());
    return 0;
  }
  if (isAsked) {
    const about = commands.find((command) => command.name === rest[0]);
    output.result(about === undefined ? overview(commands.map((each) => each.load())) : commandHelp(about.load()));
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  try {
    if (command === undefined)
      throw new Failure(
        2,
        `there is no command "${name}"`,
        didYouMean(
          name,
          commands.map((each) => each.name),
        ),
      );
    return await runCommand(command.load(), rest, environment);
  } catch (error) {
    const failure = error instanceof Failure ? error : describeSystemError(error, "a file or address");
    if (failure === undefined) {
      output.complain(
        `error: ekiben failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nhelp: this is a fault of ekiben; please report it with this text`,
      );
      return 3;
    }
    output.complain(`error: ${failure.message}${failure.help === "" ? "" : `\nhelp: ${failure.help}`}`);
    return failure.status;
  }
}

async function runCommand(command: Command, argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const { values, positionals } = parse(command, argv);
  const output = createOutput(
    {
      json: values.flag("json"),
      quiet: values.flag("quiet"),
      verbose: values.flag("verbose"),
      noColor: values.flag("no-color"),
    },
    environment,
  );
  if (values.flag("help")) {
    output.result(commandHelp(command));
    return 0;
  }
  const { min, max } = command.positionals;
  if (positionals.length < min || positionals.length > max) {
    const problem = positionals.length < min ? "something is missing" : `"${positionals[max]}" is one word too many`;
    throw new Failure(
      2,
      `${problem}: ekiben ${command.name} ${command.usage}`,
      `\`ekiben ${command.name} --help\` shows examples`,
    );
  }
  return command.run({ positionals, options: values, output, environment });
}

function parse(
  command: Command,
  argv: readonly string[],
): { readonly values: Values; readonly positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: joinNegatives(argv),
      options: parseConfig(command) ?? {},
      allowPositionals: true,
      strict: true,
    });
    return { values: typedValues(values), positionals };
  } catch (error) {
    throw describeParseError(error, command);
  }
}

/** Node takes all that begins with a dash for an option. A number below zero is the value of the option before it. */
function joinNegatives(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1) ?? "";
    const isValue = /^-[.0-9]/.test(word) && !joined.includes("--") && /^-(-[a-z-]+|[a-z])$/.test(before);
    if (isValue) joined.splice(-1, 1, before.startsWith("--") ? `${before}=${word}` : `${before}${word}`);
    else joined.push(word);
  }
  return joined;
}

function typedValues(values: { readonly [name: string]: unknown }): Values {
  return {
    text: (name) => (typeof values[name] === "string" ? values[name] : undefined),
    flag: (name) => values[name] === true,
    list: (name) => (Array.isArray(values[name]) ? values[name].map(String) : []),
  };
}

function describeParseError(error: unknown, command: Command): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = /Unknown option '(--?[^']*)'/.exec(message)?.[1];
  const known = Object.keys({ ...command.options, ...commonOptions }).map((name) => `--${name}`);
  if (unknown !== undefined)
    return new Failure(2, `ekiben ${command.name} has no option ${unknown}`, didYouMean(unknown, known));
  return new Failure(
    2,
    message.split("\n")[0]?.replace(/\.? ?To specify.*$/, "") ?? message,
    `\`ekiben ${command.name} --help\` shows the options`,
  );
}

/** The flags that matter before a command is known. */
function flagsOf(argv: readonly string[]): { json: boolean; quiet: boolean; verbose: boolean; noColor: boolean } {
  return { json: argv.includes("--json"), quiet: false, verbose: false, noColor: argv.includes("--no-color") };
}

if (require.main === module) {
  for (const stream of [process.stdout, process.stderr]) outliveReader(stream);
  main(process.argv.slice(2), process.env).then((status) => {
    process.exitCode = status;
  });
}
