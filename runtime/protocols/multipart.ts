/** `multipart/form-data`: a part an input. The one file that imports busboy. */
import busboy from "busboy";
import { EkibenError } from "../errors.js";
import type { Type } from "../types/type.js";
import type { Json } from "../values/value.js";
import type { Contract } from "./contract.js";
import type { Given, GivenInputs } from "./inputs.js";
import { parseJson } from "./json-body.js";
import type { WireRequest } from "./protocol.js";

const limits = { fields: 200, files: 200, parts: 300, fieldNameSize: 200, headerPairs: 50 };

/** The inputs of a form. Parts of one name make a list. */
export async function parseMultipart(request: WireRequest, contract: Contract): Promise<GivenInputs> {
  const parts = await readParts(request);
  const given = new Map<string, Given[]>();
  for (const { name, bytes, isFile } of parts) {
    const values = given.get(name) ?? [];
    values.push(partValue(contract.inputs.get(name), bytes, isFile));
    given.set(name, values);
  }
  const inputs = [...given].map(
    ([name, values]) =>
      [name, contract.inputs.get(name)?.kind === "list" ? listOf(values) : single(name, values)] as const,
  );
  return Object.fromEntries(inputs);
}

interface Part {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isFile: boolean;
}

function readParts(request: WireRequest): Promise<readonly Part[]> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void =>
      reject(new EkibenError("malformed-body", `The form cannot be read: ${problem}.`));
    try {
      const form = busboy({
        headers: { "content-type": request.contentTypeHeader },
        limits: { ...limits, fieldSize: request.body.length, fileSize: request.body.length + 1 },
      });
      const parts: Part[] = [];
      form.on("file", (name, stream) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        // A form that ends inside a file tells it there, too.
        stream.on("error", () => fail("a part is malformed"));
        stream.on("end", () => parts.push({ name, bytes: Buffer.concat(chunks), isFile: true }));
      });
      form.on("field", (name, value) => parts.push({ name, bytes: Buffer.from(value, "utf8"), isFile: false }));
      for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const)
        form.on(limit, () => fail("it has too many parts"));
      form.on("error", () => fail("a part is malformed"));
      form.on("close", () => resolve(parts));
      form.end(request.body);
    } catch {
      fail("its boundary is missing");
    }
  });
}

/** A text part is the text itself for a string, JSON for everything else that is no medium. */
function partValue(type: Type | undefined, bytes: Buffer, isFile: boolean): Given {
  const kind = type?.kind === "list" ? type.item.kind : type?.kind;
  if (kind === "image" || kind === "audio" || kind === "file" || kind === "bytes")
    return isFile ? bytes : bytes.toString("utf8");
  if (kind === "string") return bytes.toString("utf8");
  if (type?.kind === "list" && !isFile && bytes[0] === 0x5b) return parseJson(bytes);
  return parseJson(bytes);
}

function listOf(values: readonly Given[]): Given {
  const [first] = values;
  if (values.length === 1 && Array.isArray(first)) return first;
  // Bytes become base64, as they would be in a JSON list.
  return values.map(
    (value): Json => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : (value as Json)),
  );
}

function single(name: string, values: readonly Given[]): Given {
  const [first, second] = values;
  if (first === undefined || second !== undefined)
    throw new EkibenError("malformed-body", `The form gives "${name}" more than once.`);
  return first;
}
