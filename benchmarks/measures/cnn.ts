/** A convolutional network that is bound by arithmetic, against onnxruntime in a loop: nothing may be lost around it. */
import { availableParallelism } from "node:os";
import { load } from "../load.js";
import { type Measure, type Row, ratioRow, spread } from "../measure.js";
import { cnnInput, cnnModel } from "../models.js";
import { median, output } from "../process.js";
import { bareScript, startOurs, writeService } from "../service.js";

const rounds = 3;
const seconds = 6;
const { channels, height, width } = cnnInput;

/** As a spec says nothing of instances: one with all threads; and with an instance a core, which throughput wants. */
export const cnn: Measure = {
  name: "cnn",
  run: async () => [...(await withInstances(1)), ...(await withInstances(availableParallelism()))],
};

async function withInstances(instances: number): Promise<readonly Row[]> {
  const { folder, model } = writeService("cnn", cnnModel(), specOf(instances));
  const call = {
    path: "/features",
    contentType: "application/octet-stream",
    body: Buffer.from(new Float32Array(channels * height * width).fill(0.5).buffer),
  };
  const ours = await startOurs(folder, call);
  const threads = availableParallelism();
  const measured: { readonly rate: number; readonly cpuMs: number; readonly loop: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const url = `http://127.0.0.1:${ours.port}${call.path}`;
    const { requestsPerS, cpuMicrosPerRequest } = await load(ours.pid, { ...call, url, connections: 4, seconds });
    const loop = Number(await output([bareScript("loop"), model, String(threads), String(seconds)]));
    if (round > 0) measured.push({ rate: requestsPerS, cpuMs: cpuMicrosPerRequest / 1000, loop });
  }
  await ours.stop();
  const of = (key: keyof (typeof measured)[number]): number[] => measured.map((round) => round[key]);
  const loopMs = 1000 / median(of("loop"));
  return [
    ratioRow({
      measure: `requests/s, CNN of ${loopMs.toFixed(0)} ms, octet-stream, ${instances} instance${instances === 1 ? "" : "s"}`,
      ratios: measured.map(({ rate, loop }) => rate / loop),
      wanted: { atLeast: 0.97 },
      against: "onnxruntime in a loop",
      details: `${median(of("rate")).toFixed(1)}/s at ${median(of("cpuMs")).toFixed(1)} ms CPU, loop ${median(of("loop")).toFixed(1)}/s (${spread(of("loop"), 1)}), ${threads} threads each`,
    }),
  ];
}

function specOf(instances: number): string {
  return `service: cnn
models: { net: { source: model.onnx, instances: ${instances} } }
graphs:
  features:
    inputs: { image: { type: "float32[${channels}, ${height}, ${width}]" } }
    steps: [{ id: out, use: net, with: { image: $image } }]
    outputs: { features: $out.features }
endpoints: [{ path: /features, graph: features }]
`;
}
