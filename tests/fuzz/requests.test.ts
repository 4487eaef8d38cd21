/** Ten thousand hostile requests: every one is answered, with a problem document or an answer that fits its schema. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { openApi } from "../../runtime/protocols/openapi.js";
import type { Service } from "../../runtime/server/service.js";
import { type HostileRequest, hostileRequest, type Target } from "../support/hostile-requests.js";
import { inRepository } from "../support/paths.js";
import { seeded } from "../support/random.js";
import { type Files, folderOf, serveFolder } from "../support/service.js";

const requests = 10_000;
const connections = 64;
/** What does not come whole is refused after it. */
const patienceMs = 300;

const pictures = `
service: pictures
models: { reader: { source: cnn.onnx, batching: { max_batch_size: 8 } } }
graphs:
  read:
    inputs:
      image: { type: image }
      count: { type: integer, minimum: 1, maximum: 10, default: 3 }
    steps:
      - { id: small, use: image.resize, with: { image: $image, size: [8, 8] } }
      - { id: pixels, use: image.to_tensor, with: { image: $small, channels: gray, scale: 0.0627451 } }
      - { id: logits, use: reader, with: { pixels: $pixels } }
      - { id: guess, use: classify.top_k, with: { logits: $logits.logits, labels: ["0","1","2","3","4","5","6","7","8","9"], k: $count } }
    outputs: { digit: "$guess[0].label", candidates: $guess, image: $small }
endpoints: [{ path: /read, graph: read }]
server: { body_limit: 1mb }
`;

const digits = inRepository("tests", "fixtures", "models", "digits");
const pictureFiles: Files = { "bentofile.yaml": pictures, "cnn.onnx": `${digits}/cnn.onnx` };
const picture = readFileSync(`${digits}/digit_3.png`);

const form = Buffer.concat([
  Buffer.from(
    '--x\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n',
  ),
  picture,
  Buffer.from('\r\n--x\r\ncontent-disposition: form-data; name="count"\r\n\r\n2\r\n--x--\r\n'),
]);
const jsonOf = (value: unknown) => ({ type: "application/json", body: Buffer.from(JSON.stringify(value)) });

const cases: readonly { readonly name: string; readonly folder: () => string; readonly target: Target }[] = [
  {
    name: "iris",
    folder: () => inRepository("examples", "iris"),
    target: {
      path: "/classify",
      bodies: [jsonOf({ sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 })],
    },
  },
  {
    name: "summarization",
    folder: () => inRepository("examples", "summarization"),
    target: { path: "/summarize", bodies: [jsonOf({ text: "The harbour froze. A thaw is due.", sentences: 1 })] },
  },
  {
    name: "pictures",
    folder: () => folderOf(pictureFiles),
    target: {
      path: "/read",
      bodies: [
        jsonOf({ image: picture.toString("base64"), count: 2 }),
        { type: "image/png", body: picture },
        { type: "multipart/form-data; boundary=x", body: form },
      ],
    },
  },
];

test.each(cases)(
  "$name",
  async ({ folder, target }) => {
    const service = await serveFolder(folder(), { headersTimeoutMs: patienceMs, requestTimeoutMs: patienceMs });
    const random = seeded(20260101);
    const judge = judgeOf(service);
    const wrong: string[] = [];
    const statuses = new Map<string, number>();
    let left = Math.ceil(requests / cases.length);
    const work = async (): Promise<void> => {
      while (left-- > 0) {
        const request = hostileRequest(random, [target]);
        const answer = await send(service.port, request.bytes);
        statuses.set(answer.slice(9, 12), (statuses.get(answer.slice(9, 12)) ?? 0) + 1);
        const problem = judge(request, answer, target.path);
        if (problem !== undefined)
          wrong.push(`${problem}: ${JSON.stringify(request.bytes.toString("latin1").slice(0, 600))}`);
      }
    };
    await Promise.all(Array.from({ length: connections }, work));
    await service.close();
    expect(wrong).toEqual([]);
    // The mutations reach what they are meant to reach.
    for (const status of ["200", "400", "404", "405", "415", "422", "431"])
      expect([...statuses.keys()]).toContain(status);
  },
  120_000,
);

/** All that is said until the end. */
function send(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks).toString("latin1"))) socket.end();
    });
    // A server that cuts off what it has refused is in its right.
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
    socket.write(bytes);
  });
}

/** Whether the first answer is there, after a word to go on. */
function isWhole(text: string): boolean {
  const [head, body] = splitAt(text.replace(goOn, ""), "\r\n\r\n");
  return head !== "" && body.length >= lengthOf(head);
}

const goOn = /^HTTP\/1\.1 100 Continue\r\n\r\n/;

type Judge = (request: HostileRequest, answer: string, path: string) => string | undefined;

function judgeOf({ host }: Service): Judge {
  const plan = host.current?.plan;
  if (plan === undefined) throw new Error("nothing is served");
  const { components } = JSON.parse(JSON.stringify(openApi(plan)));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const problem = ajv.compile(components.schemas.Problem);
  const [output] = Object.keys(components.schemas).filter((name) => name.endsWith("Output"));
  const good = ajv.compile(components.schemas[output ?? ""]);
  return (request, text, path) => judgeAnswer(request, text.replace(goOn, ""), path, problem, good);
}

/** What is wrong with an answer, if anything is. */
function judgeAnswer(
  request: HostileRequest,
  answer: string,
  path: string,
  problem: ValidateFunction,
  good: ValidateFunction,
): string | undefined {
  const { method, hasDeadline, bytes } = request;
  const [head = "", body = ""] = splitAt(answer, "\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
  // Nothing that could be a request was sent, or a tunnel was asked for.
  if (answer === "")
    return bytes.toString("latin1").trim() === "" || bytes.toString("latin1").includes("CONNECT")
      ? undefined
      : "no answer";
  if (status === 0) return `no HTTP: ${answer.slice(0, 100)}`;
  if (status >= 500 && !(status === 504 && hasDeadline)) return `status ${status}: ${body}`;
  if (!/^x-request-id: [\w.:-]+$/im.test(head) || !/^x-ekiben-generation: 1$/im.test(head)) return `no id: ${head}`;
  if (/node_modules|\/work|\.ts:|\.js:\d| at [A-Z]/.test(status >= 400 ? body : "")) return `it tells of us: ${body}`;
  if (method === "HEAD" || status === 204 || status === 302) return undefined;
  const document = jsonOrNothing(Buffer.from(body.slice(0, lengthOf(head)), "latin1").toString("utf8"));
  if (status >= 400)
    return problem(document) && /problem\+json/.test(head) ? undefined : `no problem document: ${body}`;
  const isAnswer = method === "POST" && request.path === path && /content-type: application\/json/i.test(head);
  return isAnswer && !good(document) ? `no answer of the schema: ${body}` : undefined;
}

function lengthOf(head: string): number {
  return Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Number.POSITIVE_INFINITY);
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
