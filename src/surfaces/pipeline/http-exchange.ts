import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** What the pipeline knows of a request: one of Fastify's, or one that came past it. */
export interface HttpRequest {
  readonly id: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
  readonly host: string;
  readonly protocol: string;
  readonly is404: boolean;
  /** The pattern of its route. */
  readonly routeOptions: { readonly url?: string | undefined };
  readonly body?: unknown;
  readonly raw: IncomingMessage;
}

/** What the pipeline says of its answer. */
export interface HttpReply {
  readonly raw: ServerResponse;
  readonly statusCode: number;
  /** Milliseconds since the request came. */
  readonly elapsedTime: number;
  /** There is an answer, or somebody else gives it. */
  readonly sent: boolean;
  header(name: string, value: string): unknown;
  headers(values: Record<string, string>): unknown;
  getHeaders(): Record<string, unknown>;
  status(code: number): unknown;
  send(body: unknown): unknown;
  /** From now on nobody answers but who called it. */
  hijack(): unknown;
}
