/** An instance whose runs end when the test says so. It doubles what it is given. */

import type { Feeds } from "../../runtime/engine/group/check-feeds.js";
import { type Ending, lostError, NotBegunError } from "../../runtime/engine/instances/ending.js";
import type { Instance, InstanceResult } from "../../runtime/engine/instances/instance.js";
import { EkibenError } from "../../runtime/errors.js";
import { Tensor } from "../../runtime/values/value.js";

interface Run {
  readonly feeds: Feeds;
  readonly resolve: (result: InstanceResult) => void;
  readonly reject: (error: Error) => void;
}

export class HandDrivenInstance implements Instance {
  readonly device = "cpu";
  readonly place = "thread";
  alive = true;
  closed = false;
  readonly ended: Promise<Ending>;
  private tellEnded: (ending: Ending) => void = () => {};
  readonly runs: Run[] = [];

  constructor() {
    this.ended = new Promise((resolve) => {
      this.tellEnded = resolve;
    });
  }

  run(feeds: Feeds): Promise<InstanceResult> {
    return new Promise((resolve, reject) => this.runs.push({ feeds, resolve, reject }));
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** The first dimension of what each run was given. */
  get batches(): readonly (number | undefined)[] {
    return this.runs.map(({ feeds }) => feeds["x"]?.shape[0]);
  }

  /** Ends the oldest run; negative numbers are what the model cannot take. */
  finish(runMs = 5): void {
    const { feeds, resolve, reject } = this.oldest();
    const x = feeds["x"];
    if (!(x?.data instanceof Float32Array)) throw new Error("x is float32");
    if (x.data.some((value) => value < 0)) reject(new EkibenError("model-failed", "it is negative"));
    else
      resolve({
        outputs: {
          y: new Tensor(
            "float32",
            x.shape,
            x.data.map((value) => value * 2),
          ),
        },
        runMs,
      });
  }

  /** Ends as a dying process does, with what it runs. */
  die(): void {
    const ending: Ending = { cause: "crashed", reason: "SIGSEGV ended it" };
    this.alive = false;
    const [inside, ...behind] = this.runs.splice(0);
    inside?.reject(lostError(ending));
    for (const { reject } of behind) reject(new NotBegunError(ending));
    this.tellEnded(ending);
  }

  private oldest(): Run {
    const run = this.runs.shift();
    if (run === undefined) throw new Error("nothing runs");
    return run;
  }
}
