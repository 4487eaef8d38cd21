/** The service's own protocol: JSON, forms and raw bodies in, JSON, tensors and pictures out. */
import { EkibenError } from "../errors.js";
import { bindArguments } from "../steps/bind-arguments.js";
import { findStep } from "../steps/index.js";
import type { TensorType, Type } from "../types/type.js";
import { dtypes } from "../values/dtype.js";
import type { Json, Value, ValueRecord } from "../values/value.js";
import { Image, isList, isRecord, Tensor } from "../values/value.js";
import type { Contract } from "./contract.js";
import type { Given, GivenInputs } from "./inputs.js";
import { readInputs } from "./inputs.js";
import { invalid } from "./invalid.js";
import { parseJson } from "./json-body.js";
import { printJson } from "./json-values.js";
import { parseMultipart } from "./multipart.js";
import { bytesOf, parseNpy, printNpy, tensorFromBytes } from "./npy.js";
import type { Protocol, WireAnswer, WireRequest } from "./protocol.js";
import { areValues, readTensorBody } from "./tensor-body.js";

export const jsonProtocol: Protocol = {
  name: "json",
  decode,
  encode,
  describe: (_graph, contract) => ({ requests: requestMedia(contract), answers: answerMedia(contract) }),
};

function decode(request: WireRequest, contract: Contract): ValueRecord | Promise<ValueRecord> {
  const given = isJson(request) ? readTensorBody(request.body, contract) : undefined;
  return given !== undefined && areValues(given, contract) ? given : decodeAny(request, contract, given);
}

/** What was `given` on the short way is of use when nothing is wrong with it. */
async function decodeAny(
  request: WireRequest,
  contract: Contract,
  given: GivenInputs | undefined,
): Promise<ValueRecord> {
  const values = given === undefined ? undefined : await readInputs(contract, given).catch(onlyErrorsOfCallers);
  return values ?? readInputs(contract, await givenInputs(request, contract));
}

function onlyErrorsOfCallers(error: unknown): undefined {
  if (!(error instanceof EkibenError)) throw error;
}

function isJson({ method, contentType, body }: WireRequest): boolean {
  if (method === "GET" || (body.length === 0 && contentType === "")) return false;
  return contentType === "application/json" || contentType.endsWith("+json") || contentType === "";
}

async function givenInputs(request: WireRequest, contract: Contract): Promise<GivenInputs> {
  const { contentType, body } = request;
  if (isJson(request)) return fromJson(parseJson(body), contract);
  if (request.method === "GET" || contentType === "") return fromQuery(request.query, contract, undefined);
  if (contentType === "multipart/form-data") return parseMultipart(request, contract);
  const raw = rawValue(contentType, body, contract);
  return { ...fromQuery(request.query, contract, contract.raw), [contract.raw ?? ""]: raw };
}

/** An object is the record of inputs; anything else is the value of the only one. */
function fromJson(value: Json, contract: Contract): GivenInputs {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as { readonly [name: string]: Json };
  const [only, second] = contract.inputs.keys();
  if (only !== undefined && second === undefined) return { [only]: value };
  const names = [...contract.inputs.keys()].map((name) => JSON.stringify(name)).join(", ");
  throw invalid([{ path: "", message: `the body must be an object with the inputs ${names || "(none)"}` }]);
}

/** Query parameters: the text itself for a string, JSON for everything else. */
function fromQuery(query: URLSearchParams, contract: Contract, except: string | undefined): GivenInputs {
  const given: [string, Given][] = [];
  for (const [name, text] of query) {
    if (name === except) continue;
    given.push([name, contract.inputs.get(name)?.kind === "string" ? text : jsonOrText(text)]);
  }
  return Object.fromEntries(given);
}

function jsonOrText(text: string): Json {
  try {
    return parseJson(Buffer.from(text, "utf8"));
  } catch {
    return text;
  }
}

function rawValue(contentType: string, body: Buffer, contract: Contract): Given {
  const type = contract.raw === undefined ? undefined : contract.inputs.get(contract.raw);
  if (type?.kind === "tensor") {
    if (npyTypes.includes(contentType)) return parseNpy(body);
    if (contentType === "application/octet-stream") return tensorFromBody(contract.raw ?? "", type, body);
  }
  const isMedium = type !== undefined && ["image", "audio", "file", "bytes"].includes(type.kind);
  if (
    isMedium &&
    (contentType === "application/octet-stream" || takesAny(type) || contentType.startsWith(`${type.kind}/`))
  )
    return body;
  throw new EkibenError(
    "unsupported-media-type",
    `The media type ${JSON.stringify(contentType.slice(0, 100))} is not taken here; send ${requestMedia(contract).join(", ")}.`,
  );
}

function takesAny(type: Type): boolean {
  return type.kind === "file" || type.kind === "bytes";
}

const npyTypes = ["application/x-npy", "application/npy", "application/vnd.numpy.npy"];

