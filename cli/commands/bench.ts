/** `ekiben bench`: load of its own on a service, and where the time went. */
import { type Command, type CommandContext, specOptions } from "../command.js";

export const bench: Command = {
  name: "bench",
  usage: "[SPEC] [--concurrency N,… | --rate R] [--compare OTHER]",
  summary: "Puts load on a service: latency table and histogram, where the time went, what batching gained.",
  options: {
    ...specOptions,
    endpoint: {
      type: "string",
      short: "e",
      value: "PATH",
      description: "The endpoint to call; needed when there are several.",
    },
    input: {
      type: "string",
      short: "i",
      multiple: true,
      value: "NAME=VALUE",
      description: "An input; NAME=@FILE reads a file. Without any, the endpoint's examples are called in turn.",
    },
    concurrency: {
      type: "string",
      short: "c",
      value: "N,…",
      description:
        "Closed loop: so many callers, each asking again once answered; several numbers, one run each. 16 by default.",
    },
    rate: {
      type: "string",
      short: "r",
      value: "R,…",
      description: "Open loop: requests a second by a fixed schedule; latency counts from a request's time in it.",
    },
    arrivals: { type: "string", value: "KIND", description: "With --rate: constant, the default, or poisson." },
    duration: { type: "string", short: "d", value: "S", description: "Seconds of a run; 10 by default." },
    warmup: {
      type: "string",
      value: "S",
      description: "Seconds of load before each run that do not count; 2 by default.",
    },
    requests: { type: "string", short: "n", value: "N", description: "Ends a run after so many requests." },
    url: { type: "string", value: "URL", description: "Loads a server that runs already; the spec says what to call." },
    compare: {
      type: "string",
      value: "OTHER",
      description: "Another spec under the same load: both in turn, and whether they differ beyond the noise.",
    },
    rounds: { type: "string", value: "N", description: "With --compare: how many runs of each; 5 by default." },
    "allow-failures": {
      type: "boolean",
      description: "Failed answers are counted, and the exit status is 0 all the same.",
    },
  },
  examples: [
    "ekiben bench examples/iris",
    "ekiben bench examples/iris --concurrency 1,8,64 --duration 5",
    "ekiben bench examples/iris --rate 500 --arrivals poisson",
    "ekiben bench examples/similarity --endpoint /embed --requests 1000 --json",
    "ekiben bench service.yaml --compare service-2.yaml",
    "ekiben bench service.yaml --url http://127.0.0.1:3000",
  ],
  positionals: { min: 0, max: 1 },
  run(context: CommandContext) {
    const { benchSpec } = require("../bench/bench.js") as typeof import("../bench/bench.js");
    return benchSpec(context);
  },
};
