import type { ServerResponse } from 'node:http';
import { Random } from '../chaos/random.js';
import { type Message, plainAnswer, type ServerByHand, startServerByHand, tell } from './server-by-hand.js';

interface Waiting {
  message: Message;
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
  calls = 0;
  private readonly waiting: Waiting[] = [];
  private readonly sessionsOf = new Map<number | string, Set<string>>();
  private sessions = 0;
  private timer: NodeJS.Timeout | undefined;
  private server: ServerByHand = { url: '', close: () => Promise.resolve() };

  private constructor(private readonly random: Random) {}

  static async start(seed: number): Promise<LateUpstream> {
    const upstream = new LateUpstream(new Random(seed));
    upstream.server = await startServerByHand((message, response, { headers }) =>
      upstream.take(message, String(headers['mcp-session-id']), response),
    );
    return upstream;
  }

  get url(): string {
    return this.server.url;
  }

  get sharedIds(): number {
    return [...this.sessionsOf.values()].filter(({ size }) => size > 1).length;
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.server.close();
  }

  private take(message: Message, session: string, response: ServerResponse): void {
    const { id, method } = message;
    if (id === undefined) return void response.writeHead(202).end();
    if (method !== 'tools/call') {
      const headers = method === 'initialize' ? { 'mcp-session-id': `s${(this.sessions += 1)}` } : {};
      const answer = plainAnswer(method, { name: 'late', tools: [TOOL], revision: '2025-06-18' });
      return tell(message, answer, response, headers);
    }
    this.calls += 1;
    this.sessionsOf.set(id, (this.sessionsOf.get(id) ?? new Set()).add(session));
    this.waiting.push({ message, response });
    if (this.waiting.length >= KEPT) return this.release();
    this.timer ??= setTimeout(() => this.release(), KEPT_MS);
  }

  /** The last first, mostly, and in either form. */
  private release(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { message, response } of this.waiting.splice(0).sort(() => this.random.between(0, 2) - 1)) {
      const { marker } = message.params?.arguments as { marker: string };
      const result = { content: [{ type: 'text', text: marker }] };
      const answer = JSON.stringify({ jsonrpc: '2.0', id: message.id, result });
      const streams = this.random.between(0, 1) === 1;
      response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
      response.end(streams ? `event: message\ndata: ${answer}\n\n` : answer);
    }
  }
}
