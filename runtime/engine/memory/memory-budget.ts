/**
 * The memory that models may take together, and who has reserved how much of it. Whoever needs some is served in turn;
 * where it is short, models that are loaded on demand are let go, the least recently used first, idle ones before busy ones.
 */
import { EkibenError } from "../../errors.js";
import type { StopSignal } from "../../stop.js";
import type { Observer } from "../observer.js";

export interface Need {
  readonly model: string;
  readonly version: string;
  readonly bytes: number;
  /** Whether it gives its memory back when others need it. */
  readonly isEvictable: boolean;
}

/** A loaded model that may be let go. */
export interface Evictable {
  readonly lastUsedMs: number;
  readonly isIdle: boolean;
  /** Takes nothing more, answers what it took, and releases its reservation. Never fails. */
  evict(): Promise<void>;
}

export interface Reservation extends Need {
  /** From now on it may be asked to go. */
  offer(evictable: Evictable): void;
  /** It takes less than was thought. */
  shrinkTo(bytes: number): void;
  release(): void;
}

/** What is needed cannot be had, however long one waits and whoever goes. */
export class MemoryShortError extends Error {
  override readonly name = "MemoryShortError";
  constructor(
    readonly needs: readonly Need[],
    /** What is reserved by those that stay. */
    readonly takenBytes: number,
    readonly limitBytes: number,
  ) {
    super("there is not enough memory");
  }
}

interface Claim {
  readonly needs: readonly Need[];
  readonly grant: (reservations: readonly Reservation[]) => void;
  readonly refuse: (error: Error) => void;
}

interface Held extends Omit<Need, "bytes"> {
  bytes: number;
  evictable: Evictable | undefined;
  isLeaving: boolean;
}

export class MemoryBudget {
  /** Those of open deployments. The largest counts: what is live keeps what it has until it is replaced. */
  readonly #limits = new Set<{ readonly bytes: number }>();
  readonly #held = new Set<Held>();
  readonly #claims: Claim[] = [];

  constructor(
    private readonly observer: Observer,
    /** Where a deployment does not say. */
    readonly defaultBytes: number,
  ) {}

  get limitBytes(): number {
    if (this.#limits.size === 0) return this.defaultBytes;
    return Math.max(...[...this.#limits].map(({ bytes }) => bytes));
  }

  get reservedBytes(): number {
    return sum(this.#held);
  }

  /** What a version of a model has reserved, in all deployments. */
  reservedBy(model: string, version: string): number {
    return sum([...this.#held].filter((held) => held.model === model && held.version === version));
  }

  /** Whether so much can be had once all have gone that may. */
  canHold(bytes: number): boolean {
    return this.#staying + bytes <= this.limitBytes;
  }

  /** Sets a deployment's limit, until it is called off. A lower one begins to count once the others are. */
  limit(bytes: number): () => void {
    const limit = { bytes };
    this.#limits.add(limit);
    this.#review();
    return () => {
      if (this.#limits.delete(limit)) this.#review();
    };
  }

  /** Reserves all or nothing, once there is room. Throws `MemoryShortError` where there will be none, `cancelled` when stopped. */
  claim(needs: readonly Need[], signal?: StopSignal): Promise<readonly Reservation[]> {
    const notNeeded = new EkibenError("cancelled", "The memory is not needed any more.");
    if (signal?.aborted === true) return Promise.reject(notNeeded);
    return new Promise((resolve, reject) => {
      const claim: Claim = {
        needs,
        grant: (reservations) => {
          signal?.removeEventListener("abort", withdraw);
          resolve(reservations);
        },
        refuse: (error) => {
          signal?.removeEventListener("abort", withdraw);
          reject(error);
        },
      };
      const withdraw = (): void => {
        const index = this.#claims.indexOf(claim);
        if (index === -1) return;
        this.#claims.splice(index, 1);
        reject(notNeeded);
        this.#advance();
      };
      signal?.addEventListener("abort", withdraw);
      this.#claims.push(claim);
      this.#review();
    });
  }

  /** Reserves what nobody else has or waits for; undefined where that is too little. It is to be given back soon. */
  spare(need: Omit<Need, "isEvictable">): Reservation | undefined {
    const isFree = this.#claims.length === 0 && this.reservedBytes + need.bytes <= this.limitBytes;
    // As what will go: nobody is refused for its sake.
    return isFree ? this.#reserve({ ...need, isEvictable: true }) : undefined;
  }

  #review(): void {
    this.#refuseHopeless();
    this.#advance();
    this.#tell();
  }

  /**
   * Those that stay, and those before it that will, leave no room for it. Who may be evicted waits for them: beside the
   * deployment that it belongs to there is room, and what was live before goes.
   */
  #refuseHopeless(): void {
    let stays = this.#staying;
    for (const claim of [...this.#claims]) {
      const lasting = claim.needs.filter(({ isEvictable }) => !isEvictable);
      const before = lasting.length > 0 ? stays : 0;
      stays += sum(lasting);
      if (before + sum(claim.needs) <= this.limitBytes) continue;
      stays -= sum(lasting);
      this.#claims.splice(this.#claims.indexOf(claim), 1);
      claim.refuse(new MemoryShortError(claim.needs, before, this.limitBytes));
    }
  }

  #advance(): void {
    for (let claim = this.#next(); claim !== undefined; claim = this.#next()) {
      if (this.reservedBytes + sum(claim.needs) > this.limitBytes) {
        this.#makeRoom(sum(claim.needs));
        return;
      }
      this.#claims.splice(this.#claims.indexOf(claim), 1);
      claim.grant(claim.needs.map((need) => this.#reserve(need)));
    }
    this.#makeRoom(0);
  }

  /** The first that there could be room for now. */
  #next(): Claim | undefined {
    const room = this.limitBytes - this.#staying;
    return this.#claims.find(({ needs }) => sum(needs) <= room);
  }

  get #staying(): number {
    return sum([...this.#held].filter(({ isEvictable }) => !isEvictable));
  }

  #makeRoom(bytes: number): void {
    const staying = [...this.#held].filter(({ isLeaving }) => !isLeaving);
    let missing = sum(staying) + bytes - this.limitBytes;
    for (const held of inOrderOfUse(staying)) {
      if (missing <= 0) return;
      missing -= held.bytes;
      held.isLeaving = true;
      void held.evictable?.evict();
    }
  }

  #reserve(need: Need): Reservation {
    const held: Held = { ...need, evictable: undefined, isLeaving: false };
    this.#held.add(held);
    this.#tell();
    return {
      ...need,
      offer: (evictable) => {
        held.evictable = evictable;
        this.#advance();
      },
      shrinkTo: (bytes) => {
        held.bytes = Math.min(held.bytes, bytes);
        this.#review();
      },
      release: () => {
        if (this.#held.delete(held)) this.#review();
      },
    };
  }

  #tell(): void {
    this.observer({ kind: "memory-reserved", bytes: this.reservedBytes, limitBytes: this.limitBytes });
  }
}

/** Those that can go, the next to go first. */
function inOrderOfUse(held: readonly Held[]): readonly Held[] {
  const order = ({ evictable }: Held) => evictable?.lastUsedMs ?? 0;
  const inTime = held.filter(({ evictable }) => evictable !== undefined).sort((a, b) => order(a) - order(b));
  return [
    ...inTime.filter(({ evictable }) => evictable?.isIdle),
    ...inTime.filter(({ evictable }) => !evictable?.isIdle),
  ];
}

function sum(needs: Iterable<{ readonly bytes: number }>): number {
  let bytes = 0;
  for (const need of needs) bytes += need.bytes;
  return bytes;
}