/** The bytes of a tensor whose shape is known but for one dimension at most. */
function tensorFromBody(name: string, type: TensorType, body: Buffer): Tensor {
  const { dtype, shape } = type;
  if (dtype === null || dtype === "string" || shape === null)
    throw new EkibenError("unsupported-media-type", "This tensor has no binary form; send JSON.");
  const free = shape.filter((dim) => typeof dim !== "number").length;
  if (free > 1)
    throw new EkibenError(
      "unsupported-media-type",
      "This tensor has several free dimensions; send .npy, which holds its shape.",
    );
  const known = shape.reduce<number>((size, dim) => (typeof dim === "number" ? size * dim : size), dtypes[dtype].bytes);
  const missing = known === 0 ? 0 : Math.floor(body.length / known);
  if (known * (free === 0 ? 1 : missing) !== body.length) {
    const unit = free === 0 ? `${known} bytes` : `a multiple of ${known} bytes`;
    throw invalid([{ path: `/${name}`, message: `it takes ${unit}, and there are ${body.length}` }]);
  }
  return tensorFromBytes(
    dtype,
    shape.map((dim) => (typeof dim === "number" ? dim : missing)),
    body,
  );
}

function encode(values: ValueRecord, accept: string, contract: Contract): WireAnswer | Promise<WireAnswer> {
  const [only] = contract.outputs.size === 1 ? Object.values(values) : [];
  for (const range of acceptRanges(accept)) {
    const answer = encodeAs(range, only, values);
    if (answer !== undefined) return answer;
  }
  throw new EkibenError("not-acceptable", `The answer can be given as ${answerMedia(contract).join(", ")}.`);
}

function encodeAs(
  range: string,
  only: Value | undefined,
  values: ValueRecord,
): WireAnswer | Promise<WireAnswer> | undefined {
  if (jsonRanges.includes(range)) return asJson(values);
  if (only instanceof Image && imageFormats[range] !== undefined) return asImage(only, range, imageFormats[range]);
  if (only instanceof Image && range === "image/*") return asImage(only, "image/png", "png");
  if (only instanceof Tensor && npyTypes.includes(range)) return { contentType: range, body: printNpy(only) };
  if (range === "application/octet-stream" && only instanceof Tensor)
    return { contentType: range, body: bytesOf(only) };
  if (range === "application/octet-stream" && only instanceof Uint8Array)
    return { contentType: range, body: Buffer.from(only) };
  return undefined;
}

function asJson(values: ValueRecord): WireAnswer | Promise<WireAnswer> {
  const answer = (plain: ValueRecord): WireAnswer => ({ contentType: "application/json", body: printJson(plain) });
  return Object.values(values).some(mayHoldImages) ? withoutImages(values).then(answer) : answer(values);
}

async function asImage(image: Image, contentType: string, format: string): Promise<WireAnswer> {
  return { contentType, body: await encodeImage(image, format) };
}

const jsonRanges = ["application/json", "application/*", "*/*"];

const imageFormats: { readonly [mediaType: string]: string } = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/webp": "webp",
};

/** Media ranges, the most wanted first; those with q=0 are left out. */
function acceptRanges(accept: string): readonly string[] {
  if (accept === "" || accept === "*/*" || accept === "application/json") return [accept === "" ? "*/*" : accept];
  const ranges = accept
    .slice(0, 1000)
    .split(",")
    .map((part) => {
      const [range = "", ...parameters] = part.split(";").map((each) => each.trim().toLowerCase());
      const quality = parameters.find((each) => each.startsWith("q="));
      return { range, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    });
  return ranges
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ range }) => range);
}

/** Pictures inside an answer are PNG, in base64. */
async function withoutImages(value: ValueRecord): Promise<ValueRecord> {
  const entries = Object.entries(value).map(
    async ([name, item]) => [name, item === undefined ? item : await replaceImages(item)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function replaceImages(value: Value): Promise<Value> {
  if (value instanceof Image) return encodeImage(value, "png");
  if (isList(value)) return value.some(mayHoldImages) ? Promise.all(value.map(replaceImages)) : value;
  return isRecord(value) ? withoutImages(value) : value;
}

function mayHoldImages(value: Value | undefined): boolean {
  return value instanceof Image || isList(value) || isRecord(value);
}

async function encodeImage(image: Image, format: string): Promise<Buffer> {
  const step = findStep("image.encode");
  if (step === undefined) throw new Error("invariant: image.encode is a step");
  const bytes = await step.kernel(bindArguments(step, { image, format }), { signal: new AbortController().signal });
  return bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
}

function requestMedia(contract: Contract): readonly string[] {
  const type = contract.raw === undefined ? undefined : contract.inputs.get(contract.raw);
  const kinds = [...contract.inputs.values()].map((each) => (each.kind === "list" ? each.item.kind : each.kind));
  const hasMedia = kinds.some((kind) => ["image", "audio", "file", "bytes"].includes(kind));
  return [
    "application/json",
    ...(hasMedia ? ["multipart/form-data"] : []),
    ...(type?.kind === "image" || type?.kind === "audio" ? [`${type.kind}/*`] : []),
    ...(type === undefined ? [] : ["application/octet-stream"]),
    ...(type?.kind === "tensor" ? ["application/x-npy"] : []),
  ];
}

function answerMedia(contract: Contract): readonly string[] {
  const [only] = contract.outputs.size === 1 ? contract.outputs.values() : [];
  return [
    "application/json",
    ...(only?.kind === "image" ? ["image/png", "image/jpeg", "image/webp"] : []),
    ...(only?.kind === "tensor" ? ["application/x-npy", "application/octet-stream"] : []),
    ...(only?.kind === "bytes" ? ["application/octet-stream"] : []),
  ];
}
