/**
 * What a model will take in memory, told from its files before it is opened. It is what its sessions keep once each has run:
 * opening one takes as much as its weights more for a moment, and large batches take what their intermediate results need.
 *
 * Growth in megabytes as measured with onnxruntime 1.30 on Linux (proportional set size of all processes), and as estimated:
 *
 *                                           MiniLM, 22 of float16   CNN, 6      MLP, 80
 *     one session                           126, 140                33, 30      90, 117
 *     two sessions                          251, 281                60, 60      187, 234
 *     one session in a process              150, 172                54, 62      109, 149
 *     one session, compiled                 55, 62                  23, 30      91, 117
 *     two sessions, compiled                97, 124                 29, 54      171, 234
 *
 * The CNN is packed; with the others onnxruntime 1.30 fails to keep what it has laid out.
 */

/** What is opened: the file as it was written, what was compiled of it, or that with its weights laid out for the kernels. */
export type ModelForm = "written" | "compiled" | "packed";

export interface EstimatedModel {
  /** Of all its files. */
  readonly bytes: number;
  /** Of those, weights that are floats of 16 bits. */
  readonly halfBytes: number;
  readonly sessions: number;
  readonly isolation: "thread" | "process";
  readonly form: ModelForm;
}

const megabyte = 2 ** 20;
/** The graph, the kernels, and what the first runs need beside the weights: more in large models, up to a point. */
const leastOfSession = megabyte;
const mostOfSession = 24 * megabyte;
const sessionPerWeight = 4;
/** Some weights are kept both as they were read and as the kernels want them. */
const weightsKept = 1.15;
/** A CPU computes with them as float32: a copy of twice the size lies beside them, and another as the kernels want it. */
const halvesKept = { written: 4, compiled: 0.5, packed: 0.5 } as const satisfies Record<ModelForm, number>;
const ofProcess = 32 * megabyte;

export function estimateBytes({ bytes, halfBytes, sessions, isolation, form }: EstimatedModel): number {
  const weights = bytes * weightsKept + halfBytes * halvesKept[form];
  const session = leastOfSession + Math.min(mostOfSession, bytes * sessionPerWeight);
  const own = session + (isolation === "process" ? ofProcess : 0);
  // Sessions, also those of several processes, map one copy of what is packed.
  return Math.ceil(form === "packed" ? weights + sessions * own : sessions * (weights + own));
}
