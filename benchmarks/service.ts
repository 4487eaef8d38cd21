/** Services that are measured: a folder with a spec and its model, served as in production, without a log. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeOptions } from "../compiler/emit/start-command.js";
import { type Running, startServer } from "./process.js";

export const root = join(__dirname, "..", "..");
const cli = join(root, "dist", "cli", "main.js");
const quiet = ["--set", "observability.logging.access=false", "--set", "observability.logging.level=error"];

export interface Call {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface ServiceFolder {
  readonly folder: string;
  /** The path of its model. */
  readonly model: string;
}

/** Writes a spec whose model is `model.onnx`. */
export function writeService(name: string, model: Buffer, spec: string): ServiceFolder {
  const folder = join(mkdtempSync(join(tmpdir(), "ekiben-bench-")), name);
  mkdirSync(folder);
  writeFileSync(join(folder, "model.onnx"), model);
  writeFileSync(join(folder, "bentofile.yaml"), spec);
  return { folder, model: join(folder, "model.onnx") };
}

/** Serves a folder; ready when the call is answered. */
export function startOurs(folder: string, call: Call): Promise<Running> {
  return startServer(
    (port) => [...nodeOptions, cli, "serve", folder, "--port", String(port), ...quiet],
    (port) => post(port, call),
  );
}

/** Starts a script of `bare/` with a model. */
export function startBare(script: string, model: string, call: Call): Promise<Running> {
  return startServer(
    (port) => [bareScript(script), model, String(port)],
    (port) => post(port, call),
  );
}

export function bareScript(name: string): string {
  return join(__dirname, "bare", `${name}.js`);
}

export function post(port: number, { path, contentType, body }: Call): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": contentType },
    body: new Uint8Array(body),
  });
}
