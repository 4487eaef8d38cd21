/**
 * A `.tgz` of npm's form whose bytes follow from its files alone: no times, no owners, sorted, and stored without
 * compression, since compressors of different versions of Node give different bytes.
 * The formats: POSIX ustar, and RFC 1951 and 1952.
 */
import { crc32 } from "node:zlib";
import { invariant } from "../../runtime/errors.js";

export interface PackedFile {
  /** Relative to the package's folder, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export function tarball(files: readonly PackedFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return gzipStored(Buffer.concat([...sorted.map(entry), Buffer.alloc(2 * block)]));
}

const block = 512;
/** What npm gives every file of a package: 26 October 1985, in seconds. */
const someTimeS = 499_162_500;

function entry({ path, bytes }: PackedFile): Buffer {
  const padding = Buffer.alloc((block - (bytes.length % block)) % block);
  return Buffer.concat([header(`package/${path}`, bytes.length), bytes, padding]);
}

function header(path: string, size: number): Buffer {
  invariant(Buffer.byteLength(path) <= 100, `the path "${path}" fits into a tar header`);
  const head = Buffer.alloc(block);
  head.write(path, 0);
  for (const [offset, length, value] of [
    [100, 8, 0o644],
    [108, 8, 0],
    [116, 8, 0],
    [124, 12, size],
    [136, 12, someTimeS],
  ] as const)
    head.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset);
  head.write("0", 156);
  head.write("ustar\u000000", 257);
  head.fill(" ", 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}

const longestStored = 0xffff;

function gzipStored(bytes: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let start = 0; start < bytes.length; start += longestStored) {
    const piece = bytes.subarray(start, start + longestStored);
    const head = Buffer.alloc(5);
    head.writeUInt8(start + longestStored >= bytes.length ? 1 : 0, 0);
    head.writeUInt16LE(piece.length, 1);
    head.writeUInt16LE(piece.length ^ longestStored, 3);
    parts.push(head, piece);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([...parts, tail]);
}
