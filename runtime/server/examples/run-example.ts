/** An example of the spec run, and its answer compared with what it expects. */
import { EkibenError } from "../../errors.js";
import type { Json } from "../../values/value.js";
import { type Difference, differences } from "./differences.js";
import type { ExampleCall } from "./example-calls.js";

/** Answers a graph's inputs, as JSON. */
export type AnswerJson = (graph: string, inputs: ExampleCall["inputs"]) => Promise<{ readonly [output: string]: Json }>;

/** Where the answer is not as expected, or what the caller did wrong. Throws what is our fault. */
export async function runExample(
  { endpoint, example, inputs }: ExampleCall,
  answer: AnswerJson,
): Promise<readonly Difference[]> {
  try {
    return differences(example.expect ?? {}, await answer(endpoint.graph, inputs), example.tolerance);
  } catch (error) {
    if (!(error instanceof EkibenError)) throw error;
    return error.errors.length > 0 ? error.errors : [{ path: "", message: error.message }];
  }
}
