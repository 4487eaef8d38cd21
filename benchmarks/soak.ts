/**
 * `npm run soak -- [--minutes 60] [--reloads N]`: a service under calls, hang-ups and reloads of every kind; a line every
 * so often of what its process holds. Ends with 1 when a call failed or memory, threads or handles grew.
 */
import { parseArgs } from "node:util";
import { type Sample, soak } from "../tests/support/soak.js";

const { values } = parseArgs({ options: { minutes: { type: "string" }, reloads: { type: "string" } } });
const minutes = Number(values.minutes ?? (values.reloads === undefined ? 60 : 24 * 60));
const mostReloads = Number(values.reloads ?? Number.POSITIVE_INFINITY);
const printEveryS = 15;
/** Growth from the second quarter to the last that is no leak. */
const allowedMb = 25;
const allowedHandles = 5;

async function main(): Promise<void> {
  let nextS = 0;
  const report = await soak({
    isOver: (reloads, seconds) => reloads >= mostReloads || seconds >= minutes * 60,
    onSample: (sample, { answered, reloads }) => {
      if (sample.atS < nextS) return;
      nextS = sample.atS + printEveryS;
      console.log(`${line(sample)}  ${answered} answered  ${reloads} reloads`);
    },
  });
  const quarter = Math.ceil(report.samples.length / 4);
  const early = mean(report.samples.slice(quarter, 2 * quarter));
  const end = mean(report.samples.slice(-quarter));
  console.log(`\nsecond quarter: ${line(early)}\nlast quarter:   ${line(end)}`);
  console.log(`${report.answered} answered, ${report.left} left, ${report.reloads} reloads`);
  const failed = [...report.failed].map(([status, count]) => `${count} × ${status}`).join(", ");
  console.log(failed === "" ? "no call failed" : `failed: ${failed}`);
  const isFlat =
    end.residentMb <= early.residentMb + allowedMb &&
    end.handles <= early.handles + allowedHandles &&
    end.threads <= early.threads + allowedHandles;
  console.log(isFlat ? "flat" : "it grew");
  process.exitCode = failed === "" && isFlat ? 0 : 1;
}

function mean(samples: readonly Sample[]): Sample {
  const of = (field: keyof Sample): number =>
    samples.reduce((sum, sample) => sum + sample[field], 0) / Math.max(1, samples.length);
  return { atS: of("atS"), residentMb: of("residentMb"), threads: of("threads"), handles: of("handles") };
}

function line({ atS, residentMb, threads, handles }: Sample): string {
  const at = `${atS.toFixed(0)} s`.padStart(7);
  return `${at}  ${residentMb.toFixed(0)} MB resident  ${threads.toFixed(1)} threads  ${handles.toFixed(1)} handles`;
}

void main();
