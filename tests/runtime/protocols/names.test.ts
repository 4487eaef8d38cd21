/** One name for each graph and endpoint, the same in OpenAPI, the types and the client. */
import { join } from "node:path";
import { compiled, filesOf, writeSpec } from "../../support/compiled-service.js";

const graph = { outputs: { text: "a" } };
const spec = {
  service: "names",
  graphs: { read_digit: graph, readDigit: graph, readDigit2: graph, _1: graph },
  endpoints: [
    { path: "/a-b", graph: "read_digit" },
    { path: "/a_b", graph: "readDigit" },
    { path: "/aB", graph: "readDigit2" },
    { path: "/a-b", graph: "_1", method: "GET" },
    { path: "/get/a-b", graph: "_1" },
    { path: "/then", graph: "_1" },
  ],
};

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: object } } };
}

interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: object };
}

test("names that would collide are told apart everywhere alike", () => {
  const out = compiled(writeSpec(spec));
  const files = filesOf(join(out, "src"));
  const text = (file: string) => Buffer.from(files[file] ?? "", "base64").toString();
  const document = JSON.parse(Buffer.from(filesOf(out)["openapi.json"] ?? "", "base64").toString()) as Document;
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const names = operations.map(({ operationId }) => operationId);
  expect([...names].sort()).toEqual(["aB", "aB2", "aB3", "getAB", "getAB2", "then2"]);
  for (const name of names) expect(text("client.ts")).toMatch(new RegExp(`\\b${name}\\(`));
  const types = ["ReadDigit", "ReadDigit2", "ReadDigit22", "Graph1"].flatMap((name) => [
    `${name}Input`,
    `${name}Output`,
  ]);
  expect(Object.keys(document.components.schemas)).toEqual([...types, "Problem"]);
  for (const type of types) expect(text("types.ts")).toMatch(new RegExp(`export (interface|type) ${type}\\b`));
  expect(document.paths["/aB"]?.["post"]?.requestBody?.content["application/json"].schema).toEqual({
    $ref: "#/components/schemas/ReadDigit22Input",
  });
});
