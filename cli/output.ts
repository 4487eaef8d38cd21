/** Where a command's words go: what is for a person to stderr, its result to stdout. */

export interface Output {
  readonly color: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** A line for a person; not said with `--quiet`. */
  say(text: string): void;
  /** What went wrong; always said. */
  complain(text: string): void;
  /** The command's result. */
  result(text: string): void;
}

interface Streams {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
}

export function createOutput(
  options: OutputOptions,
  environment: NodeJS.ProcessEnv,
  streams: Streams = process,
): Output {
  const { NO_COLOR, FORCE_COLOR } = environment;
  const isOff = options.noColor || (NO_COLOR !== undefined && NO_COLOR !== "");
  const color = !isOff && (streams.stderr.isTTY === true || (FORCE_COLOR !== undefined && FORCE_COLOR !== "0"));
  return {
    color,
    json: options.json,
    quiet: options.quiet,
    verbose: options.verbose,
    say: (text) => {
      if (!options.quiet) streams.stderr.write(`${text}\n`);
    },
    complain: (text) => void streams.stderr.write(`${text}\n`),
    result: (text) => void streams.stdout.write(text.endsWith("\n") ? text : `${text}\n`),
  };
}
