/** Callers who hang up while requests of theirs wait behind one another on the same connection. */
import { connected } from "../../support/http.js";
import { onnxModel } from "../../support/onnx-model.js";
import { serveSpec } from "../../support/service.js";
import { loopModel } from "../../support/troubled-models.js";

const spec = `service: pipelined
models: { turns_of: { source: loop.onnx } }
graphs:
  run:
    inputs: { x: { type: "float32[1]" }, turns: { type: "int64[]" } }
    steps: [{ id: y, use: turns_of, with: { x: $x, turns: $turns } }]
    outputs: { y: $y }
endpoints: [{ path: /loop, graph: run }]
`;

test("what they sent is not run any more, and no answer of it counts as one", async () => {
  const service = await serveSpec(spec, { "loop.onnx": onnxModel(loopModel()) });
  const metrics = async (): Promise<string> => (await fetch(`${service.url}/metrics`)).text();
  const until = async (line: string): Promise<string> => {
    for (let text = await metrics(); ; text = await metrics()) if (text.includes(`${line}\n`)) return text;
  };
  const body = JSON.stringify({ x: [1], turns: 300_000 });
  const one = `POST /loop HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const caller = await connected(service.port);
  caller.write(one.repeat(30));
  await until('ekiben_queue_length{model="turns_of",version="1"} 29');
  caller.destroy();
  await until('ekiben_queue_length{model="turns_of",version="1"} 0');
  const told = await until('ekiben_requests_total{route="/loop",method="POST",status="499"} 30');
  expect(told).toContain('ekiben_items_rejected_total{model="turns_of",version="1",code="cancelled"} 3');
  await service.close();
});
