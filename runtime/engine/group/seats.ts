/** The places of a group's instances: which of them can take a batch, and what comes after one that has died. */
import type { Instance } from "../instances/instance.js";

export interface SeatsParts {
  readonly instances: readonly Instance[];
  /** Opens an instance in place of one whose thread died. */
  readonly reopen: () => Promise<Instance>;
  /** Told when a seat may have become idle, and when nothing is busy any more. */
  readonly onIdle: () => void;
  /** Told when no instance is left and none could be opened. */
  readonly onGone: (error: unknown) => void;
}

export interface Seat {
  readonly instance: Instance;
  /** Batches that it has been given and that are not back. */
  running: number;
}

export class Seats {
  private seats: readonly Seat[];
  /** Batches that run and instances that reopen. */
  private pending = 0;

  constructor(private readonly parts: SeatsParts) {
    this.seats = parts.instances.map((instance) => ({ instance, running: 0 }));
  }

  /** Instances that live. */
  get count(): number {
    return this.seats.length;
  }

  /** Instances that run. */
  get running(): number {
    return this.seats.filter(({ running }) => running > 0).length;
  }

  /** Whether a batch runs or an instance reopens. */
  get busy(): boolean {
    return this.pending > 0;
  }

  /** A seat that has fewer batches than `depth`, one that has none first. Dead instances are replaced meanwhile. */
  idle(depth: number): Seat | undefined {
    for (const seat of this.seats) if (!seat.instance.alive && seat.running === 0) void this.replace(seat);
    const free = this.seats.find(({ instance, running }) => instance.alive && running === 0);
    return free ?? this.seats.find(({ instance, running }) => instance.alive && running < depth);
  }

  /** Keeps a seat busy with work that never fails. */
  occupy(seat: Seat, work: Promise<void>): void {
    seat.running++;
    this.pending++;
    void work.then(() => {
      seat.running--;
      this.pending--;
      this.parts.onIdle();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.seats.map(({ instance }) => instance.close()));
  }

  private async replace(dead: Seat): Promise<void> {
    this.seats = this.seats.filter((seat) => seat !== dead);
    this.pending++;
    try {
      this.seats = [...this.seats, { instance: await this.parts.reopen(), running: 0 }];
    } catch (error) {
      if (this.seats.length === 0) this.parts.onGone(error);
    }
    this.pending--;
    this.parts.onIdle();
  }
}
