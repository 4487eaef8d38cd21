/** onnxruntime in a loop, nothing around it. argv: model, threads, seconds. Prints runs a second. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { cnnInput } from "../models.js";

const [model = "", threads = "1", seconds = "5"] = process.argv.slice(2);

async function main(): Promise<void> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: Number(threads) });
  const { channels, height, width } = cnnInput;
  const image = new Tensor("float32", new Float32Array(channels * height * width).fill(0.5), [
    1,
    channels,
    height,
    width,
  ]);
  for (let warm = 0; warm < 5; warm++) await session.run({ image });
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < Number(seconds) * 1000) {
    await session.run({ image });
    runs++;
  }
  console.log((runs * 1000) / (performance.now() - start));
}

void main();
