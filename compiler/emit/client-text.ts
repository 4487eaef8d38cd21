/** The parts of `src/client.ts` that are the same for every service. */
import { type Code, ts } from "./typescript.js";

export const clientHead: Code = ts`
export interface ClientOptions {
  /** Sent with every call, such as an authorization. */
  headers?: Record<string, string>;
  /** Stands for the global fetch. */
  fetch?: typeof fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Milliseconds after which the service need not answer any more. */
  deadlineMs?: number;
}

/** What the service says of a failure (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** What went wrong, as a word that does not change. */
  code: string;
  request_id: string;
  /** Every place of the input that is wrong. */
  errors?: { path: string; message: string }[];
}

/** The service refused or failed; its problem document says why. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";

  constructor(
    readonly problem: Problem,
    /** Seconds after which it is worth trying again. */
    readonly retryAfterS?: number,
  ) {
    super(problem.detail);
  }

  get status(): number {
    return this.problem.status;
  }
}
`;

export const mediaType: Code = ts`
/** Bytes; or base64, or a data: URL. */
export type Media = Blob | Uint8Array | string;
`;

export type Sender = "json" | "form" | "query";

export const clientFoot: { readonly fields: Code; readonly methods: Code } = {
  fields: ts`  readonly #url: string;
  readonly #options: ClientOptions;

  /** A client of the service at a URL, such as http://localhost:3000. */
  constructor(url: string, options: ClientOptions = {}) {
    this.#url = url.endsWith("/") ? url.slice(0, -1) : url;
    this.#options = options;
  }
`,
  methods: ts`
  async #call<Output>(method: string, path: string, sent: Sent, options: CallOptions = {}): Promise<Output> {
    const { fetch: send = fetch, headers } = this.#options;
    const response = await send(this.#url + path + (sent.query ?? ""), {
      method,
      headers: {
        accept: "application/json",
        ...sent.headers,
        ...headers,
        ...options.headers,
        ...(options.deadlineMs === undefined ? {} : { "x-ekiben-deadline-ms": String(Math.ceil(options.deadlineMs)) }),
      },
      ...(sent.body === undefined ? {} : { body: sent.body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!response.ok) throw await failure(response);
    // The service answers in the form that openapi.json promises, and the type was made from it.
    return (await response.json()) as Output;
  }
}

interface Sent {
  body?: string | FormData;
  headers?: Record<string, string>;
  query?: string;
}

async function failure(response: Response): Promise<ServiceError> {
  const { status, statusText, headers } = response;
  const text = await response.text();
  const wait = Number(headers.get("retry-after") ?? Number.NaN);
  const isProblem = headers.get("content-type")?.startsWith("application/problem+json") === true;
  const problem: Problem = isProblem
    ? JSON.parse(text)
    : { type: "about:blank", title: statusText, status, detail: text.slice(0, 500), code: "unknown", request_id: "" };
  return Number.isFinite(wait) ? new ServiceError(problem, wait) : new ServiceError(problem);
}
`,
};

/** How the inputs are sent; a client has those that its endpoints need. */
export const senders: { readonly [S in Sender]: Code } = {
  json: ts`
function json(input: object): Sent {
  return { body: JSON.stringify(input), headers: { "content-type": "application/json" } };
}
`,
  form: ts`
function form(input: object, texts: string[]): Sent {
  const body = new FormData();
  for (const [name, value] of Object.entries(input)) {
    const isText = texts.includes(name);
    const values: unknown[] = isText && Array.isArray(value) ? value : [value];
    for (const each of values) {
      if (each instanceof Blob) body.append(name, each, "file");
      else if (each instanceof Uint8Array) body.append(name, new Blob([new Uint8Array(each)]), "file");
      else if (each !== undefined) body.append(name, isText ? String(each) : JSON.stringify(each));
    }
  }
  return { body };
}
`,
  query: ts`
function query(input: object, texts: string[]): Sent {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) words.set(name, texts.includes(name) ? String(value) : JSON.stringify(value));
  }
  return words.size === 0 ? {} : { query: \`?\${words}\` };
}
`,
};
