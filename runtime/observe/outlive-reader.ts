/** A standard stream that cannot be written to any more, since its reader has gone or its disk is full, is no reason to end. */
const ignore = (): void => {};

/** From now on what cannot be written there is dropped. May be called again. */
export function outliveReader(stream: NodeJS.WriteStream): void {
  if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
}
