import { encodeFrame, type Frame, FrameReader, readFrame } from "../../../../runtime/engine/instances/frames.js";
import type { WireTensors } from "../../../../runtime/engine/instances/worker-messages.js";

const tensors: WireTensors = {
  numbers: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY) },
  large: { dtype: "int64", shape: [2], data: BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)) },
  half: { dtype: "float16", shape: [3], data: Uint16Array.of(0x3c00, 0, 0xffff) },
  flag: { dtype: "bool", shape: [], data: Uint8Array.of(1) },
  text: { dtype: "string", shape: [3], data: ["", "ä\u0000\n", "\ud800"] },
  nothing: { dtype: "float32", shape: [0, 7], data: new Float32Array() },
};
const frames: readonly Frame<string>[] = [
  { head: "first", tensors },
  { head: "second", tensors: {} },
];
const bytes = Buffer.concat(frames.flatMap((frame) => [...encodeFrame(frame)]));

test.each([1, 2, 3, 7, 64, 10_000])("frames are put together from chunks of %i bytes", (size) => {
  const read: Frame<string>[] = [];
  const reader = new FrameReader<string>((frame) => read.push(frame));
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  expect(read).toEqual(frames);
});

test("a part of a larger buffer is sent alone", () => {
  const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const [, sent] = encodeFrame({ head: "", tensors: { x: { dtype: "float32", shape: [2], data } } });
  expect(sent?.byteLength).toBe(8);
});

test("the numbers of a tensor are read into the buffer that it keeps", () => {
  const frame = readFrame<string>();
  const parts = encodeFrame({ head: "", tensors: { x: { dtype: "uint8", shape: [3], data: Uint8Array.of(1, 2, 3) } } });
  const source = Buffer.concat(parts);
  let at = 0;
  for (;;) {
    const { done, value } = frame.next();
    if (done === true) {
      expect(value.tensors["x"]?.data).toEqual(Uint8Array.of(1, 2, 3));
      return;
    }
    value.set(source.subarray(at, at + value.length));
    at += value.length;
  }
});
