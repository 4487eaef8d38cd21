/** Reads a request's body within its limit, decompressed where it is compressed. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { EkibenError, invariant } from "../errors.js";
import type { BodyClaim } from "./body-memory.js";
import { Gathering } from "./gathering.js";

const empty = Buffer.alloc(0);

/** The headers of a request that says that it waits for a word before it sends its body. */
const waits = "100-continue";

export interface BodyLimits {
  readonly bytes: number;
  /** How long it may take to come, where its caller waits no longer; the server bounds the others. */
  readonly ms: number | undefined;
}

/**
 * The body's memory comes off the claim. Throws `body-too-large`, `queue-full`, `unsupported-media-type`, `malformed-body`,
 * `cancelled`, `deadline-exceeded`.
 */
export function readBody(exchange: BodySource, limits: BodyLimits, claim: BodyClaim): Buffer | Promise<Buffer> {
  const { bytes: limitBytes } = limits;
  const { request, response } = exchange;
  const { "content-length": length, "content-encoding": encoding, expect } = request.headers;
  if (length !== undefined && Number(length) > limitBytes) throw tooLarge(limitBytes);
  const decode = encoding === undefined || encoding === "identity" ? undefined : decoderFor(encoding);
  if (length === "0" || (length === undefined && request.headers["transfer-encoding"] === undefined)) return empty;
  invariant(!request.readableEnded, "no middleware before the service's routes has read the body");
  if (expect?.toLowerCase() === waits) response.writeContinue();
  const gathering = new Gathering(length === undefined ? undefined : Number(length), (bytes) => claim.take(bytes));
  const body = collect(request, limits, gathering);
  return decode === undefined ? body : body.then((packed) => unpack(packed, decode, limitBytes, claim));
}

export interface BodySource {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Settles when as much has come as was announced, or with the end. */
function collect(request: IncomingMessage, limits: BodyLimits, gathering: Gathering): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const late = (): void => fail(new EkibenError("deadline-exceeded", "The body was not whole in time."));
    const timer = limits.ms === undefined ? undefined : setTimeout(late, limits.ms);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      request.off("data", add);
      reject(error);
    };
    const finish = (): void => {
      clearTimeout(timer);
      resolve(gathering.whole());
    };
    const add = (chunk: Buffer): void => {
      try {
        if (gathering.length + chunk.length > limits.bytes) throw tooLarge(limits.bytes);
        gathering.add(chunk);
      } catch (error) {
        fail(error);
        return;
      }
      if (gathering.isWhole) finish();
    };
    request.on("data", add);
    if (!gathering.isAnnounced) request.on("end", finish);
    request.on("close", () => {
      if (!request.complete) fail(new EkibenError("cancelled", "The caller left before the body was whole."));
    });
  });
}

const decoders = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

type Decode = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

function decoderFor(encoding: string): Decode {
  const name = encoding.toLowerCase().trim();
  if (Object.hasOwn(decoders, name)) return decoders[name as keyof typeof decoders];
  throw new EkibenError(
    "unsupported-media-type",
    "The body's content-encoding is not taken here; send gzip, deflate, br, or none.",
  );
}

async function unpack(packed: Buffer, decode: Decode, limitBytes: number, claim: BodyClaim): Promise<Buffer> {
  const body = await decompress(packed, decode, limitBytes);
  claim.take(body.length);
  return body;
}

async function decompress(packed: Buffer, decode: Decode, limitBytes: number): Promise<Buffer> {
  try {
    return await decode(packed, { maxOutputLength: limitBytes });
  } catch (error) {
    const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limitBytes);
    throw new EkibenError("malformed-body", "The body is not what its content-encoding says.");
  }
}

function tooLarge(limitBytes: number): EkibenError {
  return new EkibenError(
    "body-too-large",
    `The body has more than ${limitBytes} bytes, which is the most that is taken here (server.body_limit).`,
  );
}
