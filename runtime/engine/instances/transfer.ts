/** Which buffers of a batch are handed over to the other thread instead of copied. */
import { transferFromBytes, type WireTensors } from "./worker-messages.js";

/** The buffers of large batches; none for small ones. Only for tensors that nobody else holds: their buffers are gone afterwards. */
export function buffersToTransfer(tensors: WireTensors): readonly ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  let bytes = 0;
  for (const { data } of Object.values(tensors)) {
    if (!ArrayBuffer.isView(data) || !(data.buffer instanceof ArrayBuffer)) continue;
    buffers.add(data.buffer);
    bytes += data.byteLength;
  }
  return bytes < transferFromBytes ? [] : [...buffers];
}
