/** Requests that nobody should send, as bytes: good ones with everything about them changed, and plain garbage. */
import { gzipSync } from "node:zlib";
import type { Random } from "./random.js";

export interface Target {
  readonly path: string;
  /** A body that is answered with 200, and its media type. */
  readonly bodies: readonly { readonly type: string; readonly body: Buffer }[];
}

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly bytes: Buffer;
  /** Whether it asked for a deadline, which then may pass. */
  readonly hasDeadline: boolean;
}

export function hostileRequest(random: Random, targets: readonly Target[]): HostileRequest {
  const target = random.pick(targets);
  const { type, body: good } = random.pick(target.bodies);
  const method = random.integer(4) > 0 ? "POST" : random.pick(methods);
  const path = random.integer(5) > 0 ? target.path : random.pick(paths)(target.path);
  const body = random.integer(4) > 0 ? mutated(random, good) : good;
  const headers = headersFor(random, random.integer(5) > 0 ? type : random.pick(types), body);
  const head = `${method} ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`;
  const whole = Buffer.concat([Buffer.from(head, "latin1"), body]);
  const bytes = random.integer(12) === 0 ? mutated(random, whole) : whole;
  return { method, path, bytes, hasDeadline: bytes.toString("latin1").toLowerCase().includes("deadline") };
}

const methods = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "FROB", "CONNECT", "post"];
const paths: readonly ((path: string) => string)[] = [
  () => "/",
  () => "/docs",
  () => "/docs/../../package.json",
  () => "/openapi.json",
  () => "/readyz",
  () => "/version",
  () => "*",
  () => "//",
  () => "/%",
  () => "/%00",
  () => "/__proto__",
  (path) => `${path}/`,
  (path) => `${path}?`,
  (path) => `${path}?a=1&a=2&%=%&__proto__=1`,
  (path) => `http://elsewhere${path}`,
  (path) => `${path}#x`,
  (path) => path.toUpperCase(),
  (path) => `${path}?${"x".repeat(5000)}`,
];
const types = [
  "application/json",
  "application/json; charset=utf-16",
  "application/problem+json",
  "multipart/form-data",
  "multipart/form-data; boundary=x",
  "multipart/form-data; boundary=",
  "application/octet-stream",
  "application/x-npy",
  "image/png",
  "image/*",
  "text/plain",
  "application/x-www-form-urlencoded",
  "",
  ";;;",
  "a".repeat(3000),
];

function headersFor(random: Random, type: string, body: Buffer): readonly string[] {
  const headers = ["host: a", `content-type: ${type}`, "connection: close"];
  const kind = random.integer(20);
  if (kind === 0) headers.push("transfer-encoding: chunked");
  else if (kind === 1) headers.push(`content-length: ${body.length + random.integer(20) - 10}`);
  else headers.push(`content-length: ${body.length}`);
  while (random.integer(3) === 0) headers.push(random.pick(oddHeaders));
  return headers;
}

const oddHeaders = [
  "accept: application/x-npy",
  "accept: image/png;q=0.1, */*;q=0.5",
  "accept: ,,;q=;",
  "accept: text/html",
  "content-encoding: gzip",
  "content-encoding: br, gzip",
  "expect: 100-continue",
  "expect: the unexpected",
  "upgrade: websocket",
  "x-request-id: caller-1",
  "x-request-id: <script>",
  "x-ekiben-deadline-ms: 1",
  "x-ekiben-deadline-ms: 0",
  "x-ekiben-deadline-ms: 99999999999",
  "x-ekiben-explain: 1",
  "x-ekiben-priority: -1",
  "origin: null",
  "cookie: \xff\xfe",
  "content-length: 5",
  "transfer-encoding: gzip, chunked",
  `x-long: ${"y".repeat(20_000)}`,
  "bad header",
  ": empty",
];

const texts = [
  "null",
  "[]",
  "{}",
  "1e999",
  "-0",
  "NaN",
  '""',
  "true",
  "[[[[",
  '"\\ud800"',
  '{"__proto__":1}',
  "9007199254740993",
  ",",
  "\ufeff",
  "\u0000",
  "--x\r\n",
];

/** Something cut, doubled, replaced, overwritten or packed. */
function mutated(random: Random, good: Buffer): Buffer {
  const at = random.integer(good.length + 1);
  const to = Math.min(good.length, at + random.integer(20));
  const text = Buffer.from(random.pick(texts));
  switch (random.integer(8)) {
    case 0:
      return good.subarray(0, at);
    case 1:
      return Buffer.concat([good.subarray(0, to), good.subarray(at)]);
    case 2:
      return Buffer.concat([good.subarray(0, at), text, good.subarray(at)]);
    case 3:
      return Buffer.concat([good.subarray(0, at), text, good.subarray(to)]);
    case 4:
      return text;
    case 5:
      return gzipSync(good);
    case 6:
      return Buffer.from(
        good.toString("latin1").replaceAll(/-?\d+(\.\d+)?/g, () => random.pick(texts)),
        "utf8",
      );
    default: {
      const copy = Buffer.from(good);
      for (let flips = random.integer(8); flips >= 0 && copy.length > 0; flips--)
        copy[random.integer(copy.length)] = random.integer(256);
      return copy;
    }
  }
}
