/** Sizes as a spec writes them: `20mb`, `8gb`, `512KiB`, or a number of bytes. As in BentoML, k is 1000 and Ki is 1024. */

const units: { readonly [unit: string]: number } = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** Bytes; undefined for what is no size. */
export function parseSize(size: string | number): number | undefined {
  if (typeof size === "number") return size;
  const match = /^([0-9]+(?:\.[0-9]+)?)\s*([kmg]i?)?b?$/i.exec(size.trim());
  const unit = units[(match?.[2] ?? "").toLowerCase()];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}
