/** One onnxruntime session. The one file that knows onnxruntime-node, loaded when the first session opens. */
import { readFileSync } from "node:fs";
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import { invariant } from "../../errors.js";
import { type DType, isDType, type TensorData } from "../../values/dtype.js";
import { ModelOpenError } from "../open/open-failure.js";
import { devices } from "./devices.js";
import { openFailureCode, tidyMessage } from "./onnxruntime-message.js";
import { declineTelemetry } from "./telemetry.js";
import type { CompileInto, SessionRequest, WireTensor, WireTensors } from "./worker-messages.js";

/** Only fatal messages: what fails is thrown, and reported by whoever asked. */
const logSeverityLevel = 4;

/** Blocks the thread while it opens and while it runs: to be used where nothing else is done, unless it is quick. */
export class Session {
  private constructor(private readonly session: InferenceSession) {}

  /** Loads onnxruntime, which takes longer than most models do. */
  static load(): typeof import("onnxruntime-node") {
    declineTelemetry();
    const library: typeof import("onnxruntime-node") = require("onnxruntime-node");
    library.env.logLevel = "fatal";
    return library;
  }

  /** Opens a model's file. Throws `ModelOpenError`. */
  static async open(request: SessionRequest): Promise<Session> {
    try {
      const { InferenceSession } = Session.load();
      return new Session(await InferenceSession.create(request.file, sessionOptions(request)));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new ModelOpenError(openFailureCode(message), tidyMessage(message));
    }
  }

  /** Throws onnxruntime's error. */
  async run(feeds: WireTensors): Promise<WireTensors> {
    const results = await this.session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toOnnx(value)])),
    );
    return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOnnx(name, value)]));
  }

  /** Gives its memory back; without it the memory would be kept to the end of the process. */
  async release(): Promise<void> {
    await this.session.release();
  }
}

/**
 * Threads that spin between runs burn what the HTTP side needs. MLP of 784→10, 16 connections, 2 threads on 2 cores: 121 µs
 * of CPU a request instead of 335, at three times the rate; a CNN of 40 ms runs as fast, with a tenth less CPU.
 */
const withoutSpinning = { "session.intra_op.allow_spinning": "0", "session.inter_op.allow_spinning": "0" };

function sessionOptions({
  device,
  deviceId,
  intraOpThreads,
  options,
  weights = [],
  compileInto,
}: SessionRequest): InferenceSession.SessionOptions {
  return {
    executionProviders: devices[device].providers.map((name) => (deviceId === undefined ? name : { name, deviceId })),
    intraOpNumThreads: intraOpThreads,
    ...(options.interOpThreads !== undefined && { interOpNumThreads: options.interOpThreads }),
    graphOptimizationLevel: options.graphOptimization,
    executionMode: options.executionMode,
    enableMemPattern: options.memoryPattern,
    enableCpuMemArena: options.cpuMemoryArena,
    logSeverityLevel,
    extra: { ...withoutSpinning, ...options.extra, ...(compileInto && compileEntries(compileInto)) },
    ...(compileInto && { optimizedModelFilePath: compileInto.file }),
    ...(weights.length > 0 && {
      externalData: weights.map(({ name, file }) => ({ path: name, data: readFileSync(file) })),
    }),
  };
}

/** Smaller weights stay in the graph's file. */
const smallestOutside = "1024";

/** https://github.com/microsoft/onnxruntime/pull/23069 */
function compileEntries({ weights, prepacked }: CompileInto): { readonly [key: string]: string } {
  return {
    "session.optimized_model_external_initializers_file_name": weights,
    "session.optimized_model_external_initializers_min_size_in_bytes": smallestOutside,
    ...(prepacked && { "session.save_external_prepacked_constant_initializers": "1" }),
  };
}

/**
 * A plain object with the fields that onnxruntime reads. Its own Tensor class would do for all types but float16, whose
 * bits it refuses on Node 24: https://github.com/microsoft/onnxruntime/pull/32323
 */
function toOnnx({ dtype, shape, data }: WireTensor): OnnxValue {
  const value: Pick<OnnxValue, "type" | "dims" | "location"> & { readonly data: TensorData } = {
    type: dtype,
    dims: shape,
    data,
    location: "cpu",
  };
  return value as OnnxValue;
}

function fromOnnx(name: string, value: OnnxValue): WireTensor {
  invariant("data" in value && isDType(value.type), `the output "${name}" is a tensor`);
  return { dtype: value.type, shape: value.dims, data: plainData(value.type, value.data) };
}

/** Node 24 has an array type for float16; here it is its bits. */
function plainData(dtype: DType, data: OnnxValue["data"]): TensorData {
  if (dtype === "float16" && ArrayBuffer.isView(data))
    return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  return data as TensorData;
}
