/** Why a command ends early: a sentence, what to do, and the exit status. */

/** 1: the user's spec, input or test; 2: the command line; 3: ours or the machine's. */
export type ExitStatus = 0 | 1 | 2 | 3;

export class Failure extends Error {
  override readonly name = "Failure";
  constructor(
    readonly status: ExitStatus,
    message: string,
    readonly help = "",
  ) {
    super(message);
  }
}

/** What the operating system says, as a sentence with what to do; undefined for anything else. */
export function describeSystemError(error: unknown, what: string): Failure | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  switch (error.code) {
    case "EADDRINUSE":
      return new Failure(3, `the port is in use: ${what}`, "choose another with --port, or 0 for a free one");
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new Failure(
        3,
        `this machine has no such address: ${what}`,
        "choose another with --host, such as 127.0.0.1",
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Failure(3, `there is no permission for ${what}`, "choose another place, or change its permissions");
    case "ENOSPC":
    case "EDQUOT":
      return new Failure(3, `the disk is full: ${what}`, "make room, or choose another place");
    case "EMFILE":
      return new Failure(3, `too many files are open: ${what}`, "raise the limit (ulimit -n)");
    default:
      return undefined;
  }
}
