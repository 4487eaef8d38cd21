/** What callers may send, and what they get: each over a real connection. */

import { readFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import type { Service } from "../../../runtime/server/service.js";
import { type Answer, type Call, call } from "../../support/http.js";
import { kitchen, kitchenFiles } from "../../support/kitchen.js";
import { inRepository } from "../../support/paths.js";
import { serveSpec } from "../../support/service.js";

let service: Service;
beforeAll(async () => {
  service = await serveSpec(kitchen, kitchenFiles);
});
afterAll(() => service.close());

const to = (path: string, sent: Call = {}): Promise<Answer> => call(`${service.url}${path}`, sent);
const json = { "content-type": "application/json" };

/** The status, and for a refusal each path with its message. */
async function outcome(path: string, sent: Call): Promise<unknown> {
  const { status, json: body } = await to(path, sent);
  if (status === 200) return body;
  const { errors, detail } = body as { readonly errors?: readonly { path: string; message: string }[]; detail: string };
  return [
    status,
    ...(errors ?? [{ path: "", message: detail }]).map(({ path, message }) => `${path} ${message}`.trim()),
  ];
}

describe("JSON", () => {
  const cases: readonly (readonly [string, string, unknown, unknown])[] = [
    ["defaults stand in", "/echo", { text: "a" }, { text: "a", times: 1 }],
    ["duplicate keys: the last counts", "/echo", '{"text":"a","text":"b"}', { text: "b", times: 1 }],
    [
      "no value but an object for several inputs",
      "/echo",
      "[1]",
      [422, 'the body must be an object with the inputs "text", "times"'],
    ],
    ["any value for the only input", "/only", "[1, 2]", { items: [1, 2] }],
    ["an object is always the record of inputs", "/only", "{}", [422, "/items it is missing"]],
    [
      "no coercion of texts",
      "/echo",
      { text: "a", times: "2" },
      [422, "/times it must be a whole number, not a string"],
    ],
    ["no coercion of numbers", "/echo", { text: 5 }, [422, "/text it must be a string, not a number"]],
    [
      "fractions are no integers",
      "/echo",
      { text: "a", times: 2.5 },
      [422, "/times it must be a whole number, not a number with a fraction"],
    ],
    ["null is a value", "/echo", { text: "a", times: null }, [422, "/times it must be a whole number, not null"]],
    [
      "every place that is wrong",
      "/echo",
      { text: "", times: 9, tims: 1 },
      [
        422,
        '/tims there is no such field; did you mean "times"?',
        "/text it must have at least 1 character",
        "/times it must be at most 5",
      ],
    ],
    [
      "an unknown field deep inside",
      "/values",
      { point: { x: 1, y: 2, z: 3 } },
      [422, '/point/z there is no such field; did you mean "x" or "y"?'],
    ],
    [
      "what every object has is no field",
      "/values",
      { constructor: 1 },
      [422, '/constructor there is no such field; there are "number", "integer", "data", "point", "anything"'],
    ],
    [
      "nor is its prototype",
      "/values",
      '{"__proto__": {"number": 1}}',
      [422, '/__proto__ there is no such field; there are "number", "integer", "data", "point", "anything"'],
    ],
    ["numbers that JSON lacks are words", "/matrix", { x: [["NaN", "-Infinity"]] }, { y: [["NaN", "-Infinity"]] }],
    [
      "other words are no numbers",
      "/values",
      { number: "nan" },
      [422, '/number it must be a number, or one of "NaN", "Infinity" and "-Infinity"'],
    ],
    ["integers beyond 2^53 are texts", "/only", '["9007199254740993"]', { items: ["9007199254740993"] }],
    [
      "and no others are",
      "/only",
      '["9007199254740991"]',
      [422, "/items/0 an integer below 2^53 is written as a number, not as a text"],
    ],
    [
      "nor numbers that have lost digits",
      "/only",
      "[9007199254740993]",
      [422, "/items/0 it must be at most 9007199254740991"],
    ],
    ["beyond 64 bits", "/only", '["9223372036854775808"]', [422, "/items/0 it is beyond 64 bits"]],
    ["rows of unequal lengths", "/matrix", { x: [[1, 2], [3]] }, [422, "/x/1 it must have at least 2 items"]],
    [
      "base64",
      "/values",
      { data: "aGk=" },
      { number: 0, integer: 0, data: "aGk=", point: { x: 0, y: 0 }, anything: null },
    ],
    [
      "a data: URL",
      "/values",
      { data: "data:text/plain;base64,aGk=" },
      { number: 0, integer: 0, data: "aGk=", point: { x: 0, y: 0 }, anything: null },
    ],
    ["what is no base64", "/values", { data: "a b!" }, [422, "/data it is not base64"]],
    [
      "a number beyond a double",
      "/values",
      '{"number": 1e999}',
      [400, 'The body holds a number beyond the range of a double; write Infinity as the text "Infinity".'],
    ],
    ["a bare NaN", "/values", '{"number": NaN}', [400, "The body is not JSON: it is malformed."]],
    [
      "a byte order mark",
      "/values",
      '\ufeff{"number": 1}',
      [400, "The body is not JSON: it begins with a byte order mark, which JSON does not have."],
    ],
    [
      "a body that ends early",
      "/values",
      '{"number": 1',
      [400, "The body is not JSON: something is wrong at character 12."],
    ],
    ["no body", "/echo", "", [400, "The body is not JSON: it ends too early."]],
    ["invalid UTF-8", "/echo", Buffer.from([0x7b, 0xff, 0x7d]), [400, "The body is not UTF-8 text."]],
    [
      "thousands of levels",
      "/values",
      `{"anything": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      [400, "The body is nested more than 500 levels deep."],
    ],
  ];
  test.each(cases)("%s", async (_, path, body, expected) => {
    expect(await outcome(path, { method: "POST", body, headers: json })).toEqual(expected);
  });

  test("of a large body that is wrong everywhere the first place is told", async () => {
    const body = `[${Array(30_000).fill('""').join(",")}]`;
    expect(await outcome("/only", { method: "POST", body, headers: json })).toEqual([
      422,
      "/items/0 it must be an integer; as a text only when it is beyond 2^53",
    ]);
  });
});

describe("GET", () => {
  test("takes inputs from the query: texts as they are, the rest as JSON", async () => {
    expect((await to("/echo?text=5&times=2")).json).toEqual({ text: "5", times: 2 });
    expect(await outcome("/echo?text=a&times=two", {})).toEqual([
      422,
      "/times it must be a whole number, not a string",
    ]);
    expect(await outcome("/echo?txt=a", {})).toEqual([
      422,
      "/text it is missing",
      '/txt there is no such field; did you mean "text"?',
    ]);
  });

  test("answers HEAD without a body", async () => {
    const answer = await to("/echo?text=a", { method: "HEAD" });
    expect([answer.status, answer.headers["content-length"], answer.bytes.length]).toEqual([200, "22", 0]);
  });
});

const photo = readFileSync(inRepository("tests", "references", "steps", "fixtures", "tiny_photo.png"));

describe("media", () => {
  const png = (answer: Answer): string => answer.bytes.subarray(1, 4).toString("latin1");

  test("a raw picture, its other inputs in the query, and a picture for an answer", async () => {
    const answer = await to("/shrink?side=8", {
      body: photo,
      headers: { "content-type": "image/png", accept: "image/png" },
    });
    expect([answer.status, answer.headers["content-type"], png(answer)]).toEqual([200, "image/png", "PNG"]);
  });

  test("a picture as base64 in JSON, and in the answer", async () => {
    const { status, json: body } = await to("/shrink", { body: { image: photo.toString("base64") } });
    const { image } = body as { readonly image: string };
    expect([status, Buffer.from(image, "base64").subarray(1, 4).toString("latin1")]).toEqual([200, "PNG"]);
  });

  test("a picture as a part of a form, with other inputs beside it", async () => {
    const body = form([
      ["image", photo],
      ["side", "8"],
    ]);
    const answer = await to("/shrink", { ...body, headers: { ...body.headers, accept: "image/*" } });
    expect([answer.status, png(answer)]).toEqual([200, "PNG"]);
  });

  test("a form is checked like JSON", async () => {
    expect(
      await outcome(
        "/shrink",
        form([
          ["image", photo],
          ["sid", "8"],
        ]),
      ),
    ).toEqual([422, '/sid there is no such field; did you mean "side"?']);
    expect(await outcome("/shrink", form([["side", "8"]]))).toEqual([422, "/image it is missing"]);
  });

  test("what is no picture is told at its place", async () => {
    const [status, message] = (await outcome("/shrink", {
      body: Buffer.from("no picture"),
      headers: { "content-type": "image/png" },
    })) as [number, string];
    expect([status, message.startsWith("/image ")]).toEqual([422, true]);
  });

  test("a form without a boundary", async () => {
    const sent = { body: "x", headers: { "content-type": "multipart/form-data" } };
    expect(await outcome("/shrink", sent)).toEqual([400, "The form cannot be read: its boundary is missing."]);
  });

  test("a media type that the endpoint does not take", async () => {
    const sent = { body: "<a/>", headers: { "content-type": "text/xml" } };
    expect(await outcome("/shrink", sent)).toEqual([
      415,
      'The media type "text/xml" is not taken here; send application/json, multipart/form-data, image/*, application/octet-stream.',
    ]);
  });
});

describe("tensors", () => {
  const floats = Buffer.from(new Float32Array([1, 2, 3, 4]).buffer);
  const binary = { "content-type": "application/octet-stream" };

  test("octet-stream in, .npy out, and the other way round", async () => {
    const npy = await to("/matrix", { body: floats, headers: { ...binary, accept: "application/x-npy" } });
    expect([npy.status, npy.bytes.toString("latin1", 1, 6)]).toEqual([200, "NUMPY"]);
    const back = await to("/matrix", {
      body: npy.bytes,
      headers: { "content-type": "application/x-npy", accept: "application/octet-stream" },
    });
    expect([back.status, back.bytes]).toEqual([200, floats]);
  });

  test("bytes that make no whole rows", async () => {
    expect(await outcome("/matrix", { body: floats.subarray(4), headers: binary })).toEqual([
      422,
      "/x it takes a multiple of 8 bytes, and there are 12",
    ]);
  });

  test(".npy of another shape or type, and what is none", async () => {
    const headers = { "content-type": "application/x-npy" };
    const npy = (
      await to("/matrix", { body: floats, headers: { ...binary, accept: "application/x-npy" } })
    ).bytes.toString("latin1");
    const sent = (text: string): Call => ({ body: Buffer.from(text, "latin1"), headers });
    expect(await outcome("/matrix", sent(npy.replace("(2, 2)", "(4, 1)")))).toEqual([
      422,
      "/x dimension 2 must be 2, and it is 1: [4, 1]",
    ]);
    expect(await outcome("/matrix", sent(npy.replace("<f4", "<i4")))).toEqual([
      422,
      "/x it must be of float32, and it is of int32",
    ]);
    expect(await outcome("/matrix", sent("no npy"))).toEqual([
      400,
      "The body is no tensor that can be read: it does not begin as an .npy file does.",
    ]);
  });
});

describe("Accept", () => {
  const accepts: readonly (readonly [string, number, string])[] = [
    ["", 200, "application/json"],
    ["*/*", 200, "application/json"],
    ["application/*;q=0.5, text/html", 200, "application/json"],
    ["application/x-npy, application/json;q=0.5", 200, "application/x-npy"],
    ["application/json;q=0, application/octet-stream", 200, "application/octet-stream"],
    ["text/html", 406, "application/problem+json"],
    ["application/json;q=0", 406, "application/problem+json"],
  ];
  test.each(accepts)("%j: %i %s", async (accept, status, type) => {
    const answer = await to("/matrix", { body: { x: [[1, 2]] }, headers: accept === "" ? {} : { accept } });
    expect([answer.status, answer.headers["content-type"]]).toEqual([status, type]);
  });
});

describe("compressed bodies", () => {
  const sent = (body: Buffer, encoding: string): Call => ({ body, headers: { ...json, "content-encoding": encoding } });
  const text = Buffer.from('{"text":"a"}');

  test("gzip and deflate are read", async () => {
    expect((await to("/echo", sent(gzipSync(text), "gzip"))).json).toEqual({ text: "a", times: 1 });
    expect((await to("/echo", sent(deflateSync(text), "deflate"))).json).toEqual({ text: "a", times: 1 });
  });

  test("a bomb is too large, whatever its own size", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    expect((await to("/echo", sent(bomb, "gzip"))).status).toBe(413);
  });

  test("what is not what it says", async () => {
    expect(await outcome("/echo", sent(text, "gzip"))).toEqual([
      400,
      "The body is not what its content-encoding says.",
    ]);
    expect((await to("/echo", sent(text, "zstd"))).status).toBe(415);
  });
});

function form(parts: readonly (readonly [string, string | Buffer])[]): Call {
  const boundary = "----ekiben";
  const bytes = parts.flatMap(([name, value]) => {
    const file = typeof value === "string" ? "" : '; filename="a.png"\r\ncontent-type: image/png';
    return [
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from("\r\n"),
    ];
  });
  const body = Buffer.concat([...bytes, Buffer.from(`--${boundary}--\r\n`)]);
  return { body, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } };
}
