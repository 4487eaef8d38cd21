/** `ekiben run`: one call, in this process, without a server. */

import { EkibenError } from "../../runtime/errors.js";
import type { Plan } from "../../runtime/plan/plan.js";
import { didYouMean } from "../../runtime/suggest.js";
import { type Command, type CommandContext, specOptions } from "../command.js";
import { loadDeployable } from "../deployable.js";
import { Failure } from "../failure.js";
import { inputsFrom } from "../inputs.js";
import { openDeployable } from "../open.js";
import { describeStartError } from "../start-error.js";

export const run: Command = {
  name: "run",
  usage: "[SPEC] [--endpoint PATH | --graph NAME] [--input name=value …] [-]",
  summary: "Makes one call in this process, without a server, and prints the answer as JSON.",
  options: {
    ...specOptions,
    endpoint: {
      type: "string",
      short: "e",
      value: "PATH",
      description: "The endpoint to call; needed when there are several.",
    },
    graph: {
      type: "string",
      short: "g",
      value: "NAME",
      description: "The graph to run, whether an endpoint serves it or not.",
    },
    input: {
      type: "string",
      short: "i",
      multiple: true,
      value: "NAME=VALUE",
      description: "An input; NAME=@FILE reads a file; - reads a JSON object from stdin.",
    },
  },
  examples: [
    "ekiben run examples/iris --input sepal_length=5.1 --input sepal_width=3.5 --input petal_length=1.4 --input petal_width=0.2",
    "ekiben run examples/digits --input image=@examples/digits/digit_7.png",
    'echo \'{"text": "A thaw is due. Ships waited."}\' | ekiben run examples/summarization -',
  ],
  positionals: { min: 0, max: 2 },
  async run(context) {
    const { output, options, positionals } = context;
    const readsStdin = positionals.includes("-");
    const loaded = await loadDeployable(
      positionals.find((word) => word !== "-"),
      context,
    );
    const { plan } = loaded.deployable;
    const graph = chosenGraph(plan, context);
    const declared = plan.graphs[graph];
    if (declared === undefined) throw new Error(`invariant: graph "${graph}" is in the Plan`);
    const inputs = await inputsFrom([...options.list("input"), ...(readsStdin ? ["-"] : [])], declared);
    const service = await openDeployable(loaded.deployable).catch((error: unknown) => {
      throw describeStartError(error, loaded, context);
    });
    try {
      const answer = await service.run(graph, inputs);
      output.result(output.json ? JSON.stringify(answer) : JSON.stringify(answer, null, 2));
      return 0;
    } catch (error) {
      throw error instanceof EkibenError ? toFailure(error) : error;
    } finally {
      await service.close();
    }
  },
};

function chosenGraph(plan: Plan, { options }: CommandContext): string {
  const graph = options.text("graph");
  const endpoint = options.text("endpoint");
  if (graph !== undefined) {
    if (Object.hasOwn(plan.graphs, graph)) return graph;
    throw new Failure(1, `there is no graph "${graph}"`, didYouMean(graph, Object.keys(plan.graphs)));
  }
  const paths = plan.endpoints.map((each) => each.path);
  if (endpoint !== undefined) {
    const found = plan.endpoints.find((each) => each.path === endpoint);
    if (found !== undefined) return found.graph;
    throw new Failure(1, `there is no endpoint "${endpoint}"`, didYouMean(endpoint, paths));
  }
  const [first, second] = [...new Set(plan.endpoints.map((each) => each.graph))];
  const [only, other] = Object.keys(plan.graphs);
  if (first !== undefined && second === undefined) return first;
  if (first === undefined && only !== undefined && other === undefined) return only;
  if (first === undefined) throw new Failure(2, "the spec has no endpoints", "name a graph with --graph");
  throw new Failure(2, "there are several endpoints", `choose one with --endpoint: ${paths.join(", ")}`);
}

export function toFailure(error: EkibenError): Failure {
  const places = error.errors.map(({ path, message }) => `  ${path === "" ? "the input" : path}: ${message}`);
  const status = error.status < 500 ? 1 : 3;
  return new Failure(
    status,
    places.length > 0 ? `the input is not what the graph takes\n${places.join("\n")}` : error.message,
  );
}
