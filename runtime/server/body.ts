/** Reads a request's body within its limit, decompressed where it is compressed. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { EkibenError, invariant } from "../errors.js";

const empty = Buffer.alloc(0);

/** Throws `body-too-large`, `unsupported-media-type`, `malformed-body`, `cancelled`. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const { "content-length": length, "content-encoding": encoding } = request.headers;
  if (length !== undefined && Number(length) > limitBytes) throw tooLarge(limitBytes);
  if (length === "0" || (length === undefined && request.headers["transfer-encoding"] === undefined)) return empty;
  invariant(!request.readableEnded, "no middleware before the service's routes has read the body");
  const body = await collect(request, limitBytes);
  return encoding === undefined || encoding === "identity" ? body : decompress(body, encoding, limitBytes);
}

function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (): void => resolve(chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, size));
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else {
        request.removeAllListeners("data");
        request.resume();
        reject(tooLarge(limitBytes));
      }
    });
    request.on("end", end);
    request.on("error", () => reject(new EkibenError("cancelled", "The caller left before the body was whole.")));
    request.on("close", () => {
      if (!request.complete) reject(new EkibenError("cancelled", "The caller left before the body was whole."));
    });
  });
}

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

async function decompress(body: Buffer, encoding: string, limitBytes: number): Promise<Buffer> {
  const name = encoding.toLowerCase().trim();
  const decode = name in decoders ? decoders[name as keyof typeof decoders] : undefined;
  if (decode === undefined)
    throw new EkibenError(
      "unsupported-media-type",
      "The body's content-encoding is not taken here; send gzip, deflate, br, or none.",
    );
  try {
    return await decode(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limitBytes);
    throw new EkibenError("malformed-body", `The body is not what its content-encoding ${name} says.`);
  }
}

function tooLarge(limitBytes: number): EkibenError {
  return new EkibenError(
    "body-too-large",
    `The body has more than ${limitBytes} bytes, which is the most that is taken here (server.body_limit).`,
  );
}
