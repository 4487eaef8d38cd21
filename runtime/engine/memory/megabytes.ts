/** Bytes for people, in the megabytes of a spec's sizes. */
export function inMb(bytes: number): string {
  const megabytes = bytes / 1e6;
  return `${megabytes < 10 ? Number(megabytes.toFixed(1)) : Math.round(megabytes)} MB`;
}
