import { callOf, callsOf, chosenEndpoint } from "../../../cli/bench/calls.js";
import { mapValues } from "../../../runtime/engine/map-values.js";
import { contractOf } from "../../../runtime/protocols/contract.js";
import { parseNpy } from "../../../runtime/protocols/npy.js";
import { Tensor } from "../../../runtime/values/value.js";
import { inRepository } from "../../support/paths.js";
import { deployableOf } from "../../support/service.js";

async function example(name: string) {
  const { plan, pathOf } = await deployableOf(inRepository("examples", name));
  return { plan, pathOf };
}

test("the examples become requests, a picture as it is, the rest JSON", async () => {
  const { plan, pathOf } = await example("digits");
  const [call] = await callsOf(plan, chosenEndpoint(plan, "/read"), [], pathOf);
  expect(call).toMatchObject({ path: "/read", headers: { "content-type": "application/octet-stream" } });
  expect(call?.body.subarray(1, 4).toString()).toBe("PNG");
  const iris = await example("iris");
  const calls = await callsOf(iris.plan, chosenEndpoint(iris.plan, undefined), [], iris.pathOf);
  expect(calls.map(({ name }) => name)).toEqual(["a setosa", "a virginica"]);
  expect(JSON.parse(String(calls[0]?.body))).toEqual(iris.plan.endpoints[0]?.examples[0]?.inputs);
});

test("inputs of the command line stand in their place", async () => {
  const { plan, pathOf } = await example("iris");
  const calls = await callsOf(plan, chosenEndpoint(plan, undefined), ["sepal_length=5"], pathOf);
  expect(calls.map(({ body }) => String(body))).toEqual(['{"sepal_length":5}']);
});

describe("a tensor of a .npy file", () => {
  const pixels = new Tensor("float32", [1, 2], new Float32Array([0.5, Number.NaN]));
  const contract = (inputs: { readonly [name: string]: string }) =>
    contractOf({ inputs: mapValues(inputs, (type) => ({ type, constraints: {} })), nodes: [], outputs: {} });
  const post = { method: "POST", path: "/read" } as const;

  test("travels as one where it is the body, with the other inputs in the query", () => {
    const call = callOf("", post, { pixels, top: 3 }, contract({ pixels: "float32[h, w]", top: "integer" }));
    expect(call).toMatchObject({ path: "/read?top=3", headers: { "content-type": "application/x-npy" } });
    expect(parseNpy(call.body)).toEqual(pixels);
  });

  test("is nested lists beside another one", () => {
    const inputs = { pixels, mask: new Tensor("int64", [1], new BigInt64Array([2n ** 60n])) };
    const call = callOf("", post, inputs, contract({ pixels: "float32[h, w]", mask: "int64[n]" }));
    expect([call.path, String(call.body)]).toEqual([
      "/read",
      '{"pixels":[[0.5,"NaN"]],"mask":["1152921504606846976"]}',
    ]);
  });
});

test("a GET has its inputs in the query, strings as they are", async () => {
  const { plan } = await example("summarization");
  const graph = plan.graphs["summarize"];
  if (graph === undefined) throw new Error("the example has its graph");
  const call = callOf("", { method: "GET", path: "/s" }, { text: "a b&c", sentences: 2 }, contractOf(graph));
  expect([call.path, call.body.length]).toEqual(["/s?text=a+b%26c&sentences=2", 0]);
});

test("an endpoint must be named where there are several, and be there", async () => {
  const { plan } = await example("similarity");
  expect(() => chosenEndpoint(plan, undefined)).toThrow("there are several endpoints");
  expect(() => chosenEndpoint(plan, "/serch")).toThrow('there is no endpoint "/serch"');
});
