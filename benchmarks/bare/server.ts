/** What a person would write first: Express, express.json, and onnxruntime called in the handler, for a model of one row of floats. argv: model, port. */
import express from "express";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [model = "", port = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  const session = await InferenceSession.create(model);
  const [input = ""] = session.inputNames;
  const [output = ""] = session.outputNames;
  const app = express();
  app.use(express.json({ limit: "20mb" }));
  app.post("/predict", async (request, response) => {
    const row = Float32Array.from(request.body[input] as number[]);
    const outputs = await session.run({ [input]: new Tensor("float32", row, [1, row.length]) });
    response.json({ [output]: Array.from(outputs[output]?.data as Float32Array) });
  });
  app.listen(Number(port));
}

void main();
