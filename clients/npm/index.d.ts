/** A request that a client sent. */
export interface JournaledRequest {
  number: number;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: any;
  time: number;
  status: number | null;
  response_id: string | null;
  request_id: string | null;
}

export interface StartOptions {
  /** The command, such as ["uvx", "antiphon"]; ANTIPHON_COMMAND says it, too. */
  command?: string[];
  /** An image that docker runs in place of a Python; ANTIPHON_IMAGE says it, too. */
  image?: string;
  /** Further options of `antiphon serve`. */
  args?: string[];
  env?: Record<string, string>;
  /** Milliseconds until it has to answer; 20,000 by default. */
  timeout?: number;
}

export interface Server {
  /** The base URL, with its /v1. */
  readonly url: string;
  requests(): Promise<JournaledRequest[]>;
  waitFor(count: number, timeout?: number): Promise<JournaledRequest[]>;
  say(text: string, keys?: Record<string, unknown>): Promise<unknown>;
  call(name: string, args?: Record<string, unknown>): Promise<unknown>;
  answer(entry: Record<string, unknown>): Promise<unknown>;
  answers(entries: Record<string, unknown>[]): Promise<unknown>;
  faults(...names: string[]): Promise<unknown>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export function startServer(options?: StartOptions): Promise<Server>;
