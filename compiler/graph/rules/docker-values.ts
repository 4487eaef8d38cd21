/** What the `docker` block says can stand in a Dockerfile, and onnxruntime has libraries for it. */
import { quote } from "../../../runtime/suggest.js";
import { diagnostic, keyAt, type Report, valueAt } from "../../diagnostics/diagnostic.js";
import { cudaImage } from "../../spec/cuda-images.js";
import type { Docker } from "../../spec/types.js";
import type { Rule } from "./rule.js";

export const dockerValues: Rule = ({ spec: { docker } }, report) => {
  for (const [name, value] of Object.entries(docker.env)) checkVariable(name, value, report);
  checkCuda(docker, report);
};

const nameRule = "it takes letters, digits and _, and begins with no digit";

function checkVariable(name: string, value: string | number | boolean, report: Report): void {
  const path = ["docker", "env", name];
  const kind = "a variable";
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    report(diagnostic("bad-name", "name", keyAt(path), { name, kind, rule: nameRule }));
  if (!/\p{Cc}/u.test(String(value))) return;
  const expected = "text of one line without control characters, since a Dockerfile can hold no others";
  report(
    diagnostic("bad-value", "pattern", valueAt(path), { field: quote(name), value: quote(String(value)), expected }),
  );
}

function checkCuda({ cuda_version: version, base_image: base }: Docker, report: Report): void {
  if (version === undefined) return;
  const isServed = version.startsWith("12");
  if (isServed && (base !== undefined || cudaImage(version) !== undefined)) return;
  const expected = isServed
    ? 'an exact version, such as "12.8.1", since no image of this one is known'
    : 'a version of CUDA 12, such as "12.8.1", since onnxruntime-node has libraries for no other';
  const holes = { field: '"cuda_version"', value: quote(version), expected };
  report(diagnostic("bad-value", "pattern", valueAt(["docker", "cuda_version"]), holes));
}
