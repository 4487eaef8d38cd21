/** A service with an endpoint for each way of calling, over real models. */
import { inRepository } from "./paths.js";
import type { Files } from "./service.js";

export const iris = inRepository("tests", "fixtures", "models", "iris", "iris.onnx");

export const kitchenFiles: Files = { "iris.onnx": iris };

/** `/wait` holds its requests until four are there, or a minute is over. */
export const kitchen = `
service: kitchen
description: Every way of calling.
models:
  slow:
    source: iris.onnx
    batching: { max_batch_size: 4, max_queue_delay_ms: 60000 }
    queue: { max_size: 3 }
graphs:
  echo:
    inputs:
      text: { type: string, min_length: 1, max_length: 100 }
      times: { type: integer, minimum: 1, maximum: 5, default: 1 }
    outputs: { text: $text, times: $times }
  only:
    inputs: { items: { type: list<integer> } }
    outputs: { items: $items }
  shrink:
    inputs:
      image: { type: image }
      side: { type: integer, minimum: 1, maximum: 64, default: 4 }
    steps:
      - { id: small, use: image.resize, with: { image: $image, size: [4, 2] } }
    outputs: { image: $small }
  matrix:
    inputs: { x: { type: "float32[n, 2]" } }
    outputs: { y: $x }
  values:
    inputs:
      number: { type: number, default: 0 }
      integer: { type: integer, default: 0 }
      data: { type: bytes, default: "" }
      point: { type: { x: number, y: number }, default: { x: 0, y: 0 } }
      anything: { type: json, default: null }
    outputs: { number: $number, integer: $integer, data: $data, point: $point, anything: $anything }
  wait:
    inputs: { row: { type: "float32[4]" } }
    steps:
      - { id: scores, use: slow, with: { float_input: $row } }
    outputs: { probabilities: $scores.probabilities }
endpoints:
  - { path: /echo, graph: echo, examples: [{ name: hello, inputs: { text: hello } }] }
  - { path: /echo, graph: echo, method: GET }
  - { path: /only, graph: only }
  - { path: /shrink, graph: shrink }
  - { path: /matrix, graph: matrix }
  - { path: /values, graph: values }
  - { path: /wait, graph: wait }
  - { path: /wait-alone, graph: wait, max_concurrency: 1 }
server: { body_limit: 100kb, cors: { origins: ["https://app.example.com"] } }
`;
