/**
 * The format of a picture by its first bytes. Only these reach the decoder: formats that can name other files, such as
 * SVG, never do.
 */

export type ImageFormat = "png" | "jpeg" | "gif" | "webp" | "tiff";

const signatures: readonly {
  readonly format: ImageFormat;
  readonly bytes: string;
  readonly at?: readonly [number, string];
}[] = [
  { format: "png", bytes: "\x89PNG\r\n\x1a\n" },
  { format: "jpeg", bytes: "\xff\xd8\xff" },
  { format: "gif", bytes: "GIF87a" },
  { format: "gif", bytes: "GIF89a" },
  { format: "webp", bytes: "RIFF", at: [8, "WEBP"] },
  { format: "tiff", bytes: "II*\0" },
  { format: "tiff", bytes: "MM\0*" },
];

/** The format, or undefined for bytes that begin like none of them. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString("latin1");
  const found = signatures.find(
    ({ bytes: first, at }) => head.startsWith(first) && (at === undefined || head.startsWith(at[1], at[0])),
  );
  return found?.format;
}
