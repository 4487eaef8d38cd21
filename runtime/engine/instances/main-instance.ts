/**
 * An instance on the main thread, for models of microseconds: a run blocks everything else, and costs less than handing it to
 * another thread does.
 */
import type { DeviceName } from "../../plan/plan.js";
import { Tensor } from "../../values/value.js";
import type { Feeds } from "../group/check-feeds.js";
import { mapValues } from "../map-values.js";
import type { Ending } from "./ending.js";
import { runError } from "./failures.js";
import type { Instance, InstanceResult } from "./instance.js";
import { Session } from "./session.js";
import type { SessionRequest } from "./worker-messages.js";

export class MainInstance implements Instance {
  readonly place = "main-thread";
  readonly alive = true;
  /** It ends with the process. */
  readonly ended: Promise<Ending> = new Promise(() => {});

  private constructor(
    private readonly session: Session,
    readonly device: DeviceName,
  ) {}

  /** Throws `ModelOpenError`. */
  static async open(request: SessionRequest): Promise<MainInstance> {
    return new MainInstance(await Session.open(request), request.device);
  }

  async run(feeds: Feeds): Promise<InstanceResult> {
    const start = performance.now();
    try {
      const outputs = await this.session.run(feeds);
      const runMs = performance.now() - start;
      return { outputs: mapValues(outputs, ({ dtype, shape, data }) => new Tensor(dtype, shape, data)), runMs };
    } catch (error) {
      throw runError(error);
    }
  }

  async close(): Promise<void> {
    await this.session.release().catch(() => {});
  }
}
