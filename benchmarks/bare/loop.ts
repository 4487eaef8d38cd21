/** onnxruntime in a loop, nothing around it. argv: model, threads, seconds, dimensions of a row such as 3,64,64. Prints runs a second. */
import { InferenceSession, Tensor } from "onnxruntime-node";

const [model = "", threads = "1", seconds = "5", dims = "1"] = process.argv.slice(2);

async function main(): Promise<void> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: Number(threads) });
  const [input = ""] = session.inputNames;
  const row = dims.split(",").map(Number);
  const size = row.reduce((product, dim) => product * dim, 1);
  const feeds = { [input]: new Tensor("float32", new Float32Array(size).fill(0.5), [1, ...row]) };
  for (let warm = 0; warm < 5; warm++) await session.run(feeds);
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < Number(seconds) * 1000) {
    await session.run(feeds);
    runs++;
  }
  console.log((runs * 1000) / (performance.now() - start));
}

void main();
