/**
 * More requests than a server can answer. node:http as a client costs more than a small request costs the server; here a
 * request is bytes that were made before, on one of many connections. Open loop by a fixed schedule, or as many at once as there
 * are connections.
 */
import { connect, type Socket } from "node:net";
import { schedule, seededRandom } from "../cli/bench/arrivals.js";
import { LatencyHistogram } from "../cli/bench/histogram.js";
import type { Call } from "./service.js";

export interface FloodCase {
  readonly port: number;
  readonly call: Call;
  /** Each of the server's milliseconds for an answer; none unless said so. */
  readonly deadlineMs?: number;
  readonly connections: number;
  /** Poisson arrivals; without it every connection asks again once it is answered. */
  readonly ratePerS?: number;
  readonly seconds: number;
}

export interface Flooded {
  /** By status, 0 for lost connections: from the sending of each request to its answer. */
  readonly answers: ReadonlyMap<number, LatencyHistogram>;
  readonly sent: number;
  /** Due, and not sent before the end, for want of a connection. */
  readonly unsent: number;
  readonly seconds: number;
}

export async function flood(parts: FloodCase): Promise<Flooded> {
  const { seconds, ratePerS, connections } = parts;
  const bytes = requestBytes(parts);
  const answers = new Map<number, LatencyHistogram>();
  const idle: Connection[] = [];
  let sent = 0;
  let endMs = Number.POSITIVE_INFINITY;
  const onAnswer = (connection: Connection, status: number, ms: number): void => {
    const histogram = answers.get(status) ?? new LatencyHistogram();
    answers.set(status, histogram);
    histogram.record(ms);
    if (ratePerS === undefined && performance.now() < endMs) ask(connection);
    else idle.push(connection);
  };
  const ask = (connection: Connection): void => {
    sent++;
    connection.send(bytes, performance.now());
  };
  const all = await Promise.all(Array.from({ length: connections }, () => Connection.open(parts.port, onAnswer)));
  endMs = performance.now() + seconds * 1000;
  const unsent = ratePerS === undefined ? closed(all, ask) : await open({ ratePerS, idle, all, ask, endMs });
  while (performance.now() < endMs || idle.length < all.length) await pause(5);
  for (const connection of all) connection.close();
  return { answers, sent, unsent, seconds };
}

function closed(all: readonly Connection[], ask: (connection: Connection) => void): number {
  for (const connection of all) ask(connection);
  return 0;
}

interface OpenLoop {
  readonly ratePerS: number;
  readonly idle: Connection[];
  readonly all: readonly Connection[];
  readonly ask: (connection: Connection) => void;
  readonly endMs: number;
}

/** Gives how many were due and found no connection. */
async function open({ ratePerS, idle, all, ask, endMs }: OpenLoop): Promise<number> {
  const nextDue = schedule("poisson", ratePerS, seededRandom(1));
  const startMs = performance.now();
  idle.push(...all);
  let waiting = 0;
  let dueMs = nextDue();
  while (performance.now() < endMs) {
    for (; startMs + dueMs <= performance.now(); dueMs = nextDue()) waiting++;
    for (let free = idle.pop(); free !== undefined; free = waiting > 0 ? idle.pop() : undefined) {
      if (waiting === 0) {
        idle.push(free);
        break;
      }
      waiting--;
      ask(free);
    }
    await pause(1);
  }
  return waiting;
}

function requestBytes({ call: { path, contentType, body }, deadlineMs }: FloodCase): Buffer {
  const deadline = deadlineMs === undefined ? "" : `x-ekiben-deadline-ms: ${deadlineMs}\r\n`;
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\n${deadline}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

type OnAnswer = (connection: Connection, status: number, ms: number) => void;

/** One request at a time. A connection that is lost is made anew. */
class Connection {
  #socket: Socket | undefined;
  #text = "";
  #sentMs: number | undefined;
  #isClosing = false;

  private constructor(
    private readonly port: number,
    private readonly onAnswer: OnAnswer,
  ) {}

  static async open(port: number, onAnswer: OnAnswer): Promise<Connection> {
    const connection = new Connection(port, onAnswer);
    await connection.#connect();
    return connection;
  }

  send(bytes: Buffer, nowMs: number): void {
    this.#sentMs = nowMs;
    this.#socket?.write(bytes);
  }

  close(): void {
    this.#isClosing = true;
    this.#socket?.destroy();
  }

  #connect(): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1", () => resolve());
      socket.setNoDelay(true);
      this.#socket = socket;
      socket.on("data", (chunk: Buffer) => this.#read(chunk));
      socket.on("error", () => {});
      socket.on("close", () => {
        if (this.#isClosing) return;
        void pause(10)
          .then(() => this.#connect())
          .then(() => this.#answered(0));
        resolve();
      });
    });
  }

  /** Answers of ours say how long they are. */
  #read(chunk: Buffer): void {
    this.#text += chunk.toString("latin1");
    const end = this.#text.indexOf("\r\n\r\n");
    if (end === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#text.slice(0, end))?.[1] ?? 0);
    if (this.#text.length < end + 4 + length) return;
    const status = Number(this.#text.slice(9, 12));
    this.#text = this.#text.slice(end + 4 + length);
    this.#answered(status);
  }

  #answered(status: number): void {
    if (this.#sentMs === undefined) return;
    const ms = performance.now() - this.#sentMs;
    this.#sentMs = undefined;
    this.onAnswer(this, status, ms);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
