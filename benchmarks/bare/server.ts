/** What a person would write first: Express, express.json, and onnxruntime called in the handler. argv: model, port. */
import express from "express";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [model = "", port = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  const session = await InferenceSession.create(model);
  const app = express();
  app.use(express.json({ limit: "20mb" }));
  app.post("/predict", async (request, response) => {
    const row = Float32Array.from(request.body.x as number[]);
    const { y } = await session.run({ x: new Tensor("float32", row, [1, 4]) });
    response.json({ y: Array.from(y?.data as Float32Array) });
  });
  app.listen(Number(port));
}

void main();
