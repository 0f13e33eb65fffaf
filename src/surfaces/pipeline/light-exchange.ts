import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import { requestIdOf } from './request-id.js';

/** A request that came past Fastify, and says of itself what Fastify would. */
export class LightRequest implements HttpRequest {
  readonly id: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly ip: string;
  readonly host: string;
  readonly protocol: string;
  readonly is404 = false;
  readonly routeOptions: { readonly url: string };
  body: unknown = undefined;

  /**
   * @param url the path, which is the pattern of its route
   * @param trustProxy the last hop is a proxy of ours: its word on who asks, and how, is taken
   */
  constructor(
    readonly raw: IncomingMessage,
    url: string,
    trustProxy: boolean,
  ) {
    const { headers, method = '', socket } = raw;
    const told = (name: string) => (trustProxy ? lastOf(headers[name]) : undefined);
    this.id = requestIdOf(headers['x-request-id']);
    this.method = method;
    this.headers = headers;
    this.ip = told('x-forwarded-for') ?? socket.remoteAddress ?? '';
    this.host = told('x-forwarded-host') ?? headers.host ?? '';
    this.protocol = told('x-forwarded-proto') ?? ((socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http');
    this.routeOptions = { url };
  }
}

/** Each hop adds an entry: those before the last are the caller's to invent. */
function lastOf(entries: string | string[] | undefined): string | undefined {
  if (entries === undefined) return undefined;
  const text = String(entries);
  return text.slice(text.lastIndexOf(',') + 1).trim() || undefined;
}

/** Those that are the same for many answers are read once. */
const lists = new WeakMap<Record<string, string>, readonly string[]>();

function listOf(values: Record<string, string>): readonly string[] {
  const known = lists.get(values);
  if (known) return known;
  const list = Object.entries(values).flat();
  lists.set(values, list);
  return list;
}

/** Its answer: JSON, unless somebody else writes it. */
export class LightReply implements HttpReply {
  statusCode = 200;
  sent = false;
  /** Names and values by turns, as Node takes them: a table of a dozen names costs more to fill than to look through. */
  private readonly fields: string[] = [];
  private readonly began = performance.now();

  constructor(readonly raw: ServerResponse) {}

  get elapsedTime(): number {
    return performance.now() - this.began;
  }

  /** Names and values by turns. */
  get headerList(): readonly string[] {
    return this.fields;
  }

  getHeaders(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (let at = 0; at < this.fields.length; at += 2) headers[this.fields[at] ?? ''] = this.fields[at + 1] ?? '';
    return headers;
  }

  header(name: string, value: string): this {
    const at = this.find(name);
    if (at < 0) this.fields.push(name, value);
    else this.fields[at + 1] = value;
    return this;
  }

  headers(values: Record<string, string>): this {
    if (this.fields.length === 0) this.fields.push(...listOf(values));
    else for (const name in values) this.header(name, values[name] ?? '');
    return this;
  }

  status(code: number): this {
    this.statusCode = code;
    return this;
  }

  hijack(): this {
    this.sent = true;
    return this;
  }

  /** @param body bytes as they are; anything else as JSON */
  send(body: unknown): this {
    const payload = Buffer.isBuffer(body) ? body : JSON.stringify(body);
    this.sent = true;
    if (this.find('content-type') < 0) this.fields.push('content-type', 'application/json; charset=utf-8');
    this.fields.push('content-length', String(Buffer.byteLength(payload)));
    this.raw.writeHead(this.statusCode, this.fields);
    this.raw.end(payload);
    return this;
  }

  private find(name: string): number {
    for (let at = 0; at < this.fields.length; at += 2) if (this.fields[at] === name) return at;
    return -1;
  }
}
