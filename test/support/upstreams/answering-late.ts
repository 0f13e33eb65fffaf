import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Random } from '../chaos/random.js';

interface Request {
  id?: number | string;
  method: string;
  params?: { arguments?: { marker?: string }; _meta?: { progressToken?: number | string } };
}
interface Waiting {
  request: Request;
  response: ServerResponse;
}

const TOOL = {
  name: 'echo',
  description: 'Says what it was told.',
  inputSchema: { type: 'object', properties: { marker: { type: 'string' } }, required: ['marker'] },
  annotations: { readOnlyHint: true },
};
/** So many calls are kept back at most, and none for longer than this. */
const KEPT = 12;
const KEPT_MS = 5;

/**
 * A server of the 2025 era that answers its callers in another order than they asked, on streams and without,
 * and counts how many ids of JSON-RPC came in more than one session.
 */
export class LateUpstream {
  readonly url: string;
  calls = 0;
  private readonly waiting: Waiting[] = [];
  private readonly sessionsOf = new Map<number | string, Set<string>>();
  private sessions = 0;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly http: ReturnType<typeof createServer>,
    private readonly random: Random,
  ) {
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  }

  static async start(seed: number): Promise<LateUpstream> {
    const http = createServer();
    http.keepAliveTimeout = 60_000;
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const upstream = new LateUpstream(http, new Random(seed));
    http.on('request', (request, response) => {
      if (request.method !== 'POST') return void response.writeHead(405).end();
      return void json(request).then((body) =>
        upstream.take(body as Request, String(request.headers['mcp-session-id']), response),
      );
    });
    return upstream;
  }

  get sharedIds(): number {
    return [...this.sessionsOf.values()].filter(({ size }) => size > 1).length;
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    const closed = once(this.http, 'close');
    this.http.close();
    this.http.closeAllConnections();
    await closed;
  }

  private take(request: Request, session: string, response: ServerResponse): void {
    if (request.id === undefined) return void response.writeHead(202).end();
    if (request.method !== 'tools/call') return void this.tell(request, response);
    this.calls += 1;
    this.sessionsOf.set(request.id, (this.sessionsOf.get(request.id) ?? new Set()).add(session));
    this.waiting.push({ request, response });
    if (this.waiting.length >= KEPT) return this.release();
    this.timer ??= setTimeout(() => this.release(), KEPT_MS);
  }

  private tell({ id, method }: Request, response: ServerResponse): void {
    const serverInfo = { name: 'late', version: '1.0.0' };
    const initialized = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
    const results: Record<string, object> = { initialize: initialized, ping: {}, 'tools/list': { tools: [TOOL] } };
    const result = results[method];
    const answer = result ? { result } : { error: { code: -32601, message: 'No such method.' } };
    const headers = method === 'initialize' ? { 'mcp-session-id': `s${(this.sessions += 1)}` } : {};
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  }

  /** The last first, mostly, and in either form. */
  private release(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { request, response } of this.waiting.splice(0).sort(() => this.random.between(0, 2) - 1)) {
      const marker = request.params?.arguments?.marker;
      const result = { content: [{ type: 'text', text: marker }] };
      const answer = JSON.stringify({ jsonrpc: '2.0', id: request.id, result });
      const streams = this.random.between(0, 1) === 1;
      response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
      response.end(streams ? `event: message\ndata: ${answer}\n\n` : answer);
    }
  }
}
