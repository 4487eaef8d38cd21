/** Which image of NVIDIA's a version of CUDA means. */

/** Images of CUDA 12 with cuDNN 9, which onnxruntime-node's libraries are made for. */
const exact: { readonly [version: string]: string } = { "12": "12.8.1", "12.6": "12.6.3", "12.8": "12.8.1" };

/** The version in the image's tag; undefined where none is known. */
export function cudaImage(version: string): string | undefined {
  return exact[version] ?? (/^\d+\.\d+\.\d+$/.test(version) ? version : undefined);
}
