import { Histogram as Reference, Registry } from "prom-client";
import { Histogram } from "../../../runtime/observe/histogram.js";

const spec = { name: "request_seconds", help: 'A line\nand a back\\slash, "quoted".', bounds: [0.005, 0.1, 1, 2.5] };
const values = [0, 0.001, 0.005, 0.0051, 0.1, 0.7, 1, 1.0000001, 2.5, 3, 1e9, 0.2, 0.2];

function reference(): { readonly registry: Registry; readonly histogram: Reference<"model" | "version"> } {
  const registry = new Registry();
  const { name, help, bounds } = spec;
  const histogram = new Reference({
    name,
    help,
    buckets: [...bounds],
    labelNames: ["model", "version"],
    registers: [registry],
  });
  return { registry, histogram };
}

const printed = (page: string): readonly string[] => page.split("\n").filter((line) => line !== "");

test("what it prints is what prom-client prints of the same values", async () => {
  const { registry, histogram } = reference();
  const ours = new Histogram(spec);
  const models = [
    { model: "net", version: "1" },
    { model: "net", version: "2" },
    { model: 'a "b"\\\n', version: "1" },
  ];
  for (const [index, labels] of models.entries())
    for (const value of values.slice(index)) {
      histogram.observe(labels, value);
      ours.of(JSON.stringify(labels), labels).observe(value);
    }
  expect(printed(ours.print())).toEqual(printed(await registry.metrics()));
});

test("one that has seen nothing is there, without series", async () => {
  expect(printed(new Histogram(spec).print())).toEqual(printed(await reference().registry.metrics()));
});

test("series that are forgotten are gone, and begin anew", () => {
  const histogram = new Histogram(spec);
  for (const version of ["1", "2"]) histogram.of(version, { version }).observe(1);
  histogram.forget(({ version }) => version === "1");
  expect(histogram.print()).not.toContain('version="1"');
  expect(histogram.print()).toContain('request_seconds_count{version="2"} 1');
  histogram.of("1", { version: "1" }).observe(1);
  expect(histogram.print()).toContain('request_seconds_count{version="1"} 1');
});

test("what is infinite is counted beyond all bounds", () => {
  const histogram = new Histogram(spec);
  for (const value of [1, Number.POSITIVE_INFINITY]) histogram.of("", {}).observe(value);
  expect(histogram.print()).toContain('request_seconds_bucket{le="2.5"} 1');
  expect(histogram.print()).toContain('request_seconds_bucket{le="+Inf"} 2');
  expect(histogram.print()).toContain("request_seconds_sum{} +Inf");
});
