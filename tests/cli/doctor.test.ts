import { whyUnsupported } from "../../runtime/engine/platform.js";
import { ekiben } from "../support/command.js";

test("it tries every device, and says what is missing for those that do not work", async () => {
  const { status, stdout } = await ekiben(["doctor", "--json"]);
  const report = JSON.parse(stdout) as { ok: boolean; devices: { device: string; works: boolean; reason?: string }[] };
  expect(status).toBe(0);
  expect(report.ok).toBe(true);
  expect(report.devices.map(({ device }) => device)).toEqual(["cpu", "cuda", "tensorrt", "webgpu"]);
  expect(report.devices[0]).toEqual({ device: "cpu", works: true });
  for (const { works, reason } of report.devices) if (!works) expect(reason).toMatch(/It needs .+/);
});

test("it says what a GPU user adds", async () => {
  expect((await ekiben(["doctor"])).stdout).toContain("npm rebuild onnxruntime-node");
});

test.each([
  [{ os: "linux", arch: "x64", glibc: true }, undefined],
  [{ os: "linux", arch: "x64", glibc: false }, "musl"],
  [{ os: "darwin", arch: "arm64", glibc: true }, undefined],
  [{ os: "darwin", arch: "x64", glibc: true }, "Intel"],
  [{ os: "win32", arch: "arm64", glibc: true }, undefined],
  [{ os: "linux", arch: "riscv64", glibc: true }, "riscv64"],
] as const)("%j: where onnxruntime has no binary, one sentence says so", (platform, word) => {
  const problem = whyUnsupported(platform);
  if (word === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(new RegExp(`^onnxruntime has no binary for .*${word}.*\\.$`));
});
